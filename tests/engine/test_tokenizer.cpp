// SPDX-License-Identifier: Apache-2.0
#include <sentencepiece_trainer.h>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/job.h"
#include "engine/text/clean_text.h"
#include "engine/text/load_tokenizer.h"
#include "engine/text/sentencepiece_tokenizer.h"
#include "engine/text/siglip_tokenizer.h"
#include "engine/text/train_pieces.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

const std::string kGolden = paths::source("tests/parity/data/tokenizer");

const std::vector<std::string>& sentences() {
    static const std::vector<std::string> list = {
        "a red circle",       "a small blue square in the top left", "two green triangles", "a large yellow star",
        "a photo of a dog",   "the dog runs on the beach",           "a cat sleeps",        "three red stars",
        "a circle of colour", "a drawing of a purple hexagon",       "one orange diamond",  "a white square on grey",
    };
    return list;
}

std::shared_ptr<const Tokenizer> trained(int contextLength = 16) {
    return trainSentencePieceTokenizer(sentences(), 200, contextLength);
}

std::shared_ptr<const Tokenizer> loadTrained(const fs::path& folder, int contextLength, int vocabularySize) {
    return loadTokenizer(folder, {.contextLength = contextLength, .vocabularySize = vocabularySize});
}

class TextIterator : public sentencepiece::SentenceIterator {
  public:
    explicit TextIterator(const std::vector<std::string>& texts) : m_texts(texts) {}
    bool done() const override { return m_next == m_texts.size(); }
    void Next() override { ++m_next; }
    const std::string& value() const override { return m_texts[m_next]; }
    sentencepiece::util::Status status() const override { return {}; }

  private:
    const std::vector<std::string>& m_texts;
    size_t m_next = 0;
};

/// Ids without start and end.
std::vector<int64_t> inner(const Tokenizer& tokenizer, std::string_view text) {
    auto ids = tokenizer.encode(text);
    return {ids.begin() + 1, ids.end() - 1};
}

}  // namespace

