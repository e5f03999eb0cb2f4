// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QTest>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/resources.h"
#include "engine/text/load_tokenizer.h"
#include "tests/crc32.h"
#include "tests/error_of.h"
#include "tests/flickr8k.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr int64_t kStart = 49406, kEnd = 49407;

const json& golden() {
    static const json content = json::parse(readText(paths::source("tests/parity/data/text/golden.json")));
    return content;
}

constexpr std::pair<const char*, TextCleaning> kCleanings[] = {{"lower", TextCleaning::Lower},
                                                               {"whitespace", TextCleaning::Whitespace},
                                                               {"canonicalize", TextCleaning::Canonicalize},
                                                               {"huggingface", TextCleaning::HuggingFace}};

/// The checksum that was recorded for a mode of cleaning.
uint32_t recorded(const json& sums, std::string_view mode) {
    const auto& modes = golden().at("modes");
    const auto at = std::find(modes.begin(), modes.end(), mode) - modes.begin();
    return sums.at(static_cast<size_t>(at));
}

std::shared_ptr<const Tokenizer> clip(TextCleaning cleaning = TextCleaning::Lower, int contextLength = 77) {
    return loadTokenizer({}, {.contextLength = contextLength, .cleaning = cleaning});
}

uint32_t checksum(const Tokenizer& tokenizer, const std::vector<std::string>& texts) {
    Crc32 sum;
    for (const auto& text : texts)
        sum.add(tokenizer.encode(text));
    return sum.value();
}

std::vector<std::string> lines(const fs::path& path) {
    std::vector<std::string> list;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
        list.push_back(line);
    return list;
}

/// The second column of Flickr8k's captions.txt; quoted where a comma is in it.
std::vector<std::string> captions(const fs::path& path, size_t count) {
    std::vector<std::string> list;
    for (std::string& line : lines(path)) {
        if (line.ends_with('\r')) line.pop_back();
        std::string text = line.substr(line.find(',') + 1), caption;
        const bool quoted = text.starts_with('"');
        for (size_t i = quoted ? 1 : 0; i < text.size() - (quoted ? 1 : 0); ++i) {
            caption += text[i];
            if (quoted && text[i] == '"') ++i;
        }
        list.push_back(caption);
    }
    list.erase(list.begin());
    list.resize(std::min(list.size(), count));
    return list;
}

std::string textOf(const json& entry) {
    if (entry.contains("bytes"))
        return QByteArray::fromHex(QByteArray::fromStdString(entry["bytes"].get<std::string>())).toStdString();
    std::string text;
    for (int i = entry.value("repeat", 1); i > 0; --i)
        text += entry.at("text").get<std::string>();
    return text;
}

}  // namespace

