// SPDX-License-Identifier: Apache-2.0
#include "engine/text/sentencepiece_kind.h"

#include <algorithm>
#include <unordered_set>

#include "engine/base/error.h"
#include "engine/text/added_tokens_files.h"
#include "engine/text/sentencepiece_json.h"
#include "engine/text/sentencepiece_tokenizer.h"
#include "engine/text/siglip_tokenizer.h"

namespace diagonal {

using nlohmann::json;

namespace {

/// "pad_token" of the folder's settings, empty where nobody says.
std::string paddingOf(const TokenizerFiles& files) {
    const json& settings = files.json("tokenizer_config.json");
    return settings.is_object() ? tokenNameIn(settings.value("pad_token", json())) : std::string();
}

/// A token that somebody added, and that is no piece, would be cut to pieces.
void refuseAdded(const TokenizerFiles& files, const std::string& source, const SentencePieceModel& model, bool isOwn) {
    std::unordered_set<std::string_view> known;
    for (const Piece& piece : model.pieces)
        known.insert(piece.text);
    for (const AddedToken& token : readAddedTokens(files, [](std::string_view) { return int64_t{-1}; })) {
        const auto behind = token.id - static_cast<int64_t>(model.pieces.size());
        if (known.contains(token.content) || (isOwn && behind >= 0 && behind < 2)) continue;
        throw Error(source, "has no piece for a token that was added to it: " + token.content,
                    "Such tokenizers cannot be read; take the one that the model began with, by --tokenizer.");
    }
}

/// What the settings say of texts and no tokenizer of pieces here does.
void refuseSettings(const TokenizerFiles& files, const SentencePieceModel& model, const TokenizerConfig& config) {
    const auto pieceOf = [&](std::string_view name) { return std::ranges::find(model.pieces, name, &Piece::text); };
    const auto find = [&](std::string_view name) -> int64_t {
        const auto piece = pieceOf(name);
        return piece == model.pieces.end() ? -1 : piece - model.pieces.begin();
    };
    requireToken(files, "eos_token", find(model.endPiece), find);
    const auto added = readAddedTokens(files, [](std::string_view) { return int64_t{-1}; });
    refuseOtherSettings(files, [&](std::string_view name) {
        const auto piece = pieceOf(name);
        return (piece != model.pieces.end() && piece->type != PieceType::Normal) ||
               std::ranges::find(added, name, &AddedToken::content) != added.end();
    });
    if (!model.isBpe && config.cleaning == TextCleaning::HuggingFace && files.setting("do_lower_case") == false)
        throw Error(files.source("tokenizer_config.json"),
                    "\"do_lower_case\" is false, and SigLIP's texts are in lower case",
                    "Correct it there, or give another tokenizer by --tokenizer");
}

/// Diagonal's own kind has two tokens more than the model has pieces.
std::shared_ptr<const Tokenizer> makeFromPieces(std::string bytes, SentencePieceModel model,
                                                const TokenizerFiles& files, const std::string& source,
                                                const TokenizerConfig& config) {
    const size_t pieces = model.pieces.size(), wanted = static_cast<size_t>(config.vocabularySize);
    const bool isOwn = pieces + 2 == wanted || (pieces != wanted && !config.padToContext);
    refuseAdded(files, source, model, isOwn);
    if (isOwn) return makeSentencePieceTokenizer(std::move(bytes), std::move(model), config.contextLength, source);
    refuseSettings(files, model, config);
    return makeSiglipTokenizer(std::move(bytes), std::move(model), paddingOf(files), config, source);
}

class SentencePieceKind : public TokenizerKind {
  public:
    bool hasFiles(const TokenizerFiles& files) const override {
        return files.has("spiece.model") || files.has("tokenizer.model");
    }
    std::shared_ptr<const Tokenizer> openFiles(const TokenizerFiles& files,
                                               const TokenizerConfig& config) const override {
        const char* name = files.has("spiece.model") ? "spiece.model" : "tokenizer.model";
        const std::string source = files.source(name);
        const std::string& bytes = files.text(name);
        return makeFromPieces(bytes, parseSentencePieceModel(bytes, source), files, source, config);
    }
    bool describes(const json& tokenizer) const override {
        const std::string type = modelTypeOf(tokenizer);
        return type == "Unigram" ||
               (type == "BPE" && !marksEndsOfWords(tokenizer) && !hasStep(tokenizer, "pre_tokenizer", "ByteLevel"));
    }
    std::shared_ptr<const Tokenizer> openJson(const TokenizerFiles& files,
                                              const TokenizerConfig& config) const override {
        const std::string source = files.source("tokenizer.json");
        const std::string bytes = serialize(sentencePieceFromJson(files.json("tokenizer.json"), source));
        return makeFromPieces(bytes, parseSentencePieceModel(bytes, source), files, source, config);
    }
};

}  // namespace

const TokenizerKind& sentencePieceKind() {
    static const SentencePieceKind kind;
    return kind;
}

}  // namespace diagonal
