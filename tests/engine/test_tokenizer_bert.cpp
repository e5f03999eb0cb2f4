// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/text/load_tokenizer.h"
#include "engine/text/tokenizer_fingerprint.h"
#include "tests/crc32.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

const fs::path kBertTokenizers = paths::source("tests/parity/data/bert_tokenizers");
constexpr const char* kBertFolders[] = {"uncased", "cased",        "cased-json", "chinese",
                                        "roberta", "roberta-json", "fairseq",    "fairseq-json"};

const json& bertGolden() {
    static const json content = json::parse(readText(kBertTokenizers / "golden.json"));
    return content;
}

std::shared_ptr<const Tokenizer> loadBert(const fs::path& path, int contextLength = 16) {
    return loadTokenizerFrom(
        path, {.contextLength = contextLength, .vocabularySize = 1 << 20, .cleaning = TextCleaning::HuggingFace});
}

/// The first text whose ids are others than transformers', empty where there is none.
std::string firstDifference(const Tokenizer& tokenizer, const std::string& folder) {
    const json& texts = bertGolden().at("texts");
    const json& wanted = bertGolden().at("crc").at(folder);
    for (size_t i = 0; i < texts.size(); ++i) {
        Crc32 sum;
        sum.add(tokenizer.encode(texts[i].get<std::string>()));
        if (sum.value() != wanted[i].get<uint32_t>()) return texts[i].dump();
    }
    return {};
}

}  // namespace

