// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QTest>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/text/load_tokenizer.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

const fs::path kSiglip = paths::source("tests/parity/data/siglip");

/// A vocabulary of a handful of tokens; what it lacks is the end of text.
json vocabulary() {
    return {{"d", 0}, {"o", 1}, {"g</w>", 2}, {"do", 3}, {"dog</w>", 4}, {"<|startoftext|>", 5}, {"<|endoftext|>", 6}};
}

json clipJson() {
    return {{"model",
             {{"type", "BPE"},
              {"end_of_word_suffix", "</w>"},
              {"vocab", vocabulary()},
              {"merges", {"d o", json::array({"do", "g</w>"})}}}}};
}

json unigramJson() {
    return json::parse(readText(kSiglip / "unigram-json" / "tokenizer.json"));
}

json bpeJson() {
    return json::parse(readText(kSiglip / "bpe-json" / "tokenizer.json"));
}

template <class Change>
QByteArray changed(json whole, const Change& change) {
    change(whole);
    return QByteArray::fromStdString(whole.dump());
}

QByteArray nested(const char* open, const char* close, int depth) {
    return QByteArray(open).repeated(depth) + QByteArray(close).repeated(depth);
}

std::shared_ptr<const Tokenizer> load(const fs::path& folder, int vocabularySize = 1 << 20, bool padToContext = true) {
    return loadTokenizer(folder, {.contextLength = 16, .vocabularySize = vocabularySize, .padToContext = padToContext});
}

}  // namespace