class TestTokenizer : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void startAndEndAreTheLargestIds() {
        const auto tokenizer = trained();
        const auto ids = tokenizer->encode("a red circle");
        QVERIFY(ids.size() > 2);
        QCOMPARE(ids.front(), int64_t{tokenizer->vocabularySize() - 2});
        QCOMPARE(ids.back(), int64_t{tokenizer->vocabularySize() - 1});
        for (size_t i = 1; i + 1 < ids.size(); ++i)
            QVERIFY(ids[i] > 1 && ids[i] < ids.front());
        QVERIFY(tokenizer->vocabularySize() <= 202);
    }

    void trainingIsDeterministic() {
        QTemporaryDir a, b;
        trained()->save(a.path().toStdString());
        trained()->save(b.path().toStdString());
        for (const char* file : {"spiece.model", "tokenizer.json", "tokenizer_config.json"})
            QCOMPARE(readBytes(fs::path(a.path().toStdString()) / file),
                     readBytes(fs::path(b.path().toStdString()) / file));
    }

    void savedTokenizerLoadsWithTheSameIds() {
        const QTemporaryDir folder;
        const auto before = trained(20);
        before->save(folder.path().toStdString());
        const auto after = loadTrained(folder.path().toStdString(), 20, before->vocabularySize());
        QCOMPARE(after->vocabularySize(), before->vocabularySize());
        QCOMPARE(after->contextLength(), 20);
        for (const auto& caption : sentences())
            QCOMPARE(after->encode(caption), before->encode(caption));
        // tokenizer.json is as good as spiece.model, also where it alone is named.
        const fs::path file = fs::path(folder.path().toStdString()) / "tokenizer.json";
        const auto named = loadTokenizerFrom(file, {.contextLength = 20, .vocabularySize = before->vocabularySize()});
        for (const auto& caption : sentences())
            QCOMPARE(named->encode(caption), before->encode(caption));
    }

    void aHandfulOfWordsIsEnough() {
        for (const std::vector<std::string>& few : {std::vector<std::string>{"a"}, {"red circle"}, {"", "dog", "dog"}})
            QVERIFY(trainSentencePieceTokenizer(few, 4096, 8)->encode(few.back()).size() >= 3);
    }

    void captionsWithoutTextAreRefused() {
        QVERIFY_THROWS_EXCEPTION(Error, trainSentencePieceTokenizer({}, 100, 8));
        QVERIFY_THROWS_EXCEPTION(Error, trainSentencePieceTokenizer({"", "  \t", std::string(3, '\0')}, 100, 8));
    }

    void tooSmallAVocabularyIsRefusedByName() {
        try {
            trainSentencePieceTokenizer(sentences(), 5, 8);
            QFAIL("must throw");
        } catch (const Error& error) {
            QCOMPARE(error.subject(), std::string("vocabulary"));
        }
    }

    void oneVeryLongCaptionDoesNotStopTraining() {
        auto list = sentences();
        std::string text;
        for (int i = 0; i < 3000; ++i)
            text += "dog " + std::to_string(i) + " ";
        list.push_back(text);
        list.emplace_back(20000, 'x');
        QVERIFY(trainSentencePieceTokenizer(list, 300, 8)->vocabularySize() > 20);
    }

    /// The trainer gets the captions as it did while they were all cleaned and cut first.
    void trainingGivesTheFileOfSentencesCleanedFirst() {
        std::vector<std::string> captions;
        uint32_t state = 1;
        const auto draw = [&state](uint32_t n) { return ((state = state * 1664525 + 1013904223) >> 8) % n; };
        for (int i = 0; i < 400; ++i) {
            std::string text;
            const uint32_t words = i % 50 == 0 ? 1200 : draw(12);
            for (uint32_t k = 0; k < words; ++k)
                text += std::string(draw(3), ' ') + "Wb" + std::to_string(draw(40)) + (draw(9) == 0 ? "  &amp;" : " ");
            captions.push_back(text);
        }
        captions.emplace_back(9000, 'x');
        captions.push_back(std::string(5000, ' ') + "end");
        for (const TextCleaning cleaning : {TextCleaning::Whitespace, TextCleaning::Canonicalize}) {
            std::vector<std::string> sentences;
            for (const std::string& caption : captions) {
                std::string text = cleanText(caption, cleaning);
                while (text.size() > 4000) {
                    const size_t space = text.rfind(' ', 4000);
                    if (space == std::string::npos || space == 0) break;
                    sentences.push_back(text.substr(0, space));
                    text.erase(0, space + 1);
                }
                if (text.find_first_not_of(" \t\r\n\f") != std::string::npos) sentences.push_back(text);
            }
            QVERIFY(sentences.size() > 300 && sentences.size() != captions.size());
            TextIterator iterator(sentences);
            std::string expected;
            QVERIFY(sentencepiece::SentencePieceTrainer::Train({{"model_type", "unigram"},
                                                                {"normalization_rule_name", "nmt_nfkc_cf"},
                                                                {"vocab_size", "90"},
                                                                {"hard_vocab_limit", "false"},
                                                                {"character_coverage", "0.9995"},
                                                                {"pad_id", "0"},
                                                                {"unk_id", "1"},
                                                                {"bos_id", "-1"},
                                                                {"eos_id", "2"},
                                                                {"pad_piece", "<PAD>"},
                                                                {"unk_piece", "<UNK>"},
                                                                {"num_threads", "1"},
                                                                {"minloglevel", "3"}},
                                                               &iterator, &expected)
                        .ok());
            QVERIFY(trainPieces(captions, 90, cleaning, true) == expected);
        }
    }

    void trainingStopsOnRequest() {
        std::stop_source stop;
        QVERIFY(trainSentencePieceTokenizer(sentences(), 200, 8, stop.get_token()) != nullptr);
        stop.request_stop();
        QVERIFY_THROWS_EXCEPTION(Cancelled, trainSentencePieceTokenizer(sentences(), 200, 8, stop.get_token()));
        QVERIFY_THROWS_EXCEPTION(Cancelled, trainSiglipTokenizer(sentences(), 200, 8, stop.get_token()));
    }

    void writingDoesNotChangeTheIds_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("same");
        QTest::newRow("capitals") << "A RED Circle"
                                  << "a red circle";
        QTest::newRow("spaces") << "  a  red\t\ncircle "
                                << "a red circle";
        QTest::newRow("full width") << QString::fromUtf8("ａ ｒｅｄ circle") << "a red circle";
        QTest::newRow("curly quotes") << QString::fromUtf8("a ‘red’ “circle”") << "a 'red' \"circle\"";
        QTest::newRow("entities") << "red &amp; circle &#65; &lt;"
                                  << "red & circle a <";
        QTest::newRow("entities twice") << "red &amp;amp; circle"
                                        << "red & circle";
        QTest::newRow("composed") << QString::fromUtf8("cafe\u0301") << QString::fromUtf8("caf\u00e9");
        QTest::newRow("zero-width space") << QString::fromUtf8("a red\u200bcircle") << "a red circle";
    }
    void writingDoesNotChangeTheIds() {
        QFETCH(QString, text);
        QFETCH(QString, same);
        const auto tokenizer = trained();
        QCOMPARE(tokenizer->encode(text.toStdString()), tokenizer->encode(same.toStdString()));
    }

    void namesOfSpecialTokensAreText() {
        const auto tokenizer = trained();
        for (const char* text : {"<end_of_text>", "<start_of_text>", "<pad>", "<PAD>", "<unk>", "<UNK>", "</s>"}) {
            for (const int64_t id : inner(*tokenizer, text))
                QVERIFY(id != 0 && id < tokenizer->vocabularySize() - 2);
        }
    }

    void hostileTextGivesValidIds_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("spaces") << QByteArray("   \t\n");
        QTest::newRow("10,000 characters") << QByteArray(10'000, 'z');
        QTest::newRow("10,000 words") << QByteArray("dog ").repeated(10'000);
        QTest::newRow("cut UTF-8") << QByteArray("dog \xE6\x97");
        QTest::newRow("stray bytes") << QByteArray("\xFF\xFE\x80\xC0\xAF\xF8\x88");
        QTest::newRow("surrogate") << QByteArray("\xED\xA0\x80");
        QTest::newRow("NUL bytes") << QByteArray("a\0red\0circle", 12);
        QTest::newRow("control characters") << QByteArray("\x01\x02\x1b[31mred\x7f");
        QTest::newRow("emoji") << QByteArray("👩‍👩‍👧‍👦🏳️‍🌈");
        QTest::newRow("a million accents") << QByteArray("a") + QByteArray("\xCC\x81").repeated(100'000);
        QTest::newRow("ampersands") << QByteArray("&").repeated(50'000);
        QTest::newRow("numbers") << QByteArray("&#99999999999999999999;&#xD800;&#0;&#;&#x;");
    }
    void hostileTextGivesValidIds() {
        QFETCH(QByteArray, text);
        const auto tokenizer = trained();
        const auto ids = tokenizer->encode({text.data(), static_cast<size_t>(text.size())});
        QVERIFY(ids.size() >= 2);
        QCOMPARE(ids.front(), int64_t{tokenizer->vocabularySize() - 2});
        QCOMPARE(ids.back(), int64_t{tokenizer->vocabularySize() - 1});
        for (size_t i = 1; i + 1 < ids.size(); ++i)
            QVERIFY(ids[i] >= 1 && ids[i] < tokenizer->vocabularySize() - 2);
    }

    void truncationKeepsTheEndOfText() {
        const auto tokenizer = trained(8);
        std::string words;
        for (int i = 0; i < 30; ++i)
            words += "dog cat ";
        const std::vector<std::string> texts = {words, "dog", ""};
        const TokenBatch batch = tokenizer->tokenize(texts);
        QCOMPARE(batch.count, int64_t{3});
        QCOMPARE(batch.length, int64_t{8});
        QCOMPARE(batch.ids.size(), size_t{24});
        QVERIFY(batch.truncated[0] && !batch.truncated[1] && !batch.truncated[2]);
        const int64_t end = tokenizer->vocabularySize() - 1;
        for (size_t i = 0; i < 3; ++i) {
            QCOMPARE(batch.ids[i * 8 + static_cast<size_t>(batch.lengths[i]) - 1], end);
            for (size_t j = static_cast<size_t>(batch.lengths[i]); j < 8; ++j)
                QCOMPARE(batch.ids[i * 8 + j], int64_t{0});
        }
        QCOMPARE(batch.lengths[0], int64_t{8});
        QCOMPARE(batch.lengths[2], int64_t{2});
    }

    void batchIsPaddedToItsLongestTextOnly() {
        const auto tokenizer = trained(77);
        const std::vector<std::string> texts = {"a red circle", ""};
        QCOMPARE(tokenizer->tokenize(texts).length, static_cast<int64_t>(tokenizer->encode(texts[0]).size()));
        QCOMPARE(tokenizer->tokenize({}).count, int64_t{0});
    }

    void textAsLongAsTheContextIsNotTruncated() {
        const auto length = static_cast<int>(trained()->encode("a red circle").size());
        const std::vector<std::string> texts = {"a red circle"};
        QVERIFY(!trained(length)->tokenize(texts).truncated[0]);
        QVERIFY(trained(length - 1)->tokenize(texts).truncated[0]);
    }

    void idsAreThoseOfHuggingFace() {
        const auto golden = nlohmann::json::parse(readText(kGolden + "/golden.json"));
        const auto tokenizer = loadTrained(kGolden, golden.at("context_length"), golden.at("vocabulary_size"));
        QCOMPARE(tokenizer->vocabularySize(), golden.at("vocabulary_size").get<int>());
        QVERIFY(golden.at("texts").size() > 50);
        for (const auto& entry : golden.at("texts")) {
            const std::vector<std::string> texts = {entry.at("text")};
            QCOMPARE(tokenizer->tokenize(texts).ids, entry.at("ids").get<std::vector<int64_t>>());
        }
    }

    void huggingFaceFilesNameTheSameTokens() {
        const QTemporaryDir folder;
        const auto tokenizer = trained(24);
        tokenizer->save(folder.path().toStdString());
        const fs::path path = folder.path().toStdString();
        const auto json = nlohmann::json::parse(readText(path / "tokenizer.json"));
        const auto size = static_cast<size_t>(tokenizer->vocabularySize());
        QCOMPARE(json["model"]["vocab"].size(), size - 2);
        QCOMPARE(json["model"]["unk_id"].get<int>(), 1);
        QCOMPARE(json["added_tokens"].back()["id"].get<size_t>(), size - 1);
        const auto config = nlohmann::json::parse(readText(path / "tokenizer_config.json"));
        QCOMPARE(config["model_max_length"].get<int>(), 24);
        QCOMPARE(config["pad_token"].get<std::string>(), json["model"]["vocab"][0][0].get<std::string>());
    }

    void damagedModelsAreRefusedOrHarmless() {
        const QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        trained()->save(path);
        const int vocabularySize = trained()->vocabularySize();
        const std::string whole = readText(path / "spiece.model");
        std::mt19937 random(7);
        int refused = 0;
        for (int i = 0; i < 300; ++i) {
            std::string bytes = whole;
            if (i % 3 == 0) {
                bytes.resize(random() % bytes.size());
            } else {
                for (int j = 0; j < 20; ++j)
                    bytes[random() % (i % 3 == 1 ? 3000 : bytes.size())] = static_cast<char>(random());
            }
            writeFile(path / "spiece.model", bytes);
            try {
                const auto tokenizer = loadTrained(path, 16, vocabularySize);
                for (const char* text : {"a red circle", "ÅÄÖ ﬁ 日本語 ½", "\xFF", "ẞ ﷺ"})
                    QVERIFY(tokenizer->encode(text).size() >= 2);
            } catch (const Error& error) {
                QVERIFY(error.subject().ends_with("spiece.model"));
                ++refused;
            }
        }
        QVERIFY(refused > 100);
    }

    void missingTokenizerIsNamed() {
        const QTemporaryDir folder;
        try {
            loadTrained(folder.path().toStdString(), 16, 202);
            QFAIL("must throw");
        } catch (const Error& error) {
            QVERIFY(error.problem().find("spiece.model") != std::string::npos);
            QVERIFY(error.remedy().find("202") != std::string::npos);
        }
    }
};

DIAGONAL_TEST(TestTokenizer);
#include "test_tokenizer.moc"
