// SPDX-License-Identifier: Apache-2.0
#include "engine/text/clip_bpe.h"

#include <algorithm>

#include "engine/text/clean_text.h"
#include "engine/text/clip_files.h"
#include "engine/text/split_words.h"

namespace diagonal {

namespace {

constexpr std::string_view kOpenClipStart = "<start_of_text>", kOpenClipEnd = "<end_of_text>";
constexpr std::string_view kHuggingFaceStart = "<|startoftext|>", kHuggingFaceEnd = "<|endoftext|>";

class ClipTokenizer : public Tokenizer {
  public:
    ClipTokenizer(BpeVocabulary vocabulary, ClipKind kind, const TokenizerConfig& config, std::vector<AddedToken> added)
        : m_vocabulary(std::move(vocabulary)),
          m_bpe(m_vocabulary),
          m_kind(kind),
          m_config(config),
          m_added(std::move(added)) {
        m_asTyped.add({.content = {}, .id = m_vocabulary.start}, std::string(kHuggingFaceStart));
        m_asTyped.add({.content = {}, .id = m_vocabulary.end}, std::string(kHuggingFaceEnd));
        for (const AddedToken& token : m_added) {
            m_size = std::max(m_size, static_cast<int>(token.id) + 1);
            if (token.content == kHuggingFaceStart || token.content == kHuggingFaceEnd) continue;
            if (token.normalized)
                m_normalized.add(token, cleanText(token.content, TextCleaning::HuggingFace));
            else
                m_asTyped.add(token, token.content);
        }
    }

    std::string kind() const override { return "CLIP BPE"; }
    int vocabularySize() const override { return std::max(m_size, static_cast<int>(m_vocabulary.size())); }
    int contextLength() const override { return m_config.contextLength; }

    std::vector<int64_t> encode(std::string_view text) const override {
        std::vector<int64_t> ids = {m_vocabulary.start};
        Work work;
        switch (m_kind) {
            case ClipKind::OpenClip:
                encodeLikeOpenClip(text, work, ids);
                break;
            case ClipKind::HuggingFace:
                encodeLikeHuggingFace(text, work, ids);
                break;
            case ClipKind::Wrapped:
                encodeLikeHuggingFace(cleanText(text, m_config.cleaning), work, ids);
                break;
        }
        ids.push_back(m_vocabulary.end);
        return ids;
    }

    void save(const std::filesystem::path& folder) const override {
        writeClipFiles(folder, m_vocabulary, m_added, m_config.contextLength);
    }

  protected:
    Padding padding() const override {
        return {.id = 0, .toContext = m_config.padToContext, .toLargest = m_config.poolsLargest};
    }

  private:
    struct Work {
        std::vector<std::string_view> words;
        ByteLevelBpe::Scratch scratch;
    };

    void encodeLikeOpenClip(std::string_view text, Work& work, std::vector<int64_t>& ids) const {
        const std::string clean = cleanText(text, m_config.cleaning);
        splitLikeOpenClip(clean, work.words);
        for (const auto word : work.words) {
            if (word == kOpenClipStart) {
                ids.push_back(m_vocabulary.start);
            } else if (word == kOpenClipEnd) {
                ids.push_back(m_vocabulary.end);
            } else {
                m_bpe.encode(word, MergeOrder::AllAlike, work.scratch, ids);
            }
        }
    }

    /// Names of special tokens count as they are typed, before anything is cleaned.
    void encodeLikeHuggingFace(std::string_view text, Work& work, std::vector<int64_t>& ids) const {
        const auto addToken = [&](int64_t id) { ids.push_back(id); };
        m_asTyped.split(
            text,
            [&](std::string_view part) {
                const std::string clean = cleanText(part, TextCleaning::HuggingFace);
                m_normalized.split(
                    clean,
                    [&](std::string_view rest) {
                        work.words.clear();
                        splitLikeHuggingFace(rest, work.words);
                        for (const auto word : work.words)
                            m_bpe.encode(word, MergeOrder::OneByOne, work.scratch, ids);
                    },
                    addToken);
            },
            addToken);
    }

    BpeVocabulary m_vocabulary;
    ByteLevelBpe m_bpe;
    ClipKind m_kind;
    TokenizerConfig m_config;
    std::vector<AddedToken> m_added;
    TokenFinder m_asTyped, m_normalized;
    int m_size = 0;
};

}  // namespace

std::shared_ptr<const Tokenizer> makeClipTokenizer(BpeVocabulary vocabulary, ClipKind kind,
                                                   const TokenizerConfig& config, std::vector<AddedToken> added) {
    return std::make_shared<ClipTokenizer>(std::move(vocabulary), kind, config, std::move(added));
}

}  // namespace diagonal
