// SPDX-License-Identifier: Apache-2.0
#include "engine/text/roberta_files.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/text/bpe_files.h"
#include "engine/text/tokenizer_files.h"

namespace diagonal {

using nlohmann::json;
using nlohmann::ordered_json;

namespace {

constexpr FrameNames kRobertaNames = {"<s>", "</s>", "<pad>", "<unk>", "<mask>", /*maskStripsLeft=*/true};

BpeNames robertaEnds() {
    return {.start = {"<s>", "<|startoftext|>", "<|endoftext|>"}, .end = {"</s>", "<|endoftext|>"}};
}

void complete(const TokenizerFiles& files, const json& tokenizer, const std::string& source, RobertaParts& parts) {
    for (int byte = 0; byte < 256; ++byte)
        if (const std::string token = BpeVocabulary::byteCharacter(static_cast<uint8_t>(byte));
            parts.vocabulary.find(token) < 0)
            throw Error(source, "has no token " + token + " for the byte " + std::to_string(byte));
    const auto find = [&](std::string_view name) { return int64_t{parts.vocabulary.find(name)}; };
    parts.frame = readFrame(files, tokenizer, kRobertaNames, find, source);
    if (const json value = files.setting("add_prefix_space"); value.is_boolean()) parts.addPrefixSpace = value;
}

class RobertaKind : public TokenizerKind {
  public:
    bool hasFiles(const TokenizerFiles& files) const override {
        return files.has("vocab.json") && files.has("merges.txt") && isRobertaVocabulary(files.text("vocab.json"));
    }
    std::shared_ptr<const Tokenizer> openFiles(const TokenizerFiles& files,
                                               const TokenizerConfig& config) const override {
        return makeRobertaTokenizer(readRobertaFiles(files), config);
    }
    bool describes(const json& tokenizer) const override {
        return modelTypeOf(tokenizer) == "BPE" && !marksEndsOfWords(tokenizer) &&
               hasStep(tokenizer, "pre_tokenizer", "ByteLevel");
    }
    std::shared_ptr<const Tokenizer> openJson(const TokenizerFiles& files,
                                              const TokenizerConfig& config) const override {
        return makeRobertaTokenizer(readRobertaJson(files), config);
    }
};

}  // namespace

bool isRobertaVocabulary(std::string_view vocabulary) {
    return vocabulary.find("\"<s>\"") != std::string_view::npos && vocabulary.find("</w>\"") == std::string_view::npos;
}

RobertaParts readRobertaFiles(const TokenizerFiles& files) {
    RobertaParts parts;
    parts.vocabulary = readBpeFiles(files.text("vocab.json"), files.source("vocab.json"), files.text("merges.txt"),
                                    files.source("merges.txt"), robertaEnds());
    complete(files, files.json("tokenizer.json"), files.source("vocab.json"), parts);
    return parts;
}

RobertaParts readRobertaJson(const TokenizerFiles& files) {
    const std::string source = files.source("tokenizer.json");
    const json& tokenizer = files.json("tokenizer.json");
    RobertaParts parts;
    if (tokenizer.contains("normalizer") && !tokenizer["normalizer"].is_null())
        throw Error(source, "normalises texts, which RoBERTa's tokenizer does not");
    const json& split = tokenizer["pre_tokenizer"];
    try {
        if (split.at("type") != "ByteLevel" || !split.value("use_regex", true))
            throw Error(source, "splits texts otherwise than RoBERTa");
        parts.addPrefixSpace = split.value("add_prefix_space", true);
        if (tokenizer.at("model").value("ignore_merges", false))
            throw Error(source, "takes whole words before it merges bytes, which RoBERTa's tokenizer does not");
    } catch (const json::exception& error) {
        throw unreadable(source, "is no tokenizer that can be read", error);
    }
    parts.vocabulary = readBpeTokenizerJson(tokenizer, source, robertaEnds());
    complete(files, tokenizer, source, parts);
    return parts;
}

void writeRobertaFiles(const std::filesystem::path& folder, const RobertaParts& parts, int contextLength) {
    const BpeVocabulary& vocabulary = parts.vocabulary;
    ordered_json::object_t tokens;
    for (size_t id = 0; id < vocabulary.size(); ++id)
        if (!vocabulary.token(id).empty()) tokens.emplace_back(vocabulary.token(id), id);
    std::string lines = "#version: 0.2\n";
    ordered_json merges = ordered_json::array();
    for (const auto& [left, right, whole] : vocabulary.merges()) {
        const std::string first(vocabulary.token(static_cast<size_t>(left)));
        const std::string second(vocabulary.token(static_cast<size_t>(right)));
        lines.append(first).append(" ").append(second).append("\n");
        merges.push_back({first, second});
    }
    const auto byteLevel = [&](bool prefix) {
        return ordered_json{
            {"type", "ByteLevel"}, {"add_prefix_space", prefix}, {"trim_offsets", true}, {"use_regex", true}};
    };
    const auto& frame = parts.frame;
    writeFile(folder / "vocab.json", ordered_json(tokens).dump());
    writeFile(folder / "merges.txt", lines);
    const ordered_json tokenizer = {{"normalizer", nullptr},
                                    {"pre_tokenizer", byteLevel(parts.addPrefixSpace)},
                                    {"post_processor",
                                     {{"type", "RobertaProcessing"},
                                      {"sep", ordered_json::array({frame.end.name, frame.end.id})},
                                      {"cls", ordered_json::array({frame.start.name, frame.start.id})},
                                      {"trim_offsets", true},
                                      {"add_prefix_space", parts.addPrefixSpace}}},
                                    {"decoder", byteLevel(true)},
                                    {"model",
                                     {{"type", "BPE"},
                                      {"dropout", nullptr},
                                      {"unk_token", nullptr},
                                      {"continuing_subword_prefix", ""},
                                      {"end_of_word_suffix", ""},
                                      {"fuse_unk", false},
                                      {"byte_fallback", false},
                                      {"ignore_merges", false},
                                      {"vocab", std::move(tokens)},
                                      {"merges", std::move(merges)}}}};
    const ordered_json settings = {{"tokenizer_class", "RobertaTokenizer"},
                                   {"bos_token", frame.start.name},
                                   {"eos_token", frame.end.name},
                                   {"add_prefix_space", parts.addPrefixSpace}};
    writeFrameFiles(folder, frame, tokenizer, settings, contextLength);
}

const TokenizerKind& robertaKind() {
    static const RobertaKind kind;
    return kind;
}

}  // namespace diagonal
