// SPDX-License-Identifier: Apache-2.0
#include "engine/text/word_piece_files.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/text/tokenizer_files.h"
#include "engine/text/unicode.h"

namespace diagonal {

using nlohmann::json;
using nlohmann::ordered_json;

namespace {

constexpr FrameNames kBertNames = {"[CLS]", "[SEP]", "[PAD]", "[UNK]", "[MASK]"};
constexpr uint64_t kLargestWordPieceId = 1 << 22;

void findWordPieceFrame(const TokenizerFiles& files, const json& tokenizer, const std::string& source,
                        WordPieceParts& parts) {
    const auto find = [&](std::string_view name) { return int64_t{parts.vocabulary.find(name)}; };
    parts.frame = readFrame(files, tokenizer, kBertNames, find, source);
    if (parts.vocabulary.find(parts.frame.unknown.name) < 0)
        throw Error(source, "lacks the token " + parts.frame.unknown.name);
}

/// What tokenizer_config.json says of texts; accents go with capitals where nobody says.
void readSettings(const TokenizerFiles& files, const std::optional<bool>& stripAccents, BertText& text) {
    const auto flag = [&](const char* key) -> std::optional<bool> {
        const json value = files.setting(key);
        if (value.is_null()) return {};
        if (!value.is_boolean())
            throw Error(files.source("tokenizer_config.json"),
                        std::string("has a ") + key + " that is not true or false");
        return value.get<bool>();
    };
    text.lower = flag("do_lower_case").value_or(text.lower);
    text.spaceChinese = flag("tokenize_chinese_chars").value_or(text.spaceChinese);
    text.stripAccents = flag("strip_accents").value_or(stripAccents.value_or(text.lower));
}

class WordPieceKind : public TokenizerKind {
  public:
    bool hasFiles(const TokenizerFiles& files) const override {
        return files.has("vocab.txt") && !files.has("tokenizer.json");
    }
    std::shared_ptr<const Tokenizer> openFiles(const TokenizerFiles& files,
                                               const TokenizerConfig& config) const override {
        return makeWordPieceTokenizer(readWordPieceFiles(files), config);
    }
    bool describes(const json& tokenizer) const override { return modelTypeOf(tokenizer) == "WordPiece"; }
    std::shared_ptr<const Tokenizer> openJson(const TokenizerFiles& files,
                                              const TokenizerConfig& config) const override {
        return makeWordPieceTokenizer(readWordPieceJson(files), config);
    }
};

}  // namespace

WordPieceParts readWordPieceFiles(const TokenizerFiles& files) {
    const std::string source = files.source("vocab.txt");
    std::string_view text = files.text("vocab.txt");
    WordPieceParts parts;
    parts.vocabulary.reserve(std::min<size_t>(text.size() / 8, 1 << 18), text.size());
    for (size_t id = 0; !text.empty(); ++id) {
        const std::string_view token = takeLine(text);
        if (id > kLargestWordPieceId) throw Error(source, "holds more lines than any vocabulary");
        if (token.empty()) continue;
        if (repairUtf8(token) != token)
            throw Error(source, "is no list of tokens: line " + std::to_string(id + 1) + " is no UTF-8");
        if (!parts.vocabulary.add(token, id))
            throw Error(source, "has a token twice: that of line " + std::to_string(id + 1));
    }
    readSettings(files, {}, parts.text);
    findWordPieceFrame(files, nullptr, source, parts);
    return parts;
}

WordPieceParts readWordPieceJson(const TokenizerFiles& files) {
    const std::string source = files.source("tokenizer.json");
    const json& tokenizer = files.json("tokenizer.json");
    WordPieceParts parts;
    try {
        const json& model = tokenizer.at("model");
        const json& tokens = model.at("vocab");
        if (!tokens.is_object()) throw Error(source, "has no list of tokens and their ids");
        for (const auto& [token, value] : tokens.items()) {
            const auto id = value.get<uint64_t>();
            if (id > kLargestWordPieceId || (!token.empty() && !parts.vocabulary.add(token, id)))
                throw Error(source, "gives a token the id " + std::to_string(id) + ", which is taken or impossible");
        }
        parts.prefix = model.value("continuing_subword_prefix", "##");
        constexpr int64_t kLongest = 10000;  // the time of a word grows with its square
        const auto longest = model.value("max_input_chars_per_word", int64_t{100});
        if (longest < 1 || longest > kLongest)
            throw Error(source, "\"max_input_chars_per_word\" must be from 1 to " + std::to_string(kLongest));
        parts.longestWord = static_cast<size_t>(longest);
        std::optional<bool> stripAccents;
        const json normalizer = tokenizer.value("normalizer", json());
        if (!normalizer.is_null()) {
            if (normalizer.at("type") != "BertNormalizer")
                throw Error(source, "normalises texts otherwise than BERT: " + normalizer["type"].dump());
            parts.text.clean = normalizer.value("clean_text", true);
            parts.text.spaceChinese = normalizer.value("handle_chinese_chars", true);
            parts.text.lower = normalizer.value("lowercase", true);
            if (normalizer.contains("strip_accents") && normalizer["strip_accents"].is_boolean())
                stripAccents = normalizer["strip_accents"].get<bool>();
        } else {
            parts.text = {.clean = false, .spaceChinese = false, .stripAccents = false, .lower = false};
        }
        if (!hasStep(tokenizer, "pre_tokenizer", "BertPreTokenizer"))
            throw Error(source, "splits texts otherwise than BERT");
        readSettings(files, stripAccents, parts.text);
    } catch (const json::exception& error) {
        throw unreadable(source, "is no WordPiece tokenizer that can be read", error);
    }
    findWordPieceFrame(files, tokenizer, source, parts);
    return parts;
}

void writeWordPieceFiles(const std::filesystem::path& folder, const WordPieceParts& parts, int contextLength) {
    std::string lines;
    ordered_json::object_t tokens;
    for (size_t id = 0; id < parts.vocabulary.size(); ++id) {
        const std::string token(parts.vocabulary.token(id));
        lines += token + "\n";
        if (!token.empty()) tokens.emplace_back(token, id);
    }
    const BertText& text = parts.text;
    const ordered_json tokenizer = {{"normalizer",
                                     {{"type", "BertNormalizer"},
                                      {"clean_text", text.clean},
                                      {"handle_chinese_chars", text.spaceChinese},
                                      {"strip_accents", text.stripAccents},
                                      {"lowercase", text.lower}}},
                                    {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
                                    {"post_processor", templateOf(parts.frame)},
                                    {"decoder", {{"type", "WordPiece"}, {"prefix", parts.prefix}, {"cleanup", true}}},
                                    {"model",
                                     {{"type", "WordPiece"},
                                      {"unk_token", parts.frame.unknown.name},
                                      {"continuing_subword_prefix", parts.prefix},
                                      {"max_input_chars_per_word", parts.longestWord},
                                      {"vocab", std::move(tokens)}}}};
    const ordered_json settings = {{"tokenizer_class", "BertTokenizer"},
                                   {"do_lower_case", text.lower},
                                   {"strip_accents", text.stripAccents},
                                   {"tokenize_chinese_chars", text.spaceChinese}};
    writeFile(folder / "vocab.txt", lines);
    writeFrameFiles(folder, parts.frame, tokenizer, settings, contextLength);
}

const TokenizerKind& wordPieceKind() {
    static const WordPieceKind kind;
    return kind;
}

}  // namespace diagonal
