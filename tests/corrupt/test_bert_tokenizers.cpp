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

const fs::path kBert = paths::source("tests/parity/data/bert_tokenizers");

std::string bertFile(const char* name) {
    return readText(kBert / name);
}

std::shared_ptr<const Tokenizer> loadBertFolder(const fs::path& folder) {
    return loadTokenizer(folder,
                         {.contextLength = 16, .vocabularySize = 1 << 20, .cleaning = TextCleaning::HuggingFace});
}

void addFile(const char* row, const char* file, const std::string& content) {
    QTest::newRow(row) << file << QByteArray::fromStdString(content);
}

template <class Change>
void addJson(const char* row, const char* folder, const Change& change) {
    json whole = json::parse(bertFile((std::string(folder) + "/tokenizer.json").c_str()));
    change(whole);
    addFile(row, "tokenizer.json", whole.dump());
}

}  // namespace

class TestBertTokenizers : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void badFilesAreRefusedByName_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QByteArray>("content");
        const std::string words = bertFile("uncased/vocab.txt");
        addFile("empty vocabulary", "vocab.txt", "");
        addFile("a page instead of a vocabulary", "vocab.txt", "<html>\n<body>404 Not Found</body>\n</html>\n");
        addFile("a word twice", "vocab.txt", words + "[PAD]\n");
        addFile("no [SEP]", "vocab.txt", std::string(words).replace(words.find("[SEP]"), 5, "[SOP]"));
        addFile("no [UNK]", "vocab.txt", std::string(words).replace(words.find("[UNK]"), 5, "[ONK]"));
        addFile("no UTF-8", "vocab.txt", words + "\xFF\xFE\n");
        addFile("endless lines", "vocab.txt", std::string(5'000'000, '\n'));
        addFile("binary", "vocab.txt", std::string(4096, '\0'));

        addJson("words in a list", "cased-json", [](json& all) { all["model"]["vocab"] = {"a", "b"}; });
        addJson("an id twice", "cased-json", [](json& all) { all["model"]["vocab"]["zz"] = 5; });
        addJson("an enormous id", "cased-json", [](json& all) { all["model"]["vocab"]["zz"] = 1LL << 40; });
        addJson("a negative id", "cased-json", [](json& all) { all["model"]["vocab"]["zz"] = -1; });
        addJson("a text as an id", "cased-json", [](json& all) { all["model"]["vocab"]["zz"] = "1"; });
        addJson("a number as the prefix", "cased-json",
                [](json& all) { all["model"]["continuing_subword_prefix"] = 7; });
        addJson("another normalizer", "cased-json", [](json& all) { all["normalizer"] = {{"type", "NFKC"}}; });
        addJson("a text as the normalizer", "cased-json", [](json& all) { all["normalizer"] = "BertNormalizer"; });
        addJson("another splitter", "cased-json", [](json& all) { all["pre_tokenizer"] = {{"type", "Whitespace"}}; });
        addJson("two tokens at the end", "cased-json", [](json& all) {
            all["post_processor"]["single"].push_back({{"SpecialToken", {{"id", "[SEP]"}}}});
        });
        addJson("an end that is no token", "cased-json",
                [](json& all) { all["post_processor"]["single"][2]["SpecialToken"]["id"] = "[END]"; });
        addJson("a number as the end", "cased-json",
                [](json& all) { all["post_processor"]["single"][2]["SpecialToken"]["id"] = 7; });
        addJson("added tokens of no kind", "cased-json", [](json& all) { all["added_tokens"] = {1, 2}; });
        addJson("an added token that is another", "cased-json", [](json& all) { all["added_tokens"][0]["id"] = 77; });
        addJson("an added token far away", "cased-json", [](json& all) {
            all["added_tokens"].push_back({{"id", 1LL << 40}, {"content", "<x>"}});
        });

        addJson("a byte without a token", "roberta-json", [](json& all) { all["model"]["vocab"].erase("x"); });
        addJson("a merge of nothing", "roberta-json", [](json& all) { all["model"]["merges"].push_back({"q", "zz"}); });
        addJson("no start", "roberta-json", [](json& all) {
            all["model"]["vocab"].erase("<s>");
            all["added_tokens"] = json::array();
        });
        addJson("whole words first", "roberta-json", [](json& all) { all["model"]["ignore_merges"] = true; });
        addJson("a normalizer that RoBERTa lacks", "roberta-json", [](json& all) {
            all["normalizer"] = {{"type", "Lowercase"}};
        });
        addJson("no pattern", "roberta-json", [](json& all) { all["pre_tokenizer"]["use_regex"] = false; });
        addJson("steps before the bytes", "roberta-json", [](json& all) {
            all["pre_tokenizer"] = {{"type", "Sequence"}, {"pretokenizers", {all["pre_tokenizer"]}}};
        });

        addJson("another unknown piece", "fairseq-json", [](json& all) { all["model"]["unk_id"] = 4; });
        addJson("no unknown piece", "fairseq-json", [](json& all) { all["model"]["unk_id"] = nullptr; });
        addJson("a piece without a score", "fairseq-json", [](json& all) { all["model"]["vocab"][9] = {"x"}; });
        addJson("bytes that are missing", "fairseq-json", [](json& all) { all["model"]["byte_fallback"] = true; });
        addJson("words without marks", "fairseq-json", [](json& all) {
            all["pre_tokenizer"] = {{"type", "WhitespaceSplit"}};
        });
        addJson("the first word without a mark", "fairseq-json",
                [](json& all) { all["pre_tokenizer"]["pretokenizers"][1]["prepend_scheme"] = "never"; });
        addJson("capitals that become small", "fairseq-json", [](json& all) {
            all["normalizer"] = {{"type", "Lowercase"}};
        });
        addJson("a map of a few bytes", "fairseq-json",
                [](json& all) { all["normalizer"]["precompiled_charsmap"] = "AAAA"; });
        addJson("a map that points outside", "fairseq-json",
                [](json& all) { all["normalizer"]["precompiled_charsmap"] = "BAAAAP///38AAA=="; });

        const std::string pieces = bertFile("fairseq/sentencepiece.bpe.model");
        addFile("no pieces", "sentencepiece.bpe.model", "");
        addFile("half a model", "sentencepiece.bpe.model", pieces.substr(0, pieces.size() / 2 + 1));
        addFile("another model", "sentencepiece.bpe.model",
                readText(paths::source("tests/parity/data/siglip/unigram/spiece.model")));
    }
    void badFilesAreRefusedByName() {
        QFETCH(QString, file);
        QFETCH(QByteArray, content);
        const QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        writeFile(path / file.toStdString(), content.toStdString());
        try {
            loadBertFolder(path);
            QFAIL("must throw");
        } catch (const Error& error) {
            QVERIFY2(error.subject().ends_with(file.toStdString()), error.what());
        }
    }

    void badSettingsAreRefusedByName() {
        const QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        fs::copy(kBert / "uncased" / "vocab.txt", path / "vocab.txt");
        for (const char* bad : {"[", R"({"do_lower_case": 1})", R"({"strip_accents": "yes"})",
                                R"({"added_tokens_decoder": {"x": {"content": "a"}}})",
                                R"({"added_tokens_decoder": {"-1": {"content": "a"}}})"}) {
            writeFile(path / "tokenizer_config.json", bad);
            try {
                loadBertFolder(path);
                QFAIL(bad);
            } catch (const Error& error) {
                QVERIFY2(error.subject().ends_with("tokenizer_config.json"), error.what());
            }
        }
        for (const char* harmless : {"7", "null", "[]", R"({"pad_token": null, "model_max_length": "x"})"}) {
            writeFile(path / "tokenizer_config.json", harmless);
            QVERIFY(loadBertFolder(path)->encode("a dog").size() > 2);
        }
    }

    void damagedFilesAreRefusedOrHarmless_data() {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("file");
        for (const auto& [folder, file] : {std::pair{"uncased", "vocab.txt"},
                                           {"cased-json", "tokenizer.json"},
                                           {"roberta", "vocab.json"},
                                           {"roberta", "merges.txt"},
                                           {"roberta-json", "tokenizer.json"},
                                           {"fairseq", "sentencepiece.bpe.model"},
                                           {"fairseq-json", "tokenizer.json"}})
            QTest::addRow("%s %s", folder, file) << folder << file;
    }
    void damagedFilesAreRefusedOrHarmless() {
        QFETCH(QString, folder);
        QFETCH(QString, file);
        const QTemporaryDir temporary;
        const fs::path path = temporary.path().toStdString();
        fs::copy(kBert / folder.toStdString(), path,
                 fs::copy_options::recursive | fs::copy_options::overwrite_existing);
        const std::string whole = readText(path / file.toStdString());
        std::mt19937 random(13);
        int refused = 0;
        for (int i = 0; i < 150; ++i) {
            std::string bytes = whole;
            for (int j = 0; j < 8; ++j)
                bytes[random() % bytes.size()] = static_cast<char>(i % 2 == 0 ? random() : '0' + random() % 10);
            if (i % 5 == 0) bytes.resize(random() % bytes.size());
            writeFile(path / file.toStdString(), bytes);
            try {
                const auto tokenizer = loadBertFolder(path);
                for (const char* text :
                     {"a photo of a dog", "\u00C5\u00C4 \uFB01 \u65E5\u672C \u00BD", "\xFF</s>[SEP]", ""})
                    for (const int64_t id : tokenizer->encode(text))
                        QVERIFY(id >= 0 && id < tokenizer->vocabularySize());
            } catch (const Error& error) {
                const bool named =
                    error.subject().ends_with(file.toStdString()) || error.subject().ends_with("merges.txt");
                QVERIFY2(named, error.what());
                ++refused;
            }
        }
        QVERIFY(refused > 0);
    }
};

DIAGONAL_TEST(TestBertTokenizers);
#include "test_bert_tokenizers.moc"
