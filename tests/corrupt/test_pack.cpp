// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <functional>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/hub/sha256.h"
#include "engine/text/sentencepiece_tokenizer.h"
#include "engine/text/tokenizer_fingerprint.h"
#include "tests/registry.h"
#include "tests/training/dataset_files.h"
#include "training/data/dataset.h"
#include "training/data/pack_format.h"
#include "training/data/random.h"

using namespace diagonal;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

/// What a pack of two images of 2 x 2 and 1 x 3 pixels with three captions consists of.
struct Parts {
    json head = {{"format", "diagonal-pack"},
                 {"version", 1},
                 {"kind", "CSV"},
                 {"images", 2},
                 {"captions", 3},
                 {"labels", {"cat", "dog"}},
                 {"prompt_template", "a {}"},
                 {"augmentation", true},
                 {"index", json::object()},
                 {"tokenizer",
                  {{"vocabulary_size", 1}, {"context_length", 77}, {"cleaning", "lower"}, {"pad_to_context", false}}}};
    PackIndex index;
    std::string pixels = std::string(21, '\x33');
    std::string teacherImages, teacherTexts;  ///< not written where empty
    bool keepsHash = false;                   ///< pack.json tells the hash of the index as it was meant to be
};

Parts soundParts(const Tokenizer& tokenizer) {
    Parts parts;
    parts.head["tokenizer"]["vocabulary_size"] = tokenizer.vocabularySize();
    parts.head["tokenizer"]["fingerprint"] = tokenizerFingerprint(tokenizer);
    PackIndex& index = parts.index;
    index.imageOffsets = {0, 12, 21};
    index.checksums = {0, 0};
    index.sizes = {2, 2, 1, 3};
    index.labels = {1, -1};
    index.splits = std::string("\0\3", 2);
    index.names = "a.pngb.png";
    index.nameOffsets = {0, 5, 10};
    index.captions = "onetwothree";
    index.captionOffsets = {0, 3, 6, 11};
    index.firstCaptions = {0, 2, 3};
    index.tokens = {7, 1, 8, 7, 8, 7, 8};
    index.tokenOffsets = {0, 3, 5, 7};
    return parts;
}

/// With two teachers of 2 and 1 numbers: rows (1, 0 | 1) in float16.
Parts taughtParts(const Tokenizer& tokenizer) {
    Parts parts = soundParts(tokenizer);
    const auto model = [](int dim) {
        return json{{"name", "T"}, {"identity", "0"}, {"dim", dim}, {"logit_scale", 50}};
    };
    parts.head["teacher"] = {{"version", 1}, {"dtype", "float16"}, {"models", {model(2), model(1)}}};
    const std::string row("\0\x3C\0\0\0\x3C", 6);
    parts.teacherImages = row + row;
    parts.teacherTexts = row + row + row;
    return parts;
}

void writeParts(const Folder& folder, Parts parts, const Tokenizer& tokenizer,
                const std::function<void(std::string&)>& change = {}) {
    std::string header, index;
    for (const auto piece : packIndexPieces(parts.index, header))
        index += piece;
    const auto hashOf = [](const std::string& bytes) {
        Sha256 hash;
        hash.add(bytes.data(), bytes.size());
        return hash.digits();
    };
    const std::string meant = hashOf(index);
    if (change) change(index);
    if (parts.head.contains("index") && parts.head["index"].is_object())
        parts.head["index"]["sha256"] = parts.keepsHash ? meant : hashOf(index);
    folder.write("pack.json", parts.head.dump());
    folder.write("index.safetensors", index);
    folder.write("pixels.bin", parts.pixels);
    if (!parts.teacherImages.empty()) folder.write("teacher-images.bin", parts.teacherImages);
    if (!parts.teacherTexts.empty()) folder.write("teacher-texts.bin", parts.teacherTexts);
    fs::create_directories(folder.path() / "tokenizer");
    tokenizer.save(folder.path() / "tokenizer");
}

