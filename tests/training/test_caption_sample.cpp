// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <algorithm>
#include <set>

#include "engine/base/error.h"
#include "tests/registry.h"
#include "training/data/caption_sample.h"
#include "training/data/random.h"

using namespace diagonal;

namespace {

class NamedTexts : public Dataset {
  public:
    NamedTexts() : Dataset({.kind = "Texts"}) {}
    size_t size() const override { return samples.size(); }
    std::string name(size_t index) const override { return folder + samples.at(index).first; }
    size_t captionCount(size_t index) const override { return samples.at(index).second.size(); }
    std::string_view caption(size_t index, size_t number) const override { return samples.at(index).second.at(number); }

    std::string folder;
    std::vector<std::pair<std::string, std::vector<std::string>>> samples;

  protected:
    Image decode(size_t, int) const override { throw Error("image", "there is none"); }
};

/// Images with one to three captions, a third of which is the same text.
NamedTexts drawTexts(size_t images) {
    NamedTexts data;
    for (size_t i = 0; i < images; ++i) {
        std::vector<std::string> captions;
        for (size_t k = 0; k <= i % 3; ++k)
            captions.push_back(i % 3 == 0 ? "the same" : "caption " + std::to_string(i) + " " + std::to_string(k));
        data.samples.emplace_back(std::to_string(i) + ".png", captions);
    }
    return data;
}

}  // namespace

class TestCaptionSample : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void fewCaptionsAreAllTakenInTheirOrder() {
        const NamedTexts data = drawTexts(300);
        std::vector<std::string> expected;
        for (size_t i = 0; i < data.size(); ++i)
            for (const std::string& caption : data.captions(i))
                expected.push_back(caption);
        for (const size_t most : {expected.size(), expected.size() + 1, size_t{1000000}}) {
            const CaptionSample sample = sampleCaptions(data, most);
            QCOMPARE(sample.captions, expected);
            QCOMPARE(sample.all, expected.size());
        }
        QVERIFY(sampleCaptions(data, 1000).note().starts_with("training a tokenizer on 600 captions ("));
    }

    void aSampleDependsOnTheCaptionsAlone() {
        NamedTexts data = drawTexts(3000);
        const CaptionSample sample = sampleCaptions(data, 500);
        QCOMPARE(sample.captions.size(), size_t{500});
        QCOMPARE(sample.all, size_t{6000});
        QVERIFY(sample.note().starts_with("training a tokenizer on 500 of 6000 captions, "));
        Random random(1);
        shuffle(data.samples, random);
        for (auto& [name, captions] : data.samples)
            std::reverse(captions.begin(), captions.end());
        QCOMPARE(sampleCaptions(data, 500).captions, sample.captions);
        // Equal texts come as often as they stand in the data, not all or none.
        const auto same = std::ranges::count(sample.captions, "the same");
        QVERIFY2(same > 50 && same < 120, qPrintable(QString::number(same)));
        // A smaller sample is the beginning of a larger one.
        const auto smaller = sampleCaptions(data, 100).captions;
        QVERIFY(std::equal(smaller.begin(), smaller.end(), sample.captions.begin()));
        QCOMPARE(smaller.size(), size_t{100});
        data.samples[0].second[0] += " changed";
        data.samples.erase(data.samples.begin() + 1, data.samples.begin() + 1000);
        QVERIFY(sampleCaptions(data, 500).captions != sample.captions);
    }

    void onlyWantedImagesCount() {
        const NamedTexts data = drawTexts(90);
        const CaptionSample sample = sampleCaptions(data, 1000, [](size_t i) { return i % 3 == 1; });
        QCOMPARE(sample.all, size_t{60});
        QVERIFY(std::ranges::count(sample.captions, "the same") == 0);
        QCOMPARE(sampleCaptions(data, 7, [](size_t i) { return i % 3 == 0; }).captions,
                 std::vector<std::string>(7, "the same"));
    }

    void samplingStopsOnRequest() {
        std::stop_source stop;
        stop.request_stop();
        QVERIFY_THROWS_EXCEPTION(Cancelled, sampleCaptions(drawTexts(10), 5, {}, stop.get_token()));
    }
};

DIAGONAL_TEST(TestCaptionSample);
#include "test_caption_sample.moc"