class TestTokenizerBert : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void idsAreThoseOfTransformers_data() {
        QTest::addColumn<QString>("folder");
        for (const char* folder : kBertFolders)
            QTest::newRow(folder) << folder;
    }
    void idsAreThoseOfTransformers() {
        QFETCH(QString, folder);
        const auto tokenizer = loadBert(kBertTokenizers / folder.toStdString());
        QVERIFY(bertGolden().at("texts").size() > 300);
        QCOMPARE(firstDifference(*tokenizer, folder.toStdString()), std::string());
    }

    void savedFilesGiveTheSameIds_data() { idsAreThoseOfTransformers_data(); }
    void savedFilesGiveTheSameIds() {
        QFETCH(QString, folder);
        const auto before = loadBert(kBertTokenizers / folder.toStdString());
        const QTemporaryDir first, second;
        before->save(first.path().toStdString());
        const auto after = loadBert(first.path().toStdString());
        QCOMPARE(after->kind(), before->kind());
        QCOMPARE(after->vocabularySize(), before->vocabularySize());
        QCOMPARE(firstDifference(*after, folder.toStdString()), std::string());
        QCOMPARE(tokenizerFingerprint(*after), tokenizerFingerprint(*before));
        QCOMPARE(withContext(*before, 40)->contextLength(), 40);
        after->save(second.path().toStdString());
        for (const auto& file : fs::directory_iterator(first.path().toStdString()))
            QCOMPARE(readText(fs::path(second.path().toStdString()) / file.path().filename()), readText(file.path()));
    }

    void kindsAreToldApart() {
        const auto kind = [](const char* path) { return loadBert(kBertTokenizers / path)->kind(); };
        for (const char* path : {"uncased", "uncased/vocab.txt", "cased-json", "cased-json/tokenizer.json"})
            QCOMPARE(kind(path), std::string("WordPiece"));
        for (const char* path : {"roberta", "roberta/vocab.json", "roberta-json"})
            QCOMPARE(kind(path), std::string("RoBERTa BPE"));
        for (const char* path : {"fairseq", "fairseq/sentencepiece.bpe.model", "fairseq-json"})
            QCOMPARE(kind(path), std::string("SentencePiece with fairseq's ids"));
        // RoBERTa's files in one folder, as they are published.
        const QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        for (const char* file : {"roberta/vocab.json", "roberta/merges.txt", "roberta-json/tokenizer.json"})
            fs::copy(kBertTokenizers / file, path / fs::path(file).filename());
        QCOMPARE(firstDifference(*loadBert(path), "roberta"), std::string());
    }

    void filesUnderOtherNamesAreRead() {
        const QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        fs::copy(kBertTokenizers / "uncased" / "vocab.txt", path / "bert-base-uncased-vocab.txt");
        fs::copy(kBertTokenizers / "roberta" / "vocab.json", path / "small-vocab.json");
        fs::copy(kBertTokenizers / "roberta" / "merges.txt", path / "small-merges.txt");
        QCOMPARE(firstDifference(*loadBert(path / "bert-base-uncased-vocab.txt"), "uncased"), std::string());
        QCOMPARE(firstDifference(*loadBert(path / "small-vocab.json"), "roberta"), std::string());
        for (const char* bad : {"small-merges.txt", "nothing.txt", "."})
            QVERIFY_THROWS_EXCEPTION(Error, loadBert(path / bad));
        writeFile(path / "weights.bin", "x");
        QVERIFY_THROWS_EXCEPTION(Error, loadBert(path / "weights.bin"));
    }

    void batchesArePaddedAndCut() {
        std::string many;
        for (int i = 0; i < 20; ++i)
            many += "dog ! ";
        const std::vector<std::string> texts = {"a photo of a dog", "", many, "a [SEP] </s> b"};
        for (const auto& [folder, padding] : {std::pair{"uncased", 0}, {"roberta", 1}, {"fairseq", 1}}) {
            const auto tokenizer = loadBert(kBertTokenizers / folder);
            const TokenBatch batch = tokenizer->tokenize(texts);
            QCOMPARE(batch.length, int64_t{16});
            QCOMPARE(batch.truncated, (std::vector<bool>{false, false, true, false}));
            for (size_t i = 0; i < texts.size(); ++i) {
                const auto ids = tokenizer->encode(texts[i]);
                const size_t count = std::min<size_t>(ids.size(), 16);
                QCOMPARE(batch.lengths[i], static_cast<int64_t>(count));
                QCOMPARE(batch.ids[i * 16 + count - 1], ids.back());
                for (size_t at = count; at < 16; ++at)
                    QCOMPARE(batch.ids[i * 16 + at], int64_t{padding});
            }
        }
    }

    void separatorsAreStrippedForClipa() {
        TokenizerConfig config = {.contextLength = 12, .vocabularySize = 1 << 20, .cleaning = TextCleaning::Lower};
        const auto whole = loadTokenizer(kBertTokenizers / "uncased", config);
        config.stripSeparator = true;
        const auto stripped = loadTokenizer(kBertTokenizers / "uncased", config);
        auto ids = whole->encode("a dog [sep] [SEP] b");
        QVERIFY(ids.back() != 0);
        std::ranges::replace(ids, ids.back(), int64_t{0});
        QCOMPARE(stripped->encode("a dog [sep] [SEP] b"), ids);
        QCOMPARE(ids.back(), int64_t{0});
    }

    void textsAreCleanedAsOpenClipDoes() {
        const auto load = [](TextCleaning cleaning) {
            return loadTokenizer(kBertTokenizers / "cased", {.vocabularySize = 1 << 20, .cleaning = cleaning});
        };
        const auto plain = load(TextCleaning::HuggingFace);
        QCOMPARE(load(TextCleaning::Whitespace)->encode(" A  dog &amp; cat "), plain->encode("A dog & cat"));
        QCOMPARE(load(TextCleaning::Lower)->encode("A  DOG"), plain->encode("a dog"));
        QVERIFY(plain->encode("A DOG") != plain->encode("a dog"));
    }

    void settingsBesideTheVocabularyCount() {
        const QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        fs::copy(kBertTokenizers / "cased" / "vocab.txt", path / "vocab.txt");
        const auto same = [&](const char* settings, const char* a, const char* b) {
            writeFile(path / "tokenizer_config.json", settings);
            return loadBert(path)->encode(a) == loadBert(path)->encode(b);
        };
        QVERIFY(same("{}", "DOG", "dog"));  // BERT's own default
        QVERIFY(!same(R"({"do_lower_case": false})", "DOG", "dog"));
        QVERIFY(same("{}", "caf\u00E9", "cafe"));
        QVERIFY(!same(R"({"strip_accents": false})", "caf\u00E9", "cafe"));
        QVERIFY(same(R"({"do_lower_case": false, "strip_accents": true})", "caf\u00E9", "cafe"));
        QVERIFY(same("{}", "a\u72D7b", "a \u72D7 b"));
        QVERIFY(!same(R"({"tokenize_chinese_chars": false})", "a\u72D7b", "a \u72D7 b"));
        for (const char* bad :
             {R"({"do_lower_case": 1})", R"({"pad_token": "<none>"})", R"({"cls_token": 7, "sep_token": "<none>"})",
              R"({"added_tokens_decoder": {"x": {"content": "a"}}})", "["})
            QVERIFY_THROWS_EXCEPTION(Error, same(bad, "a", "a"));
    }

    void addedTokensAreFoundAsTheirFlagsSay() {
        const QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        json tokenizer = json::parse(readText(kBertTokenizers / "cased-json" / "tokenizer.json"));
        const auto add = [&](int id, const char* content, const char* flag) {
            json token = {{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
                          {"rstrip", false}, {"normalized", false}, {"special", false}};
            token[flag] = true;
            tokenizer["added_tokens"].push_back(token);
        };
        add(800, "cat", "single_word");
        add(801, "<l>", "lstrip");
        add(802, "<r>", "rstrip");
        add(803, "A\u0301B", "normalized");
        add(804, "<l><l>", "special");
        writeFile(path / "tokenizer.json", tokenizer.dump());
        const auto loaded = loadBert(path);
        QCOMPARE(loaded->vocabularySize(), 805);
        const auto count = [&](const char* text, int64_t id) {
            const auto ids = loaded->encode(text);
            return std::ranges::count(ids, id);
        };
        QCOMPARE(count("cat, cats cat tomcat cat_", 800), 2);
        QCOMPARE(loaded->encode(" \u3000<l>"), loaded->encode("<l>"));
        QCOMPARE(loaded->encode("<r> \u00A0 <r>"), loaded->encode("<r><r>"));
        QCOMPARE(count("xA\u0301Bx", 803), 1);
        QCOMPARE(count("<l><l><l>", 804), 1);  // the longest first
        QCOMPARE(count("<l><l><l>", 801), 1);
    }

    void longWordsEnd() {
        for (const char* folder : kBertFolders) {
            const auto tokenizer = loadBert(kBertTokenizers / folder);
            for (const std::string& text :
                 {std::string(200'000, 'a'), std::string(100'000, '<'), std::string(1000, '\0')})
                for (const int64_t id : tokenizer->encode(text))
                    QVERIFY(id >= 0 && id < tokenizer->vocabularySize());
        }
    }

    void manyTextsGiveTheIdsOfTransformers() {
        const char* cases = std::getenv("DIAGONAL_TOKENIZER_CASES");
        if (cases == nullptr) QSKIP("DIAGONAL_TOKENIZER_CASES names no folder of make_bert_tokenizer_golden.py --all");
        const fs::path folder = cases;
        const json texts = json::parse(readText(folder / "texts.json"));
        for (const auto& entry : fs::directory_iterator(folder)) {
            if (!entry.is_directory()) continue;
            const std::string name = entry.path().filename().string();
            const auto tokenizer = loadBert(entry.path());
            const json wanted = json::parse(readText(folder / (name + ".json")));
            QCOMPARE(wanted.size(), texts.size());
            int different = 0;
            for (size_t i = 0; i < texts.size(); ++i) {
                if (json(tokenizer->encode(texts[i].get<std::string>())) == wanted[i]) continue;
                if (++different <= 5) qWarning("%s: %s", name.c_str(), texts[i].dump(-1, ' ', true).c_str());
            }
            qInfo("%s (%s): %d of %zu texts differ", name.c_str(), tokenizer->kind().c_str(), different, texts.size());
            QCOMPARE(different, 0);
        }
    }
};

DIAGONAL_TEST(TestTokenizerBert);
#include "test_tokenizer_bert.moc"
