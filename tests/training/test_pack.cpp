// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/formats/safetensors.h"
#include "engine/image/preprocess.h"
#include "engine/text/sentencepiece_tokenizer.h"
#include "engine/text/tokenizer_fingerprint.h"
#include "tests/paths.h"
#include "tests/registry.h"
#include "tests/training/dataset_files.h"
#include "training/data/pack_writer.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

std::shared_ptr<const Tokenizer> trained(const Dataset& data, int vocabulary = 60) {
    std::vector<std::string> captions;
    for (size_t i = 0; i < data.size(); ++i)
        for (const std::string& caption : data.captions(i))
            captions.push_back(caption);
    return trainSentencePieceTokenizer(captions, vocabulary, 77);
}

PackOptions packOptions(const Dataset& data, int size = 256) {
    PackOptions options;
    options.size = size;
    options.tokenizer = trained(data);
    options.tokenizerConfig.vocabularySize = options.tokenizer->vocabularySize();
    return options;
}

/// Three scenes and a wide drawing, with splits and labels.
class Source : public Dataset {
  public:
    Source()
        : Dataset({.kind = "Drawings", .supportsAugmentation = false}),
          m_scenes(openDataset("scenes:count=8,seed=5,size=48,split=train")) {
        m_info.labels = m_scenes->labels();
        m_info.promptTemplate = m_scenes->promptTemplate();
        for (size_t i = 0; i < m_scenes->size(); ++i)
            m_captions.push_back(m_scenes->captions(i));
        m_captions[0] = {"eine große Form", "二つの円", "a red circle"};
    }
    size_t size() const override { return m_captions.size(); }
    std::string name(size_t index) const override { return "dr\xFFw-" + std::to_string(index) + ".png"; }
    size_t captionCount(size_t index) const override { return m_captions.at(index).size(); }
    std::string_view caption(size_t index, size_t number) const override { return m_captions.at(index).at(number); }
    int label(size_t index) const override { return index == 1 ? -1 : m_scenes->label(index); }
    Split split(size_t index) const override { return static_cast<Split>(index % 4); }

    size_t broken = ~size_t{0};
    std::function<void()> whenDecoded;

  protected:
    Image decode(size_t index, int /*enough*/) const override {
        if (whenDecoded) whenDecoded();
        if (index == broken) throw Error("drawing", "the pencil broke");
        Image image = m_scenes->image(index);
        if (index != 2) return image;
        image = resize(image, 90, 61, Interpolation::Bilinear);
        return image;
    }

  private:
    std::shared_ptr<const Dataset> m_scenes;
    std::vector<std::vector<std::string>> m_captions;
};

}  // namespace

