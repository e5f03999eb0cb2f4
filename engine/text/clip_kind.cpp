// SPDX-License-Identifier: Apache-2.0
#include "engine/text/clip_kind.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/resources.h"
#include "engine/text/added_tokens_files.h"
#include "engine/text/clip_bpe.h"
#include "engine/text/clip_vocabulary.h"

namespace diagonal {

using nlohmann::json;

namespace {

/// open_clip asks for other cleanings than Lower only where it wraps a tokenizer of transformers.
ClipKind kindOf(TextCleaning cleaning, bool fromFiles) {
    if (cleaning == TextCleaning::HuggingFace) return ClipKind::HuggingFace;
    return fromFiles && cleaning != TextCleaning::Lower ? ClipKind::Wrapped : ClipKind::OpenClip;
}

class ClipTokenizerKind : public TokenizerKind {
  public:
    bool hasFiles(const TokenizerFiles& files) const override {
        return files.has("vocab.json") && (files.has("merges.txt") || !files.has("tokenizer.json"));
    }
    std::shared_ptr<const Tokenizer> openFiles(const TokenizerFiles& files,
                                               const TokenizerConfig& config) const override {
        return make(readBpeFiles(files.text("vocab.json"), files.source("vocab.json"), files.text("merges.txt"),
                                 files.source("merges.txt"), clipEnds()),
                    files, config);
    }
    bool describes(const json& tokenizer) const override { return marksEndsOfWords(tokenizer); }
    std::shared_ptr<const Tokenizer> openJson(const TokenizerFiles& files,
                                              const TokenizerConfig& config) const override {
        return make(readBpeTokenizerJson(files.json("tokenizer.json"), files.source("tokenizer.json"), clipEnds()),
                    files, config);
    }

  private:
    static std::shared_ptr<const Tokenizer> make(BpeVocabulary vocabulary, const TokenizerFiles& files,
                                                 const TokenizerConfig& config) {
        const ClipKind kind = kindOf(config.cleaning, true);
        const auto find = [&](std::string_view name) { return int64_t{vocabulary.find(name)}; };
        auto added = readAddedTokens(files, find, vocabulary.size());
        if (kind != ClipKind::OpenClip) {  // which reads no settings
            requireToken(files, "bos_token", vocabulary.start, find);
            requireToken(files, "eos_token", vocabulary.end, find);
            refuseOtherSettings(files, [&](std::string_view name) {
                const int64_t id = find(name);
                return id == vocabulary.start || id == vocabulary.end ||
                       std::ranges::find(added, name, &AddedToken::content) != added.end();
            });
        }
        return makeClipTokenizer(std::move(vocabulary), kind, config, std::move(added));
    }
};

}  // namespace

BpeNames clipEnds() {
    return {.start = {"<|startoftext|>", "<start_of_text>"}, .end = {"<|endoftext|>", "<end_of_text>"}};
}

const TokenizerKind& clipKind() {
    static const ClipTokenizerKind kind;
    return kind;
}

std::shared_ptr<const Tokenizer> openShippedClip(const TokenizerConfig& config) {
    const std::filesystem::path file = resourceFolder() / "clip" / "bpe_simple_vocab_16e6.txt";
    std::error_code error;
    if (!std::filesystem::exists(file, error))
        throw Error("CLIP's vocabulary", "is not installed (" + displayName(file) + ")", "Run scripts/setup");
    const MappedFile mapped(file);
    const auto bytes = mapped.bytes();
    return makeClipTokenizer(
        readOpenAiVocabulary({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, displayName(file)),
        kindOf(config.cleaning, false), config);
}

}  // namespace diagonal
