// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QTest>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/text/load_tokenizer.h"
#include "tests/error_of.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

const fs::path kFolder = paths::source("tests/parity/data/siglip");

const json& siglipGolden() {
    static const json content = json::parse(readText(kFolder / "golden.json"));
    return content;
}

std::shared_ptr<const Tokenizer> loadSiglip(const fs::path& folder, const char* kind, TextCleaning cleaning,
                                            bool padToContext = true) {
    return loadTokenizer(folder, {.contextLength = siglipGolden().at("context"),
                                  .vocabularySize = siglipGolden().at(kind).at("pieces"),
                                  .cleaning = cleaning,
                                  .padToContext = padToContext});
}

}  // namespace

class TestTokenizerSiglip : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void idsAreThoseOfTheReferences_data() {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<bool>("huggingFace");
        for (const char* folder : {"unigram", "unigram-json", "bpe", "bpe-json"})
            for (const bool huggingFace : {false, true})
                QTest::addRow("%s %s", folder, huggingFace ? "transformers" : "open_clip")
                    << folder << QString(folder).section('-', 0, 0) << huggingFace;
    }
    void idsAreThoseOfTheReferences() {
        QFETCH(QString, folder);
        QFETCH(QString, kind);
        QFETCH(bool, huggingFace);
        const std::string name = kind.toStdString();
        const auto tokenizer = loadSiglip(kFolder / folder.toStdString(), name.c_str(),
                                          huggingFace ? TextCleaning::HuggingFace : TextCleaning::Canonicalize);
        const auto& wanted = siglipGolden().at(name).at(huggingFace ? "huggingface" : "canonicalize");
        for (size_t i = 0; i < siglipGolden().at("texts").size(); ++i) {
            const std::vector<std::string> text = {siglipGolden().at("texts")[i]};
            const TokenBatch batch = tokenizer->tokenize(text);
            const json ids = batch.ids;
            QVERIFY2(ids == wanted[i], (json(text).dump() + " " + ids.dump() + " " + wanted[i].dump()).c_str());
            QCOMPARE(batch.lengths[0], int64_t{16});
        }
    }

    void everyTextFillsTheContext() {
        const std::vector<std::string> texts = {"a dog", "", std::string(300, 'x')};
        for (const auto& [kind, padding] : {std::pair{"unigram", int64_t{1}}, {"bpe", int64_t{0}}}) {
            const auto tokenizer = loadSiglip(kFolder / kind, kind, TextCleaning::Canonicalize);
            const TokenBatch batch = tokenizer->tokenize(texts);
            QCOMPARE(batch.length, int64_t{16});
            QCOMPARE(batch.lengths, (std::vector<int64_t>{16, 16, 16}));
            QCOMPARE(batch.truncated, (std::vector<bool>{false, false, true}));
            QCOMPARE(batch.ids[15], padding);
            QCOMPARE(batch.ids[47], int64_t{1});  // cut, with the end kept
            QCOMPARE(tokenizer->encode(""), std::vector<int64_t>{1});
            QCOMPARE(tokenizer->kind(), std::string("SentencePiece"));
        }
    }

    void textsAreNotFilledWhereNothingPoolsTheEnd() {
        const auto tokenizer = loadSiglip(kFolder / "unigram", "unigram", TextCleaning::Canonicalize, false);
        const std::vector<std::string> texts = {"a dog"};
        const TokenBatch batch = tokenizer->tokenize(texts);
        QCOMPARE(batch.length, static_cast<int64_t>(tokenizer->encode(texts[0]).size()));
        QCOMPARE(batch.lengths[0], batch.length);
    }

    void paddingIsWhatTheFolderSays() {
        const QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        fs::copy(kFolder / "unigram" / "spiece.model", path / "spiece.model");
        const std::vector<std::string> texts = {""};
        const auto padding = [&] {
            return loadSiglip(path, "unigram", TextCleaning::Canonicalize)->tokenize(texts).ids[15];
        };
        QCOMPARE(padding(), int64_t{1});
        writeFile(path / "tokenizer_config.json", R"({"pad_token": "<pad>"})");
        QCOMPARE(padding(), int64_t{0});
        writeFile(path / "tokenizer_config.json", R"({"pad_token": {"content": "<unk>"}})");
        QCOMPARE(padding(), int64_t{2});
        writeFile(path / "tokenizer_config.json", R"({"pad_token": null})");
        QCOMPARE(padding(), int64_t{1});
        writeFile(path / "tokenizer_config.json", R"({"pad_token": "<none>"})");
        QVERIFY_THROWS_EXCEPTION(Error, padding());
    }

    void settingsThatChangeTokensAreRefusedByName() {
        const QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        fs::copy(kFolder / "unigram" / "spiece.model", path / "spiece.model");
        const auto problemOf = [&](const std::string& settings, TextCleaning cleaning = TextCleaning::HuggingFace) {
            writeFile(path / "tokenizer_config.json", settings);
            return errorOf([&] { loadSiglip(path, "unigram", cleaning); });
        };
        for (const char* read :
             {R"({"do_lower_case": true, "eos_token": "</s>", "additional_special_tokens": []})",
              R"({"additional_special_tokens": ["</s>", "<unk>"], "padding_side": "right", "keep_accents": true})"})
            QCOMPARE(problemOf(read), std::string());
        for (const char* key : {"do_lower_case", "eos_token", "padding_side", "truncation_side"}) {
            const json value = std::string(key) == "do_lower_case" ? json(false)
                               : std::string(key) == "eos_token"   ? json("<unk>")
                                                                   : json("left");
            const std::string problem = problemOf(json{{key, value}}.dump());
            QVERIFY2(problem.find(key) != std::string::npos, problem.c_str());
        }
        const std::string problem = problemOf(R"({"extra_special_tokens": {"a_token": "<cat-toy>"}})");
        QVERIFY2(problem.find("extra_special_tokens") != std::string::npos, problem.c_str());
        QCOMPARE(problemOf(R"({"do_lower_case": false})", TextCleaning::Canonicalize), std::string());  // open_clip's
    }

    void savedFilesGiveTheSameIds() {
        for (const char* kind : {"unigram", "bpe"}) {
            const QTemporaryDir folder;
            const fs::path path = folder.path().toStdString();
            const auto before = loadSiglip(kFolder / kind, kind, TextCleaning::Canonicalize);
            before->save(path);
            for (const char* only : {"spiece.model", "tokenizer.json"}) {
                if (std::string(only) == "tokenizer.json") fs::remove(path / "spiece.model");
                const auto after = loadSiglip(path, kind, TextCleaning::Canonicalize);
                for (const std::string text : siglipGolden().at("texts")) {
                    const std::vector<std::string> texts = {text};
                    QCOMPARE(after->tokenize(texts).ids, before->tokenize(texts).ids);
                }
            }
        }
    }

    void diagonalsOwnKindHasTwoTokensMore() {
        const auto own = loadTokenizer(paths::source("tests/parity/data/tokenizer"), {.vocabularySize = 1 << 20});
        const auto same =
            loadTokenizer(paths::source("tests/parity/data/tokenizer"), {.vocabularySize = own->vocabularySize()});
        QCOMPARE(same->encode("dog").front(), int64_t{own->vocabularySize() - 2});
    }
};

DIAGONAL_TEST(TestTokenizerSiglip);
#include "test_tokenizer_siglip.moc"
