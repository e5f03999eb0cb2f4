// SPDX-License-Identifier: Apache-2.0
#include "engine/text/fairseq_files.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/text/base64.h"
#include "engine/text/sentencepiece_json.h"
#include "engine/text/tokenizer_files.h"

namespace diagonal {

using nlohmann::json;
using nlohmann::ordered_json;

namespace {

constexpr const char* kModelFile = "sentencepiece.bpe.model";
constexpr const char* kFirstPieces[] = {"<s>", "<pad>", "</s>", "<unk>"};
constexpr FrameNames kFairseqNames = {"<s>", "</s>", "<pad>", "<unk>", "<mask>", /*maskStripsLeft=*/true};

void findFairseqFrame(const TokenizerFiles& files, const json& tokenizer, const std::string& source,
                      FairseqParts& parts) {
    const auto find = [&](std::string_view name) -> int64_t {
        const auto found = std::ranges::find(parts.pieces, name, &Piece::text);
        return found == parts.pieces.end() ? -1 : found - parts.pieces.begin();
    };
    parts.frame = readFrame(files, tokenizer, kFairseqNames, find, source);
}

/// Everything that would change the pieces beside the characters map and the marking of words.
void refuseOtherSteps(const json& tokenizer, const std::string& source) {
    const auto check = [&](const char* part, const char* list, std::initializer_list<std::string_view> known) {
        if (!tokenizer.contains(part) || tokenizer[part].is_null()) return;
        const json& whole = tokenizer[part];
        const json steps = whole.contains(list) ? whole[list] : json::array({whole});
        for (const json& step : steps) {
            const std::string type = step.at("type");
            if (std::ranges::find(known, type) == known.end())
                throw Error(source, "has a step that XLM-RoBERTa's tokenizer lacks: " + type);
            if (type == "Metaspace" &&
                (step.value("prepend_scheme", "always") != "always" || !step.value("add_prefix_space", true)))
                throw Error(source, "does not mark the first word of a text");
        }
    };
    check("normalizer", "normalizers", {"Precompiled", "Replace", "Strip"});
    check("pre_tokenizer", "pretokenizers", {"WhitespaceSplit", "Metaspace"});
    if (!hasStep(tokenizer, "pre_tokenizer", "Metaspace")) throw Error(source, "does not mark words");
}

class FairseqKind : public TokenizerKind {
  public:
    bool hasFiles(const TokenizerFiles& files) const override { return files.has(kModelFile); }
    std::shared_ptr<const Tokenizer> openFiles(const TokenizerFiles& files,
                                               const TokenizerConfig& config) const override {
        return makeFairseqTokenizer(readFairseqModel(files), config);
    }
    bool describes(const json& tokenizer) const override {
        const json& pieces = tokenizer["model"]["vocab"];
        if (!pieces.is_array() || pieces.size() <= std::size(kFirstPieces)) return false;
        for (size_t i = 0; i < std::size(kFirstPieces); ++i)
            if (!pieces[i].is_array() || pieces[i].empty() || pieces[i][0] != kFirstPieces[i]) return false;
        return true;
    }
    std::shared_ptr<const Tokenizer> openJson(const TokenizerFiles& files,
                                              const TokenizerConfig& config) const override {
        return makeFairseqTokenizer(readFairseqJson(files), config);
    }
};

}  // namespace

FairseqParts readFairseqModel(const TokenizerFiles& files) {
    const std::string source = files.source(kModelFile);
    SentencePieceModel model = parseSentencePieceModel(files.text(kModelFile), source);
    const auto isPiece = [&](size_t id, std::string_view name) { return model.pieces[id].text == name; };
    if (model.isBpe || model.byteFallback || !isPiece(0, "<unk>") || !isPiece(1, "<s>") || !isPiece(2, "</s>"))
        throw Error(source, "is no model of XLM-RoBERTa's kind: unigram, with <unk>, <s> and </s> as first pieces");
    FairseqParts parts;
    for (const char* name : kFirstPieces)
        parts.pieces.push_back({.text = name});
    parts.pieces.insert(parts.pieces.end(), std::make_move_iterator(model.pieces.begin() + 3),
                        std::make_move_iterator(model.pieces.end()));
    parts.pieces.push_back({.text = "<mask>"});
    parts.charsMap = std::move(model.charsMap);
    findFairseqFrame(files, nullptr, source, parts);
    return parts;
}

FairseqParts readFairseqJson(const TokenizerFiles& files) {
    const std::string source = files.source("tokenizer.json");
    const json& tokenizer = files.json("tokenizer.json");
    SentencePieceModel model = sentencePieceFromJson(tokenizer, source);
    try {
        if (tokenizer["model"].value("unk_id", json()) != kFairseqUnknown || model.byteFallback)
            throw Error(source, "is no model of XLM-RoBERTa's kind: it spells what no piece spells otherwise");
        refuseOtherSteps(tokenizer, source);
    } catch (const json::exception& error) {
        throw unreadable(source, "is no tokenizer that can be read", error);
    }
    checkCharsMap(model.charsMap, source);
    FairseqParts parts = {.pieces = std::move(model.pieces), .charsMap = std::move(model.charsMap), .frame = {}};
    findFairseqFrame(files, tokenizer, source, parts);
    return parts;
}

void writeFairseqFiles(const std::filesystem::path& folder, const FairseqParts& parts, int contextLength) {
    ordered_json vocabulary = ordered_json::array();
    for (const Piece& piece : parts.pieces)
        vocabulary.push_back(ordered_json::array({piece.text, piece.score}));
    const ordered_json metaspace = {
        {"type", "Metaspace"}, {"replacement", "\u2581"}, {"prepend_scheme", "always"}, {"split", true}};
    ordered_json normalizer;
    if (!parts.charsMap.empty())
        normalizer = {{"type", "Precompiled"}, {"precompiled_charsmap", encodeBase64(parts.charsMap)}};
    const ordered_json tokenizer = {
        {"normalizer", normalizer},
        {"pre_tokenizer",
         {{"type", "Sequence"},
          {"pretokenizers", ordered_json::array({ordered_json{{"type", "WhitespaceSplit"}}, metaspace})}}},
        {"post_processor", templateOf(parts.frame)},
        {"decoder", metaspace},
        {"model", {{"type", "Unigram"}, {"unk_id", kFairseqUnknown}, {"vocab", vocabulary}, {"byte_fallback", false}}}};
    const ordered_json settings = {{"tokenizer_class", "XLMRobertaTokenizer"},
                                   {"bos_token", parts.frame.start.name},
                                   {"eos_token", parts.frame.end.name},
                                   {"add_prefix_space", true}};
    writeFrameFiles(folder, parts.frame, tokenizer, settings, contextLength);
}

const TokenizerKind& fairseqKind() {
    static const FairseqKind kind;
    return kind;
}

}  // namespace diagonal
