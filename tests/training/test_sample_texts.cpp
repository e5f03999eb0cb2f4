// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <map>
#include <set>
#include <stdexcept>

#include "engine/base/error.h"
#include "tests/registry.h"
#include "tests/training/dataset_files.h"
#include "training/data/dataset.h"
#include "training/data/file_dataset.h"
#include "training/data/hash_index.h"
#include "training/data/random.h"
#include "training/data/sample_texts.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

std::string drawText(Random& random, uint32_t longest) {
    std::string text(random.below(longest + 1), ' ');
    for (char& c : text)
        c = static_cast<char>(random.below(256));
    return text;
}

}  // namespace

class TestSampleTexts : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void textsAreThoseThatWereAdded() {
        Random random(2);
        SampleTexts texts;
        std::vector<std::pair<std::string, std::vector<std::string>>> expected;
        std::map<std::string, size_t> byName;
        for (int round = 0; round < 4000; ++round) {
            const std::string name = "folder " + std::to_string(random.below(7)) + (random.chance(0.5F) ? "/" : "") +
                                     std::to_string(random.below(900));
            const auto [known, isNew] = byName.try_emplace(name, expected.size());
            if (isNew) expected.emplace_back(name, std::vector<std::string>());
            const size_t sample = texts.findOrAdd(name);
            QCOMPARE(sample, known->second);
            // Long ones go over the ends of the arena's blocks.
            expected[sample].second.push_back(drawText(random, random.chance(0.02F) ? kLongestCaption : 200));
            texts.addCaption(sample, expected[sample].second.back());
        }
        QCOMPARE(texts.size(), expected.size());
        for (size_t i = 0; i < expected.size(); ++i) {
            QCOMPARE(texts.name(i), expected[i].first);
            QCOMPARE(texts.find(texts.folder(i), texts.file(i)), static_cast<uint32_t>(i));
            QCOMPARE(texts.captionCount(i), expected[i].second.size());
            for (size_t k = 0; k < expected[i].second.size(); ++k)
                QVERIFY(texts.caption(i, k) == expected[i].second[k]);
            QVERIFY_THROWS_EXCEPTION(std::out_of_range, texts.caption(i, expected[i].second.size()));
        }
        QCOMPARE(texts.find(texts.folder(0), "no such file"), HashIndex::kNone);
        std::vector<bool> kept(expected.size());
        for (size_t i = 0; i < kept.size(); ++i)
            kept[i] = i % 3 == 1;
        texts.keepOnly(kept);
        QCOMPARE(texts.size(), (expected.size() + 1) / 3);
        for (size_t i = 0; i < texts.size(); ++i) {
            QCOMPARE(texts.name(i), expected[3 * i + 1].first);
            QVERIFY(texts.caption(i, 0) == expected[3 * i + 1].second[0]);
        }
    }

    void textsThatAreTooLongAreNotTaken() {
        SampleTexts texts;
        texts.add("a.png");
        texts.addCaption(0, std::string(kLongestCaption, 'x'));
        QVERIFY_THROWS_EXCEPTION(std::length_error, texts.addCaption(0, std::string(kLongestCaption + 1, 'x')));
        QCOMPARE(texts.captionCount(0), size_t{1});
        QCOMPARE(texts.caption(0, 0).size(), kLongestCaption);
    }

    void numbersAreFoundByEqualContentOnly() {
        // Hashes that all meet: only the comparison tells contents apart.
        HashIndex index;
        std::vector<std::string> contents;
        for (const uint32_t hash : {0U, ~0U, 77U}) {
            for (uint32_t i = 0; i < 3000; ++i) {
                const std::string content = std::to_string(hash) + ":" + std::to_string(i % 1000);
                const auto same = [&](uint32_t number) { return contents[number] == content; };
                const uint32_t number = index.findOrAdd(hash, static_cast<uint32_t>(contents.size()), same);
                if (number == contents.size()) contents.push_back(content);
                QCOMPARE(contents[number], content);
            }
        }
        QCOMPARE(contents.size(), size_t{3000});
        QCOMPARE(index.find(5, [](uint32_t) { return true; }), HashIndex::kNone);
        QCOMPARE(HashIndex().find(5, [](uint32_t) { return true; }), HashIndex::kNone);
    }

    void theFirstFolderThatHasAFileIsTaken() {
        const Folder folder;
        for (const char* name : {"x/a.png", "images/x/a.png", "images/x/b.png", "images/c.png", "c.png"})
            folder.picture(name);
        const std::string absolute = (folder.path() / "images" / "x" / "b.png").string();
        const auto data =
            openDataset(folder
                            .write("t.csv", "image,caption\nx/a.png,1\nx/b.png,2\nc.png,3\n./c.png,4\nx/../c.png,5\n" +
                                                absolute + ",6\nx/,7\n.,8\n..,9\nx/c.png,10\n")
                            .string());
        std::vector<fs::path> files;
        for (size_t i = 0; i < data->size(); ++i)
            files.push_back(data->file(i));
        const fs::path root = folder.path();
        QCOMPARE(files, (std::vector<fs::path>{root / "x/a.png", root / "images/x/b.png", root / "c.png",
                                               root / "c.png", root / "c.png", absolute}));
        QCOMPARE(data->missing(), size_t{4});
        QCOMPARE(data->name(4), std::string("x/../c.png"));
        QCOMPARE(data->image(1).width, 4);
    }

    void anImageWithTooManyCaptionsIsTold() {
        const Folder folder;
        folder.picture("a.png");
        folder.picture("b.png");
        std::string table = "image,caption\nb.png,fine\n";
        for (size_t i = 0; i < 3 * FileDataset::kMostCaptions; ++i)
            table += "a.png," + std::to_string(i) + "\n";
        const auto data = openDataset(folder.write("t.csv", table).string());
        QCOMPARE(data->size(), size_t{2});
        QCOMPARE(data->captionCount(1), FileDataset::kMostCaptions);
        QCOMPARE(data->caption(1, FileDataset::kMostCaptions - 1), std::string_view("999"));
        QCOMPARE(data->warnings().size(), size_t{1});
        QVERIFY2(data->warnings()[0].starts_with("a.png: has more than 1000 captions"), data->warnings()[0].c_str());
    }
};

DIAGONAL_TEST(TestSampleTexts);
#include "test_sample_texts.moc"
