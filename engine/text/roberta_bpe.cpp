// SPDX-License-Identifier: Apache-2.0
#include "engine/text/roberta_bpe.h"

#include "engine/text/framed_tokenizer.h"
#include "engine/text/roberta_files.h"
#include "engine/text/split_words.h"

namespace diagonal {

namespace {

class RobertaTokenizer : public FramedTokenizer {
  public:
    RobertaTokenizer(RobertaParts parts, const TokenizerConfig& config)
        : FramedTokenizer(parts.frame, parts.vocabulary.size(), config,
                          [](std::string_view text) { return std::string(text); }),
          m_parts(std::move(parts)),
          m_bpe(m_parts.vocabulary, "") {}

    std::string kind() const override { return "RoBERTa BPE"; }

    void save(const std::filesystem::path& folder) const override {
        writeRobertaFiles(folder, m_parts, contextLength());
    }

  protected:
    void encodePart(std::string_view part, std::vector<int64_t>& ids) const override {
        const std::string spaced = m_parts.addPrefixSpace && !part.starts_with(' ') ? " " + std::string(part) : "";
        std::vector<std::string_view> words;
        splitLikeGpt2(spaced.empty() ? part : spaced, words);
        ByteLevelBpe::Scratch scratch;
        for (const std::string_view word : words)
            m_bpe.encode(word, MergeOrder::OneByOne, scratch, ids);
    }

  private:
    RobertaParts m_parts;
    ByteLevelBpe m_bpe;
};

}  // namespace

std::shared_ptr<const Tokenizer> makeRobertaTokenizer(RobertaParts parts, const TokenizerConfig& config) {
    return std::make_shared<RobertaTokenizer>(std::move(parts), config);
}

}  // namespace diagonal