class TestPack : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() { qputenv("DIAGONAL_RESOURCES", QByteArray::fromStdString(paths::source("resources"))); }

    void aPackHoldsWhatTheDataHolds() {
        const Folder folder;
        const Source source;
        const fs::path out = folder.path() / "pack";
        const PackOptions options = packOptions(source);
        const PackResult result = packDataset(source, out, options);
        QCOMPARE(result.images, source.size());
        QVERIFY(result.failures.empty());
        for (const std::string& spec : {out.string(), "pack:" + out.string() + "/", (out / "pack.json").string()}) {
            const auto pack = openDataset(spec);
            QCOMPARE(pack->kind(), std::string("Pack of Drawings"));
            QCOMPARE(pack->size(), source.size());
            QCOMPARE(pack->labels(), source.labels());
            QCOMPARE(pack->promptTemplate(), source.promptTemplate());
            QVERIFY(!pack->supportsAugmentation());
            QVERIFY(pack->warnings().empty());
            QVERIFY(pack->tokenizer() != nullptr);
            for (size_t i = 0; i < source.size(); ++i) {
                QCOMPARE(pack->name(i), source.name(i));
                QCOMPARE(pack->captions(i), source.captions(i));
                QCOMPARE(pack->label(i), source.label(i));
                QVERIFY(pack->split(i) == source.split(i));
                QVERIFY(pack->file(i).empty());
                const Image expected = source.image(i), image = pack->image(i);
                QCOMPARE(image.width, expected.width);
                QVERIFY(image.rgb == expected.rgb);
                QVERIFY(pack->bytes(i) == expected.rgb);
                for (size_t k = 0; k < source.captions(i).size(); ++k) {
                    const auto ids = options.tokenizer->encode(source.captions(i)[k]);
                    const auto kept = pack->tokens(i, k);
                    QVERIFY(std::equal(kept.begin(), kept.end(), ids.begin(), ids.end()));
                    QCOMPARE(pack->tokenizer()->encode(source.captions(i)[k]), ids);
                }
            }
        }
        const auto test = openDataset(out.string(), {.split = Split::Test});
        QCOMPARE(test->size(), size_t{2});
        QCOMPARE(test->name(1), source.name(6));
        QVERIFY(test->image(0).rgb == source.image(2).rgb);
        const auto ids = options.tokenizer->encode(source.captions(6)[0]);
        const auto kept = test->tokens(1, 0);
        QVERIFY(std::equal(kept.begin(), kept.end(), ids.begin(), ids.end()));
    }

    void imagesAreShrunkAsTheModelWouldShrinkThem() {
        const Folder folder;
        const Source source;
        packDataset(source, folder.path() / "pack", packOptions(source, 32));
        const auto pack = openDataset((folder.path() / "pack").string());
        const Image wide = pack->image(2);  // 90 x 61
        QCOMPARE(wide.width, 47);           // int(32 * 90 / 61)
        QCOMPARE(wide.height, 32);
        QVERIFY(wide.rgb == resize(source.image(2), 47, 32, Interpolation::Bicubic).rgb);
        PreprocessConfig config;
        config.width = config.height = 32;
        for (size_t i = 0; i < source.size(); ++i)
            QVERIFY(resizeAndCrop(pack->image(i), config).rgb == resizeAndCrop(source.image(i), config).rgb);
    }

    void filesAreAsDocumented() {
        const Folder folder;
        const Source source;
        const fs::path out = folder.path() / "pack";
        const PackOptions options = packOptions(source);
        const PackResult result = packDataset(source, out, options);
        const auto head = nlohmann::json::parse(readText(out / "pack.json"));
        QCOMPARE(head.at("format").get<std::string>(), std::string("diagonal-pack"));
        QCOMPARE(head.at("version").get<int>(), 1);
        QCOMPARE(head.at("tokenizer").at("fingerprint").get<std::string>(), tokenizerFingerprint(*options.tokenizer));
        QCOMPARE(fs::file_size(out / "pixels.bin"), result.bytes);
        const auto bytes = readBytes(out / "index.safetensors");
        std::vector<std::string> names;
        for (const auto& tensor : indexSafetensors(bytes, "index").tensors) {
            names.push_back(tensor.name);
            QCOMPARE(tensor.offset % byteSize(tensor.dtype), uint64_t{0});
        }
        QCOMPARE(names.size(), size_t{12});
        QVERIFY(fs::exists(out / "tokenizer" / "spiece.model"));
    }

    void unreadableImagesAreLeftOutAndNamed() {
        const Folder folder;
        Source source;
        source.broken = 3;
        const PackResult result = packDataset(source, folder.path() / "pack", packOptions(source));
        QCOMPARE(result.images, source.size() - 1);
        QCOMPARE(result.failures, std::vector<std::string>{displayName(source.name(3)) + ": the pencil broke"});
        const auto pack = openDataset((folder.path() / "pack").string());
        QCOMPARE(pack->name(3), source.name(4));
        QCOMPARE(pack->captions(3), source.captions(4));
    }

    void nothingIsLeftOfAPackThatFailed() {
        const Folder folder;
        Source source;
        const PackOptions options = packOptions(source);
        std::stop_source stop;
        source.whenDecoded = [&] { stop.request_stop(); };
        QVERIFY_THROWS_EXCEPTION(Cancelled,
                                 packDataset(source, folder.path() / "pack", options, {stop.get_token(), {}}));
        source.whenDecoded = [] { throw Error("drawing", "out of paper"); };
        QVERIFY_THROWS_EXCEPTION(Error, packDataset(source, folder.path() / "pack", options));
        QVERIFY(fs::is_empty(folder.path()));
        source.whenDecoded = {};
        folder.write("pack/other", "x");
        QVERIFY_THROWS_EXCEPTION(Error, packDataset(source, folder.path() / "pack", options));
        QCOMPARE(std::distance(fs::directory_iterator(folder.path()), {}), ptrdiff_t{1});
        fs::remove(folder.path() / "pack/other");
        QCOMPARE(packDataset(source, folder.path() / "pack/", options).images, source.size());
    }

    void roomIsAskedForFirst() {
        class Vast : public Source {
          public:
            size_t size() const override { return size_t{1} << 40; }
            std::string name(size_t index) const override { return Source::name(index % 8); }
            size_t captionCount(size_t index) const override { return Source::captionCount(index % 8); }
            std::string_view caption(size_t index, size_t number) const override {
                return Source::caption(index % 8, number);
            }
            int label(size_t index) const override { return Source::label(index % 8); }

          protected:
            Image decode(size_t index, int enough) const override { return Source::decode(index % 8, enough); }
        };
        const Folder folder;
        const PackOptions options = packOptions(Source());
        try {
            packDataset(Vast(), folder.path() / "pack", options);
            QFAIL("begun");
        } catch (const Error& error) {
            QVERIFY2(error.problem().find("are free") != std::string::npos, error.what());
        }
        QVERIFY(fs::is_empty(folder.path()));
    }

    void changedPixelsAreFoundWhenChecked() {
        const Folder folder;
        const Source source;
        const fs::path out = folder.path() / "pack";
        packDataset(source, out, packOptions(source));
        QVERIFY(summarize(out.string(), {}, true).unreadable.empty());
        std::string pixels = readText(out / "pixels.bin");
        pixels[50000] ^= 1;
        writeFile(out / "pixels.bin", pixels);
        const auto summary = summarize(out.string(), {}, true);
        QCOMPARE(summary.unreadable.size(), size_t{1});
        QVERIFY(!summary.tokenizer.empty());
    }

    void fingerprintsTellTokenizersApart() {
        const Source source;
        const auto a = trained(source), b = trained(source, 50);
        QCOMPARE(tokenizerFingerprint(*a), tokenizerFingerprint(*trained(source)));
        QVERIFY(tokenizerFingerprint(*a) != tokenizerFingerprint(*b));
        const auto shorter =
            trainSentencePieceTokenizer({"a red circle", "two blue squares", "a large green triangle"}, 30, 16);
        const auto longer =
            trainSentencePieceTokenizer({"a red circle", "two blue squares", "a large green triangle"}, 30, 77);
        QCOMPARE(tokenizerFingerprint(*shorter), tokenizerFingerprint(*longer));
    }

    void fingerprintsTellCleaningsApart() {
        if (!fs::exists(paths::source("resources/clip/bpe_simple_vocab_16e6.txt")))
            QSKIP("scripts/setup fetches CLIP's vocabulary");
        std::vector<std::string> prints;
        for (const TextCleaning cleaning :
             {TextCleaning::Lower, TextCleaning::Whitespace, TextCleaning::Canonicalize, TextCleaning::HuggingFace})
            prints.push_back(tokenizerFingerprint(*loadTokenizer({}, {.cleaning = cleaning})));
        std::sort(prints.begin(), prints.end());
        QVERIFY(std::adjacent_find(prints.begin(), prints.end()) == prints.end());
        // The same from the files it writes.
        const Folder folder;
        const auto clip = loadTokenizer({}, {});
        clip->save(folder.path());
        QCOMPARE(tokenizerFingerprint(*loadTokenizer(folder.path(), {})), tokenizerFingerprint(*clip));
    }
};

DIAGONAL_TEST(TestPack);
#include "test_pack.moc"