using Change = std::function<void(Parts&)>;
struct Case {
    const char* name;
    Change change;
};

const std::vector<Case> kCases = {
    {"another format", [](Parts& p) { p.head["format"] = "zip"; }},
    {"a later version", [](Parts& p) { p.head["version"] = 2; }},
    {"no version", [](Parts& p) { p.head.erase("version"); }},
    {"a version as text", [](Parts& p) { p.head["version"] = "1"; }},
    {"head is a list", [](Parts& p) { p.head = json::array({1}); }},
    {"no images", [](Parts& p) { p.head["images"] = 0; }},
    {"more images", [](Parts& p) { p.head["images"] = 3; }},
    {"fewer images", [](Parts& p) { p.head["images"] = 1; }},
    {"two thousand million images", [](Parts& p) { p.head["images"] = 2000000000; }},
    {"negative images", [](Parts& p) { p.head["images"] = -1; }},
    {"images beyond 64 bits", [](Parts& p) { p.head["images"] = 1e30; }},
    {"more captions", [](Parts& p) { p.head["captions"] = 4; }},
    {"labels as a text", [](Parts& p) { p.head["labels"] = "cat"; }},
    {"labels that are numbers",
     [](Parts& p) {
         p.head["labels"] = {1, 2};
     }},
    {"no labels", [](Parts& p) { p.head["labels"] = json::array(); }},
    {"no index", [](Parts& p) { p.head.erase("index"); }},
    {"no tokenizer", [](Parts& p) { p.head.erase("tokenizer"); }},
    {"an unknown cleaning", [](Parts& p) { p.head["tokenizer"]["cleaning"] = "bleach"; }},
    {"a smaller vocabulary", [](Parts& p) { p.head["tokenizer"]["vocabulary_size"] = 8; }},
    {"pixels cut", [](Parts& p) { p.pixels.pop_back(); }},
    {"pixels longer", [](Parts& p) { p.pixels += "x"; }},
    {"no pixels", [](Parts& p) { p.pixels.clear(); }},
    {"an offset beyond", [](Parts& p) { p.index.imageOffsets[1] = 22; }},
    {"a negative offset", [](Parts& p) { p.index.imageOffsets[1] = -12; }},
    {"a first offset that is not 0", [](Parts& p) { p.index.imageOffsets[0] = 3; }},
    {"images that overlap", [](Parts& p) { p.index.imageOffsets[1] = 9; }},
    {"an offset of 2^63 - 1", [](Parts& p) { p.index.imageOffsets[1] = INT64_MAX; }},
    {"a last offset below 0", [](Parts& p) { p.index.imageOffsets[2] = INT64_MIN; }},
    {"a size that does not fit", [](Parts& p) { p.index.sizes[0] = 3; }},
    {"a width of 0", [](Parts& p) { p.index.sizes[2] = 0; }},
    {"a negative size",
     [](Parts& p) {
         p.index.sizes = {-2, -2, 1, 3};
     }},
    {"sizes whose product overflows",
     [](Parts& p) {
         p.index.sizes = {1 << 30, 1 << 30, 1, 3};
     }},
    {"a label beyond", [](Parts& p) { p.index.labels[0] = 2; }},
    {"a label of -2", [](Parts& p) { p.index.labels[0] = -2; }},
    {"an unknown split", [](Parts& p) { p.index.splits[0] = 4; }},
    {"fewer splits", [](Parts& p) { p.index.splits.pop_back(); }},
    {"fewer checksums", [](Parts& p) { p.index.checksums.pop_back(); }},
    {"names that end too early", [](Parts& p) { p.index.nameOffsets[2] = 9; }},
    {"names that go back", [](Parts& p) { p.index.nameOffsets[1] = 11; }},
    {"captions that go back",
     [](Parts& p) {
         p.index.captionOffsets = {0, 6, 3, 11};
     }},
    {"an empty caption",
     [](Parts& p) {
         p.index.captionOffsets = {0, 0, 6, 11};
     }},
    {"a caption that is not UTF-8", [](Parts& p) { p.index.captions[0] = '\xFF'; }},
    {"an image without captions",
     [](Parts& p) {
         p.index.firstCaptions = {0, 3, 3};
     }},
    {"captions of no image",
     [](Parts& p) {
         p.index.firstCaptions = {0, 1, 2};
     }},
    {"captions beyond",
     [](Parts& p) {
         p.index.firstCaptions = {0, 9, 3};
     }},
    {"a token beyond the vocabulary", [](Parts& p) { p.index.tokens[1] = 1 << 30; }},
    {"a negative token", [](Parts& p) { p.index.tokens[1] = -1; }},
    {"a caption without tokens",
     [](Parts& p) {
         p.index.tokenOffsets = {0, 0, 5, 7};
     }},
    {"token offsets beyond",
     [](Parts& p) {
         p.index.tokenOffsets = {0, 3, 5, 8};
     }},
};

