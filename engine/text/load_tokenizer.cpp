// SPDX-License-Identifier: Apache-2.0
#include "engine/text/load_tokenizer.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/text/clip_kind.h"
#include "engine/text/fairseq_files.h"
#include "engine/text/roberta_files.h"
#include "engine/text/sentencepiece_kind.h"
#include "engine/text/word_piece_files.h"

namespace diagonal {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr int kClipVocabulary = 49408;

const TokenizerKind* const kKinds[] = {
#define TOKENIZER_KIND(kind) &kind(),
#include "engine/text/tokenizers.def"
#undef TOKENIZER_KIND
};

std::shared_ptr<const Tokenizer> openTokenizerJson(const TokenizerFiles& files, const TokenizerConfig& config) {
    const std::string source = files.source("tokenizer.json");
    const json& tokenizer = files.json("tokenizer.json");
    const json* model = tokenizer.is_object() && tokenizer.contains("model") ? &tokenizer["model"] : nullptr;
    if (model == nullptr || !model->is_object() || !model->contains("vocab"))
        throw Error(source, "is no tokenizer of Hugging Face's kind");
    for (const TokenizerKind* kind : kKinds)
        if (kind->describes(tokenizer)) return kind->openJson(files, config);
    throw Error(source, "holds a tokenizer of the kind " + modelTypeOf(tokenizer),
                "BPE, WordPiece, Unigram and SentencePiece's kinds can be read");
}

constexpr const char* kNoTokenizer =
    "has no tokenizer: none of spiece.model, tokenizer.model, sentencepiece.bpe.model, vocab.json with merges.txt, "
    "vocab.txt and tokenizer.json is there";

std::shared_ptr<const Tokenizer> checked(std::shared_ptr<const Tokenizer> tokenizer, const std::string& source,
                                         const TokenizerConfig& config) {
    if (tokenizer->vocabularySize() > config.vocabularySize)
        throw Error(source, "has a tokenizer of " + std::to_string(tokenizer->vocabularySize()) +
                                " tokens, but the model knows " + std::to_string(config.vocabularySize));
    return tokenizer;
}

/// Says what is missing as soon as there is a text.
class NoTokenizer : public Tokenizer {
  public:
    NoTokenizer(Error error, int contextLength) : m_error(std::move(error)), m_contextLength(contextLength) {}

    std::string kind() const override { return "none"; }
    int vocabularySize() const override { return 0; }
    int contextLength() const override { return m_contextLength; }
    std::vector<int64_t> encode(std::string_view /*text*/) const override { throw m_error; }
    void save(const fs::path& /*folder*/) const override { throw m_error; }

  private:
    Error m_error;
    int m_contextLength;
};

}  // namespace

std::shared_ptr<const Tokenizer> openTokenizer(const TokenizerFiles& files, const TokenizerConfig& config) {
    for (const TokenizerKind* kind : kKinds)
        if (kind->hasFiles(files)) return kind->openFiles(files, config);
    return files.has("tokenizer.json") ? openTokenizerJson(files, config) : nullptr;
}

std::shared_ptr<const Tokenizer> loadTokenizer(const fs::path& folder, const TokenizerConfig& config) {
    auto tokenizer = openTokenizer(TokenizerFiles(folder), config);
    if (tokenizer == nullptr && config.vocabularySize == kClipVocabulary) tokenizer = openShippedClip(config);
    const std::string source = folder.empty() ? "tokenizer" : displayName(folder);
    if (tokenizer == nullptr)
        throw Error(source, kNoTokenizer,
                    "Put the tokenizer's files beside the weights, or name them by --tokenizer (CLIP's own vocabulary "
                    "does not fit the model's " +
                        std::to_string(config.vocabularySize) + " tokens)");
    return checked(std::move(tokenizer), source, config);
}

std::shared_ptr<const Tokenizer> loadTokenizerIfAny(const fs::path& folder, const TokenizerConfig& config) {
    try {
        return loadTokenizer(folder, config);
    } catch (const Error& error) {
        return std::make_shared<NoTokenizer>(error, config.contextLength);
    }
}

std::shared_ptr<const Tokenizer> loadTokenizerFrom(const fs::path& path, const TokenizerConfig& config) {
    std::error_code error;
    const std::string source = displayName(path);
    if (!fs::exists(path, error)) throw Error(source, "is not there");
    auto tokenizer =
        openTokenizer(fs::is_directory(path, error) ? TokenizerFiles(path) : TokenizerFiles::ofFile(path), config);
    if (tokenizer == nullptr) throw Error(source, kNoTokenizer);
    return checked(std::move(tokenizer), source, config);
}

}  // namespace diagonal