class TestTokenizers : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void soundFilesAreRead() {
        const QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        writeFile(path / "vocab.json", vocabulary().dump());
        writeFile(path / "merges.txt", "#version: 0.2\nd o\ndo g</w>\n");
        QCOMPARE(load(path)->encode("dog xd"), (std::vector<int64_t>{5, 4, 6, 6, 6}));
        fs::remove(path / "vocab.json");
        writeFile(path / "tokenizer.json", clipJson().dump());
        QCOMPARE(load(path)->encode("dog xd"), (std::vector<int64_t>{5, 4, 6, 6, 6}));
        for (const json& sound : {unigramJson(), bpeJson()}) {
            writeFile(path / "tokenizer.json", sound.dump());
            QVERIFY(load(path)->encode("a photo").size() > 1);
        }
    }

    void badClipFilesAreRefusedByName_data() {
        QTest::addColumn<QByteArray>("vocabularyFile");
        QTest::addColumn<QByteArray>("mergesFile");
        QTest::addColumn<QString>("blamed");
        const QByteArray sound = QByteArray::fromStdString(vocabulary().dump()), merges = "#version: 0.2\nd o\n";
        const auto bad = [&](const char* name, const QByteArray& content) {
            QTest::newRow(name) << content << merges << "vocab.json";
        };
        bad("empty", "");
        bad("cut", sound.left(40));
        bad("an array", "[1, 2]");
        bad("a number", "7");
        bad("null", "null");
        bad("no tokens", "{}");
        bad("nested arrays", nested("[", "]", 100'000));
        bad("nested objects", nested("{\"a\":", "}", 100'000));
        bad("an object as an id", R"({"d": {"o": 1}})");
        bad("a text as an id", R"({"d": "1"})");
        bad("a negative id", R"({"d": -1})");
        bad("half an id", R"({"d": 0.5})");
        bad("an enormous id", R"({"d": 4000000000})");
        bad("an id beyond all numbers", R"({"d": 99999999999999999999999999})");
        bad("an id twice", changed(vocabulary(), [](json& all) { all["o"] = 0; }));
        bad("a token twice", R"({"d": 0, "d": 1, "<|startoftext|>": 5, "<|endoftext|>": 6})");
        bad("an empty token", changed(vocabulary(), [](json& all) { all[""] = 9; }));
        bad("no start", changed(vocabulary(), [](json& all) { all.erase("<|startoftext|>"); }));
        bad("no end", changed(vocabulary(), [](json& all) { all.erase("<|endoftext|>"); }));
        bad("no UTF-8", "{\"\xFF\xFE\": 0}");
        bad("something behind it", sound + "]");
        const auto badMerges = [&](const char* name, const QByteArray& content) {
            QTest::newRow(name) << sound << content << "merges.txt";
        };
        badMerges("unknown left", "x o\n");
        badMerges("unknown right", "d x\n");
        badMerges("unknown together", "o d\n");
        badMerges("one token", "d\n");
        badMerges("three tokens", "d o g</w>\n");
        badMerges("a space alone", " \n");
        badMerges("no merge at all", QByteArray(100'000, 'x'));
        badMerges("binary", QByteArray("\x00\x01\xFF d\n", 6));
    }
    void badClipFilesAreRefusedByName() {
        QFETCH(QByteArray, vocabularyFile);
        QFETCH(QByteArray, mergesFile);
        QFETCH(QString, blamed);
        const QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        writeFile(path / "vocab.json", vocabularyFile.toStdString());
        writeFile(path / "merges.txt", mergesFile.toStdString());
        refusedByName(path, blamed);
    }

    void vocabularyWithoutMergesIsRefused() {
        const QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        writeFile(path / "vocab.json", vocabulary().dump());
        refusedByName(path, "merges.txt");
    }

    void badTokenizerJsonIsRefusedByName_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("no JSON") << QByteArray("tokenizer");
        QTest::newRow("cut") << QByteArray::fromStdString(bpeJson().dump()).left(5000);
        QTest::newRow("an array") << QByteArray("[]");
        QTest::newRow("no model") << QByteArray("{}");
        QTest::newRow("model is a text") << QByteArray(R"({"model": "BPE"})");
        QTest::newRow("nested") << nested("[", "]", 1'000'000);
        QTest::newRow("another kind") << QByteArray(R"({"model": {"type": "WordPiece", "vocab": {"a": 0}}})");
        const auto add = [](const char* name, const json& whole, const auto& change) {
            QTest::newRow(name) << changed(whole, change);
        };
        add("CLIP without merges", clipJson(), [](json& all) { all["model"].erase("merges"); });
        add("CLIP with merges of one", clipJson(), [](json& all) { all["model"]["merges"] = {"d"}; });
        add("CLIP with numbers for merges", clipJson(), [](json& all) { all["model"]["merges"] = {{1, 2}}; });
        add("CLIP with an unknown merge", clipJson(), [](json& all) { all["model"]["merges"] = {"x y"}; });
        add("CLIP with an array of tokens", clipJson(), [](json& all) { all["model"]["vocab"] = {"a", "b"}; });
        add("CLIP with an enormous id", clipJson(), [](json& all) { all["model"]["vocab"]["z"] = 1LL << 40; });
        add("CLIP with added tokens of no kind", clipJson(), [](json& all) { all["added_tokens"] = {1, 2}; });
        add("unigram without pieces", unigramJson(), [](json& all) { all["model"]["vocab"] = json::array(); });
        add("unigram with texts for scores", unigramJson(), [](json& all) { all["model"]["vocab"][3][1] = "x"; });
        add("unigram with one number", unigramJson(), [](json& all) { all["model"]["vocab"][3] = 7; });
        add("unigram with a piece twice", unigramJson(),
            [](json& all) { all["model"]["vocab"][4] = all["model"]["vocab"][5]; });
        add("unigram without unknown", unigramJson(), [](json& all) { all["model"]["unk_id"] = nullptr; });
        add("unigram with unknown beyond", unigramJson(), [](json& all) { all["model"]["unk_id"] = 100'000; });
        add("unigram with unknown below", unigramJson(), [](json& all) { all["model"]["unk_id"] = -1; });
        add("unigram without an end", unigramJson(), [](json& all) {
            all["post_processor"] = nullptr;
            all["model"]["vocab"][1][0] = "<none>";
        });
        add("unigram with bytes that are missing", unigramJson(),
            [](json& all) { all["model"]["byte_fallback"] = true; });
        const auto map = [](const char* content) {
            return json{{"type", "Precompiled"}, {"precompiled_charsmap", content}};
        };
        add("a map that is no base64", unigramJson(), [&](json& all) { all["normalizer"] = map("\x01?"); });
        add("a map of a few bytes", unigramJson(), [&](json& all) { all["normalizer"] = map("AAAA"); });
        add("a map that points outside", unigramJson(),
            [&](json& all) { all["normalizer"] = map("BAAAAP///38AAA=="); });
        add("BPE without merges", bpeJson(), [](json& all) { all["model"].erase("merges"); });
        add("BPE with an unknown merge", bpeJson(), [](json& all) { all["model"]["merges"][0] = {"q", "zz"}; });
        add("BPE with a hole in its ids", bpeJson(), [](json& all) { all["model"]["vocab"]["<mask>"] = 100'000; });
        add("BPE with an id twice", bpeJson(), [](json& all) { all["model"]["vocab"]["<mask>"] = 0; });
        add("BPE with another unknown", bpeJson(), [](json& all) { all["model"]["unk_token"] = "<none>"; });
    }
    void badTokenizerJsonIsRefusedByName() {
        QFETCH(QByteArray, content);
        const QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        writeFile(path / "tokenizer.json", content.toStdString());
        refusedByName(path, "tokenizer.json");
    }

    void badPiecesAreRefusedByName_data() {
        QTest::addColumn<QByteArray>("content");
        const QByteArray sound = QByteArray::fromStdString(readText(kSiglip / "unigram" / "spiece.model"));
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("text") << QByteArray("<html>404 Not Found</html>");
        QTest::newRow("cut") << sound.left(sound.size() / 2 + 1);
        QTest::newRow("a length beyond the end") << QByteArray("\x0A\xFF\xFF\xFF\xFF\x7F", 6);
        QTest::newRow("an endless number") << QByteArray(100, '\xFF');
        QTest::newRow("pieces without text") << QByteArray("\x0A\x00", 2).repeated(1000);
        QTest::newRow("one piece many times") << QByteArray("\x0A\x03\x0A\x01x", 5).repeated(100'000);
    }
    void badPiecesAreRefusedByName() {
        QFETCH(QByteArray, content);
        const QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        for (const char* name : {"spiece.model", "tokenizer.model"}) {
            writeFile(path / name, content.toStdString());
            refusedByName(path, name);
            fs::remove(path / name);
        }
    }

    void damagedFilesAreRefusedOrHarmless_data() {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("file");
        QTest::newRow("unigram") << "unigram"
                                 << "spiece.model";
        QTest::newRow("BPE") << "bpe"
                             << "tokenizer.model";
        QTest::newRow("unigram, JSON") << "unigram-json"
                                       << "tokenizer.json";
        QTest::newRow("BPE, JSON") << "bpe-json"
                                   << "tokenizer.json";
    }
    void damagedFilesAreRefusedOrHarmless() {
        QFETCH(QString, folder);
        QFETCH(QString, file);
        const QTemporaryDir temporary;
        const fs::path path = temporary.path().toStdString();
        const std::string whole = readText(kSiglip / folder.toStdString() / file.toStdString());
        std::mt19937 random(11);
        for (int i = 0; i < 200; ++i) {
            std::string bytes = whole;
            for (int j = 0; j < 8; ++j)
                bytes[random() % bytes.size()] = static_cast<char>(i % 2 == 0 ? random() : '0' + random() % 10);
            if (i % 5 == 0) bytes.resize(random() % bytes.size());
            writeFile(path / file.toStdString(), bytes);
            try {
                const auto tokenizer = load(path);
                for (const char* text : {"a photo of a dog", "ÅÄÖ ﬁ 日本語 ½", "\xFF</s>", ""})
                    for (const int64_t id : tokenizer->encode(text))
                        QVERIFY(id >= 0 && id < tokenizer->vocabularySize());
            } catch (const Error& error) {
                QVERIFY2(error.subject().ends_with(file.toStdString()), error.what());
            }
        }
    }

    void damagedVocabularyIsRefused() {
        const QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        qputenv("DIAGONAL_RESOURCES", folder.path().toUtf8());
        fs::create_directories(path / "clip");
        for (const std::string& content :
             {std::string(), std::string("#version\ni n\n"), std::string(1 << 20, '\n'), std::string(1 << 20, 'x')}) {
            writeFile(path / "clip" / "bpe_simple_vocab_16e6.txt", content);
            QVERIFY_THROWS_EXCEPTION(Error, loadTokenizer({}, {}));
        }
        fs::remove(path / "clip" / "bpe_simple_vocab_16e6.txt");
        try {
            loadTokenizer({}, {});
            QFAIL("must throw");
        } catch (const Error& error) {
            QCOMPARE(error.remedy(), std::string("Run scripts/setup"));
        }
        qunsetenv("DIAGONAL_RESOURCES");
    }

    void longTextsOfHostileVocabulariesEnd() {
        // Every merge is possible everywhere, in the worst order.
        json tokens = {{"<|startoftext|>", 0}, {"<|endoftext|>", 1}, {"a", 2}, {"a</w>", 3}};
        std::string merges, longest = "a";
        for (int i = 0; i < 200; ++i) {
            merges.insert(0, longest + " a\n");
            longest += "a";
            tokens[longest] = 4 + i;
        }
        const QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        writeFile(path / "vocab.json", tokens.dump());
        writeFile(path / "merges.txt", merges);
        for (const TextCleaning cleaning : {TextCleaning::Lower, TextCleaning::HuggingFace}) {
            const auto ids = loadTokenizer(path, {.cleaning = cleaning})->encode(std::string(100'000, 'a'));
            QVERIFY(ids.size() > 2);
            for (const int64_t id : ids)
                QVERIFY(id >= 0 && id < 204);
        }
    }

  private:
    static void refusedByName(const fs::path& folder, const QString& file) {
        try {
            load(folder);
            QFAIL("must throw");
        } catch (const Error& error) {
            QVERIFY2(QString::fromStdString(error.subject()).endsWith(file), error.what());
        }
    }
};

DIAGONAL_TEST(TestTokenizers);
#include "test_tokenizers.moc"