const std::vector<Case> kTaughtCases = {
    {"images cut", [](Parts& p) { p.teacherImages.pop_back(); }},
    {"images longer", [](Parts& p) { p.teacherImages += std::string(6, '\0'); }},
    {"no images", [](Parts& p) { p.teacherImages.clear(); }},
    {"texts cut", [](Parts& p) { p.teacherTexts.resize(12); }},
    {"no texts", [](Parts& p) { p.teacherTexts.clear(); }},
    {"a wider teacher", [](Parts& p) { p.head["teacher"]["models"][0]["dim"] = 3; }},
    {"a dim of 0", [](Parts& p) { p.head["teacher"]["models"][0]["dim"] = 0; }},
    {"a negative dim", [](Parts& p) { p.head["teacher"]["models"][0]["dim"] = -2; }},
    {"a dim beyond 64 bits", [](Parts& p) { p.head["teacher"]["models"][0]["dim"] = 1e30; }},
    {"a dim as text", [](Parts& p) { p.head["teacher"]["models"][0]["dim"] = "2"; }},
    {"no dim", [](Parts& p) { p.head["teacher"]["models"][0].erase("dim"); }},
    {"bfloat16", [](Parts& p) { p.head["teacher"]["dtype"] = "bfloat16"; }},
    {"no dtype", [](Parts& p) { p.head["teacher"].erase("dtype"); }},
    {"no version", [](Parts& p) { p.head["teacher"].erase("version"); }},
    {"a version of 0", [](Parts& p) { p.head["teacher"]["version"] = 0; }},
    {"teacher is a list", [](Parts& p) { p.head["teacher"] = json::array({1}); }},
    {"teacher is a text", [](Parts& p) { p.head["teacher"] = "ViT-B/32"; }},
    {"no models", [](Parts& p) { p.head["teacher"].erase("models"); }},
    {"an empty list", [](Parts& p) { p.head["teacher"]["models"] = json::array(); }},
    {"models that are numbers",
     [](Parts& p) {
         p.head["teacher"]["models"] = {2, 1};
     }},
    {"a thousand models",
     [](Parts& p) {
         const json model = p.head["teacher"]["models"][0];
         for (int i = 0; i < 1000; ++i)
             p.head["teacher"]["models"].push_back(model);
     }},
    {"no logit scale", [](Parts& p) { p.head["teacher"]["models"][1].erase("logit_scale"); }},
    {"a logit scale of 0", [](Parts& p) { p.head["teacher"]["models"][1]["logit_scale"] = 0; }},
    {"a negative logit scale", [](Parts& p) { p.head["teacher"]["models"][1]["logit_scale"] = -3; }},
    {"a logit scale that overflows", [](Parts& p) { p.head["teacher"]["models"][1]["logit_scale"] = 1e300; }},
    {"a logit scale as text", [](Parts& p) { p.head["teacher"]["models"][1]["logit_scale"] = "50"; }},
};

}  // namespace

