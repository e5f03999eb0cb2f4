// SPDX-License-Identifier: Apache-2.0
#include "engine/text/load_tokenizer.h"

#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/resources.h"
#include "engine/text/clip_bpe.h"
#include "engine/text/clip_vocabulary.h"
#include "engine/text/sentencepiece_json.h"
#include "engine/text/sentencepiece_tokenizer.h"
#include "engine/text/siglip_tokenizer.h"

namespace diagonal {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr uint64_t kLargestFile = 256 << 20;
constexpr int kClipVocabulary = 49408;

/// The file in the folder, unless it is not there.
bool has(const fs::path& folder, const char* name) {
    std::error_code error;
    return !folder.empty() && fs::exists(folder / name, error);
}

BpeVocabulary shippedVocabulary() {
    const fs::path file = resourceFolder() / "clip" / "bpe_simple_vocab_16e6.txt";
    std::error_code error;
    if (!fs::exists(file, error))
        throw Error("CLIP's vocabulary", "is not installed (" + displayName(file) + ")", "Run scripts/setup");
    const MappedFile mapped(file);
    const auto bytes = mapped.bytes();
    return readOpenAiVocabulary({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, displayName(file));
}

/// open_clip asks for other cleanings than Lower only where it wraps a tokenizer of transformers.
ClipKind kindOf(TextCleaning cleaning, bool fromFiles) {
    if (cleaning == TextCleaning::HuggingFace) return ClipKind::HuggingFace;
    return fromFiles && cleaning != TextCleaning::Lower ? ClipKind::Wrapped : ClipKind::OpenClip;
}

std::shared_ptr<const Tokenizer> makeFromFiles(BpeVocabulary vocabulary, const TokenizerConfig& config) {
    return makeClipTokenizer(std::move(vocabulary), kindOf(config.cleaning, true), config);
}

json readJson(const fs::path& file) {
    try {
        return json::parse(readText(file, kLargestFile));
    } catch (const json::exception&) {
        throw Error(displayName(file), "is no sound JSON");
    }
}

/// "pad_token" of the folder's tokenizer_config.json, empty where nobody says.
std::string paddingOf(const fs::path& folder) {
    if (!has(folder, "tokenizer_config.json")) return {};
    const json config = readJson(folder / "tokenizer_config.json");
    const auto find = [](const json& object, const char* key) {
        return object.is_object() && object.contains(key) ? object[key] : json();
    };
    json token = find(config, "pad_token");
    if (token.is_object()) token = find(token, "content");
    return token.is_string() ? token.get<std::string>() : std::string();
}

/// Diagonal's own kind has two tokens more than the model has pieces.
std::shared_ptr<const Tokenizer> makeFromPieces(std::string bytes, SentencePieceModel model, const fs::path& file,
                                                const TokenizerConfig& config) {
    const std::string source = displayName(file);
    const size_t pieces = model.pieces.size(), wanted = static_cast<size_t>(config.vocabularySize);
    if (pieces + 2 == wanted || (pieces != wanted && !config.padToContext))
        return makeSentencePieceTokenizer(std::move(bytes), std::move(model), config.contextLength, source);
    return makeSiglipTokenizer(std::move(bytes), std::move(model), paddingOf(file.parent_path()), config, source);
}

std::shared_ptr<const Tokenizer> loadPieces(const fs::path& file, const TokenizerConfig& config) {
    std::string bytes = readText(file, kLargestFile);
    SentencePieceModel model = parseSentencePieceModel(bytes, displayName(file));
    return makeFromPieces(std::move(bytes), std::move(model), file, config);
}

/// A BPE with "</w>" is CLIP's; the others come from SentencePiece.
std::shared_ptr<const Tokenizer> loadTokenizerJson(const fs::path& file, const TokenizerConfig& config) {
    const std::string source = displayName(file);
    const json tokenizer = readJson(file);
    const json* model = tokenizer.is_object() && tokenizer.contains("model") ? &tokenizer["model"] : nullptr;
    if (model == nullptr || !model->is_object() || !model->contains("vocab"))
        throw Error(source, "is no tokenizer of Hugging Face's kind");
    const std::string type = model->contains("type") && (*model)["type"].is_string() ? (*model)["type"] : json("BPE");
    if (model->contains("end_of_word_suffix") && (*model)["end_of_word_suffix"] == "</w>")
        return makeFromFiles(readBpeTokenizerJson(tokenizer, source), config);
    if (type != "Unigram" && type != "BPE")
        throw Error(source, "holds a tokenizer of the kind " + type,
                    "CLIP's BPE and SentencePiece's kinds can be read");
    const std::string bytes = serialize(sentencePieceFromJson(tokenizer, source));
    return makeFromPieces(bytes, parseSentencePieceModel(bytes, source), file, config);
}

std::shared_ptr<const Tokenizer> openTokenizer(const fs::path& folder, const TokenizerConfig& config) {
    for (const char* name : {"spiece.model", "tokenizer.model"})
        if (has(folder, name)) return loadPieces(folder / name, config);
    if (has(folder, "vocab.json") && (has(folder, "merges.txt") || !has(folder, "tokenizer.json"))) {
        const fs::path vocabulary = folder / "vocab.json", merges = folder / "merges.txt";
        return makeFromFiles(readBpeFiles(readText(vocabulary, kLargestFile), displayName(vocabulary),
                                          readText(merges, kLargestFile), displayName(merges)),
                             config);
    }
    if (has(folder, "tokenizer.json")) return loadTokenizerJson(folder / "tokenizer.json", config);
    if (config.vocabularySize == kClipVocabulary)
        return makeClipTokenizer(shippedVocabulary(), kindOf(config.cleaning, false), config);
    throw Error(folder.empty() ? "tokenizer" : displayName(folder),
                "has no tokenizer: spiece.model, tokenizer.model, vocab.json with merges.txt or tokenizer.json",
                "The model has " + std::to_string(config.vocabularySize) +
                    " tokens, so CLIP's own vocabulary does not fit; put the tokenizer's files beside its weights");
}

}  // namespace

std::shared_ptr<const Tokenizer> loadTokenizer(const fs::path& folder, const TokenizerConfig& config) {
    auto tokenizer = openTokenizer(folder, config);
    if (tokenizer->vocabularySize() > config.vocabularySize)
        throw Error(folder.empty() ? "tokenizer" : displayName(folder),
                    "has a tokenizer of " + std::to_string(tokenizer->vocabularySize()) +
                        " tokens, but the model knows " + std::to_string(config.vocabularySize));
    return tokenizer;
}

}  // namespace diagonal