class TestTokenizerClip : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void aPhotoOfADog() {
        const std::vector<int64_t> ids = {kStart, 320, 1125, 539, 320, 1929, kEnd};
        for (const auto& [name, cleaning] : kCleanings)
            QCOMPARE(clip(cleaning)->encode("a photo of a dog"), ids);
        QCOMPARE(clip()->encode(""), (std::vector<int64_t>{kStart, kEnd}));
        QCOMPARE(clip()->vocabularySize(), 49408);
        QCOMPARE(clip()->kind(), std::string("CLIP BPE"));
    }

    void hardTextsGiveTheReferencesIds_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("cleaning");
        for (const auto& [name, cleaning] : kCleanings)
            QTest::newRow(name) << QString(name) << static_cast<int>(cleaning);
    }
    void hardTextsGiveTheReferencesIds() {
        QFETCH(QString, name);
        QFETCH(int, cleaning);
        const auto tokenizer = clip(static_cast<TextCleaning>(cleaning));
        QVERIFY(golden().at("texts").size() > 300);
        for (const json& entry : golden().at("texts")) {
            const uint32_t sum = checksum(*tokenizer, {textOf(entry)});
            const uint32_t wanted = recorded(entry.at("crc"), name.toStdString());
            QVERIFY2(sum == wanted, entry.dump().c_str());
        }
    }

    void imageNetsNamesGiveTheReferencesIds() {
        const auto names = lines(resourceFolder() / "clip" / "imagenet_classes.txt");
        QCOMPARE(names.size(), size_t{1000});
        for (const auto& [name, cleaning] : kCleanings)
            QCOMPARE(checksum(*clip(cleaning), names), recorded(golden().at("imagenet"), name));
        QCOMPARE(lines(resourceFolder() / "clip" / "openai_imagenet_templates.txt").size(), size_t{80});
    }

    void tenThousandCaptionsGiveTheReferencesIds() {
        const fs::path folder = flickr8k();
        if (!fs::exists(folder / "captions.txt")) QSKIP("no captions here (DIAGONAL_FLICKR8K)");
        const auto texts = captions(folder / "captions.txt", 10'000);
        QCOMPARE(texts.size(), size_t{10'000});
        for (const auto& [name, cleaning] : kCleanings)
            QCOMPARE(checksum(*clip(cleaning), texts), recorded(golden().at("flickr8k"), name));
    }

    void truncationIsReportedAndKeepsTheEnd() {
        const auto tokenizer = clip(TextCleaning::Lower, 8);
        const std::vector<std::string> texts = {"a b c d e f", "a b c d e f g", ""};
        const TokenBatch batch = tokenizer->tokenize(texts);
        QCOMPARE(batch.length, int64_t{8});
        QVERIFY(!batch.truncated[0] && batch.truncated[1] && !batch.truncated[2]);
        QCOMPARE(batch.lengths, (std::vector<int64_t>{8, 8, 2}));
        QCOMPARE(batch.ids[7], kEnd);
        QCOMPARE(batch.ids[15], kEnd);
        QCOMPARE(batch.ids[14], tokenizer->encode("f")[1]);
        for (size_t i = 18; i < 24; ++i)
            QCOMPARE(batch.ids[i], int64_t{0});
    }

    void aTypedEndIsWhereTheReferencesPool() {
        const std::vector<std::string> texts = {"a <end_of_text> b"};
        const TokenBatch batch = clip()->tokenize(texts);
        QCOMPARE(batch.length, int64_t{5});
        QCOMPARE(batch.lengths[0], int64_t{3});
    }

    void savedFilesGiveTheSameIds() {
        const QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        clip()->save(path);
        for (const char* only : {"vocab.json", "tokenizer.json"}) {
            if (std::string(only) == "tokenizer.json") {
                fs::remove(path / "vocab.json");
                fs::remove(path / "merges.txt");
            }
            for (const auto cleaning : {TextCleaning::Lower, TextCleaning::HuggingFace}) {
                const auto loaded = loadTokenizer(path, {.cleaning = cleaning}), shipped = clip(cleaning);
                for (const json& entry : golden().at("texts"))
                    QCOMPARE(loaded->encode(textOf(entry)), shipped->encode(textOf(entry)));
            }
            for (const char* name : {"wrapped whitespace", "wrapped canonicalize"}) {
                const auto cleaning =
                    std::string(name).ends_with("whitespace") ? TextCleaning::Whitespace : TextCleaning::Canonicalize;
                const auto loaded = loadTokenizer(path, {.cleaning = cleaning});
                for (const json& entry : golden().at("texts"))
                    QVERIFY2(checksum(*loaded, {textOf(entry)}) == recorded(entry.at("crc"), name),
                             entry.dump().c_str());
            }
        }
    }

    void theSameFilesAreWrittenAgain() {
        const QTemporaryDir first, second;
        clip()->save(first.path().toStdString());
        loadTokenizer(first.path().toStdString(), {})->save(second.path().toStdString());
        for (const char* name :
             {"vocab.json", "merges.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"})
            QCOMPARE(readText(fs::path(second.path().toStdString()) / name),
                     readText(fs::path(first.path().toStdString()) / name));
    }

    void threadsDoNotDisturbEachOther() {
        const auto tokenizer = clip();
        std::vector<std::future<uint32_t>> sums;
        std::vector<std::string> texts;
        for (const json& entry : golden().at("texts"))
            texts.push_back(textOf(entry));
        for (int i = 0; i < 4; ++i)
            sums.push_back(std::async(std::launch::async, [&] { return checksum(*tokenizer, texts); }));
        const uint32_t alone = checksum(*tokenizer, texts);
        for (auto& sum : sums)
            QCOMPARE(sum.get(), alone);
    }

    void anotherVocabularyNeedsItsFiles() {
        try {
            loadTokenizer({}, {.vocabularySize = 32000});
            QFAIL("must throw");
        } catch (const Error& error) {
            QVERIFY(error.problem().find("spiece.model") != std::string::npos);
            QVERIFY(error.remedy().find("32000") != std::string::npos);
        }
    }

    void moreTokensThanTheModelKnowsAreRefused() {
        const QTemporaryDir folder;
        clip()->save(folder.path().toStdString());
        QVERIFY_THROWS_EXCEPTION(Error, loadTokenizer(folder.path().toStdString(), {.vocabularySize = 49407}));
        QCOMPARE(loadTokenizer(folder.path().toStdString(), {.vocabularySize = 50000})->vocabularySize(), 49408);
    }

    /// From tokenizer.json, from tokenizer_config.json beside vocab.json, and after saving.
    void addedTokensAreThoseOfTransformers() {
        const fs::path folder = paths::source("tests/parity/data/added_tokens");
        const json expected = json::parse(readText(folder / "expected.json"));
        const int vocabulary = expected["vocabulary"];
        const TokenizerConfig config = {
            .contextLength = 77, .vocabularySize = vocabulary, .cleaning = TextCleaning::HuggingFace};
        const QTemporaryDir scratch;
        const fs::path saved = scratch.filePath("saved").toStdString(), parts = scratch.filePath("parts").toStdString();
        fs::create_directories(saved);
        fs::create_directories(parts);
        loadTokenizer(folder, config)->save(saved);
        fs::copy_file(folder / "tokenizer.json", parts / "tokenizer.json");
        for (const fs::path& each : {folder, saved, parts}) {
            const auto tokenizer = loadTokenizer(each, config);
            QCOMPARE(tokenizer->vocabularySize(), vocabulary);
            for (const auto& [text, ids] : expected["texts"].items())
                QVERIFY2(tokenizer->encode(text) == ids.get<std::vector<int64_t>>(), text.c_str());
        }
    }

    void addedTokensOfOldFoldersAreRead() {
        const QTemporaryDir scratch;
        const fs::path folder = scratch.path().toStdString();
        for (const char* name : {"vocab.json", "merges.txt"})
            fs::copy_file(fs::path(paths::source("tests/parity/data/families/hf-clip")) / name, folder / name);
        const TokenizerConfig config = {
            .contextLength = 77, .vocabularySize = 600, .cleaning = TextCleaning::HuggingFace, .poolsLargest = true};
        writeFile(folder / "added_tokens.json", R"({"<cat-toy>": 520})");
        const auto tokenizer = loadTokenizer(folder, config);
        const auto ids = tokenizer->encode("a<cat-toy>b");
        QCOMPARE(std::ranges::count(ids, 520), 1);
        // open_clip's argmax is at the largest id, which is not the end of the text.
        const TokenBatch batch = tokenizer->tokenize(std::vector<std::string>{"a<cat-toy>b"});
        QCOMPARE(batch.ids[static_cast<size_t>(batch.lengths[0] - 1)], int64_t{520});
        writeFile(folder / "added_tokens.json", R"({"<cat-toy>": 3})");
        QVERIFY_EXCEPTION_THROWN(loadTokenizer(folder, config), Error);    // another's id
        writeFile(folder / "added_tokens.json", R"({"<cat-toy>": 521})");  // leaves one out
        QVERIFY_EXCEPTION_THROWN(loadTokenizer(folder, config), Error);
        writeFile(folder / "added_tokens.json", R"({"a</w>": 3})");
        QVERIFY_EXCEPTION_THROWN(loadTokenizer(folder, config), Error);
        writeFile(folder / "added_tokens.json", R"({"<cat-toy>": "many"})");
        QVERIFY_EXCEPTION_THROWN(loadTokenizer(folder, config), Error);
    }

    /// An empty name: it is read.
    void settingsThatChangeTokensAreRefusedByName_data() {
        QTest::addColumn<QByteArray>("settings");
        QTest::addColumn<QByteArray>("named");
        const auto add = [](const char* settings, const char* named) {
            QTest::newRow(settings) << QByteArray(settings) << QByteArray(named);
        };
        add(R"({"additional_special_tokens": ["<cat-toy>"]})", "additional_special_tokens");
        add(R"({"additional_special_tokens": [{"content": "<cat-toy>"}]})", "additional_special_tokens");
        add(R"({"extra_special_tokens": {"toy_token": "<cat-toy>"}})", "extra_special_tokens");
        add(R"({"additional_special_tokens": ["<|endoftext|>"], "extra_special_tokens": {}})", "");
        add(R"({"additional_special_tokens": ["<cat-toy>"], "added_tokens_decoder": {"520": {"content": "<cat-toy>"}}})",
            "");
        add(R"({"eos_token": "!"})", "eos_token");
        add(R"({"bos_token": {"content": "!"}})", "bos_token");
        add(R"({"bos_token": "<|startoftext|>", "eos_token": {"content": "<|endoftext|>"}, "pad_token": "!"})", "");
        add(R"({"truncation_side": "left"})", "truncation_side");
        add(R"({"padding_side": "left"})", "padding_side");
        add(R"({"padding_side": "right", "do_lower_case": false, "errors": "replace", "model_max_length": 77})", "");
    }
    void settingsThatChangeTokensAreRefusedByName() {
        QFETCH(QByteArray, settings);
        QFETCH(QByteArray, named);
        const QTemporaryDir scratch;
        const fs::path folder = scratch.path().toStdString();
        for (const char* name : {"vocab.json", "merges.txt"})
            fs::copy_file(fs::path(paths::source("tests/parity/data/families/hf-clip")) / name, folder / name);
        writeFile(folder / "tokenizer_config.json", settings.toStdString());
        const auto problemOf = [&](TextCleaning cleaning) {
            return errorOf([&] { loadTokenizer(folder, {.vocabularySize = 600, .cleaning = cleaning}); });
        };
        const std::string problem = problemOf(TextCleaning::HuggingFace);
        QVERIFY2(problem.empty() == named.isEmpty(), problem.c_str());
        QVERIFY2(problem.find(named.data()) != std::string::npos, problem.c_str());
        QCOMPARE(problemOf(TextCleaning::Lower), std::string());  // open_clip's own reads no settings
    }
};

DIAGONAL_TEST(TestTokenizerClip);
#include "test_tokenizer_clip.moc"
