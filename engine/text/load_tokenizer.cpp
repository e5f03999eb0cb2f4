// SPDX-License-Identifier: Apache-2.0
#include "engine/text/load_tokenizer.h"

#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/resources.h"
#include "engine/text/clip_bpe.h"
#include "engine/text/clip_vocabulary.h"
#include "engine/text/sentencepiece_tokenizer.h"

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

std::shared_ptr<const Tokenizer> loadTokenizerJson(const fs::path& file, const TokenizerConfig& config) {
    const std::string source = displayName(file);
    json tokenizer;
    try {
        tokenizer = json::parse(readText(file, kLargestFile));
    } catch (const json::exception&) {
        throw Error(source, "is no sound JSON");
    }
    return makeClipTokenizer(readBpeTokenizerJson(tokenizer, source), config);
}

std::shared_ptr<const Tokenizer> openTokenizer(const fs::path& folder, const TokenizerConfig& config) {
    for (const char* name : {"spiece.model", "tokenizer.model"})
        if (has(folder, name)) return loadSentencePieceTokenizer(folder, config.contextLength);
    if (has(folder, "vocab.json") && (has(folder, "merges.txt") || !has(folder, "tokenizer.json"))) {
        const fs::path vocabulary = folder / "vocab.json", merges = folder / "merges.txt";
        return makeClipTokenizer(readBpeFiles(readText(vocabulary, kLargestFile), displayName(vocabulary),
                                              readText(merges, kLargestFile), displayName(merges)),
                                 config);
    }
    if (has(folder, "tokenizer.json")) return loadTokenizerJson(folder / "tokenizer.json", config);
    if (config.vocabularySize == kClipVocabulary) return makeClipTokenizer(shippedVocabulary(), config);
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