class TestCorruptPack : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        m_tokenizer = trainSentencePieceTokenizer({"one two three", "four five six", "seven eight nine"}, 30, 77);
    }

    void soundPartsAreTaken() {
        const Folder folder;
        writeParts(folder, soundParts(*m_tokenizer), *m_tokenizer);
        const auto pack = openDataset(folder.path().string());
        QCOMPARE(pack->size(), size_t{2});
        QCOMPARE(pack->captions(0), (std::vector<std::string>{"one", "two"}));
        QCOMPARE(pack->image(1).height, 3);
        QCOMPARE(pack->tokens(0, 1).size(), size_t{2});
        QVERIFY(pack->warnings().empty());
    }

    void partsThatDoNotFitAreRefused_data() {
        QTest::addColumn<int>("number");
        for (size_t i = 0; i < kCases.size(); ++i)
            QTest::newRow(kCases[i].name) << static_cast<int>(i);
    }
    void partsThatDoNotFitAreRefused() {
        QFETCH(int, number);
        const Folder folder;
        Parts parts = soundParts(*m_tokenizer);
        kCases[static_cast<size_t>(number)].change(parts);
        writeParts(folder, parts, *m_tokenizer);
        try {
            openDataset("pack:" + folder.path().string());
            QFAIL("taken");
        } catch (const Error& error) {
            QVERIFY2(!error.problem().empty(), error.what());
        }
    }

    void soundTeachersAreTaken() {
        const Folder folder;
        writeParts(folder, taughtParts(*m_tokenizer), *m_tokenizer);
        const auto pack = openDataset(folder.path().string());
        QVERIFY(pack->warnings().empty());
        QCOMPARE(pack->teachers().size(), size_t{2});
        QCOMPARE(pack->teacherText(1, 0).size(), size_t{3});
        QCOMPARE(pack->teacherImage(1)[2], uint16_t{0x3C00});
        QVERIFY(summarize(folder.path().string(), {}, true).unreadable.size() == 2);  // the checksums alone are wrong
    }

    void teachersThatDoNotFitAreRefused_data() {
        QTest::addColumn<int>("number");
        for (size_t i = 0; i < kTaughtCases.size(); ++i)
            QTest::newRow(kTaughtCases[i].name) << static_cast<int>(i);
    }
    void teachersThatDoNotFitAreRefused() {
        QFETCH(int, number);
        const Folder folder;
        Parts parts = taughtParts(*m_tokenizer);
        kTaughtCases[static_cast<size_t>(number)].change(parts);
        writeParts(folder, parts, *m_tokenizer);
        try {
            openDataset("pack:" + folder.path().string());
            QFAIL("taken");
        } catch (const Error& error) {
            QVERIFY2(!error.problem().empty(), error.what());
        }
    }

    /// The rest of such a pack is as good as ever.
    void teachersOfALaterVersionAreLeftAlone() {
        const Folder folder;
        Parts parts = taughtParts(*m_tokenizer);
        parts.head["teacher"] = {{"version", 2}, {"rows", "elsewhere"}};
        writeParts(folder, parts, *m_tokenizer);
        const auto pack = openDataset(folder.path().string());
        QCOMPARE(pack->size(), size_t{2});
        QVERIFY(pack->teachers().empty() && pack->teacherImage(0).empty());
        QCOMPARE(pack->warnings().size(), size_t{1});
    }

    void missingFilesAreNamed() {
        for (const char* name : {"pack.json", "index.safetensors", "pixels.bin"}) {
            const Folder folder;
            writeParts(folder, soundParts(*m_tokenizer), *m_tokenizer);
            fs::remove(folder.path() / name);
            try {
                openDataset("pack:" + folder.path().string());
                QFAIL(name);
            } catch (const Error& error) {
                QVERIFY2(error.subject().find(name) != std::string::npos, error.what());
            }
        }
    }

    void aTokenizerThatDoesNotFitCostsTheTokensOnly() {
        const auto other = trainSentencePieceTokenizer({"other words here", "and there"}, 20, 77);
        for (const bool isThere : {true, false}) {
            const Folder folder;
            writeParts(folder, soundParts(*m_tokenizer), *m_tokenizer);
            fs::remove_all(folder.path() / "tokenizer");
            fs::create_directory(folder.path() / "tokenizer");
            if (isThere) other->save(folder.path() / "tokenizer");
            const auto pack = openDataset(folder.path().string());
            QCOMPARE(pack->size(), size_t{2});
            QVERIFY(pack->tokenizer() == nullptr && pack->tokens(0, 0).empty());
            QCOMPARE(pack->warnings().size(), size_t{1});
        }
    }

    void anyChangedByteOfTheIndexIsFound() {
        const Folder folder;
        Parts parts = soundParts(*m_tokenizer);
        parts.keepsHash = true;
        size_t size = 0;
        writeParts(folder, parts, *m_tokenizer, [&](std::string& index) { size = index.size(); });
        const std::string sound = readText(folder.path() / "index.safetensors");
        for (size_t at = 0; at < size; at += 5) {
            std::string index = sound;
            index[at] ^= 1;
            folder.write("index.safetensors", index);
            QVERIFY_THROWS_EXCEPTION(Error, openDataset(folder.path().string()));
        }
    }

    /// As before, but the hash is made to fit: a pack that somebody made with care.
    void anyBytesWithAFittingHashEndInAPackOrAnError() {
        const Folder folder;
        const Parts parts = soundParts(*m_tokenizer);
        writeParts(folder, parts, *m_tokenizer);
        const std::string sound = readText(folder.path() / "index.safetensors");
        json head = json::parse(readText(folder.path() / "pack.json"));
        Random random(9);
        for (int round = 0; round < 400; ++round) {
            std::string index = sound;
            for (uint32_t i = 1 + random.below(3); i > 0; --i)
                index[random.below(static_cast<uint32_t>(index.size()))] = static_cast<char>(random.below(256));
            Sha256 hash;
            hash.add(index.data(), index.size());
            head["index"]["sha256"] = hash.digits();
            folder.write("index.safetensors", index);
            folder.write("pack.json", head.dump());
            try {
                const auto pack = openDataset(folder.path().string());
                for (size_t i = 0; i < pack->size(); ++i) {
                    const Image image = pack->image(i);
                    QCOMPARE(image.rgb.size(),
                             static_cast<size_t>(image.width) * static_cast<size_t>(image.height) * 3);
                    QVERIFY(!pack->captions(i).empty());
                    (void)pack->name(i);
                }
            } catch (const Error& error) {
                QVERIFY(!error.problem().empty());
            }
        }
    }

    void anyBytesOfTheHeadEndInAPackOrAnError() {
        const Folder folder;
        writeParts(folder, taughtParts(*m_tokenizer), *m_tokenizer);
        const std::string sound = readText(folder.path() / "pack.json");
        Random random(4);
        for (int round = 0; round < 300; ++round) {
            std::string head = sound;
            for (uint32_t i = 1 + random.below(3); i > 0; --i)
                head[random.below(static_cast<uint32_t>(head.size()))] = "0123456789\"{}[],:-e."[random.below(20)];
            if (random.chance(0.2F)) head.resize(random.below(static_cast<uint32_t>(head.size())));
            folder.write("pack.json", head);
            try {
                QCOMPARE(openDataset("pack:" + folder.path().string())->size(), size_t{2});
            } catch (const Error& error) {
                QVERIFY(!error.problem().empty());
            }
        }
    }

  private:
    std::shared_ptr<const Tokenizer> m_tokenizer;
};

DIAGONAL_TEST(TestCorruptPack);
#include "test_pack.moc"
