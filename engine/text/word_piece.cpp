// SPDX-License-Identifier: Apache-2.0
#include "engine/text/word_piece.h"

#include <algorithm>

#include "engine/text/framed_tokenizer.h"
#include "engine/text/word_piece_files.h"

namespace diagonal {

namespace {

bool beginsCharacter(char byte) {
    return (static_cast<uint8_t>(byte) & 0xC0) != 0x80;
}

class WordPieceTokenizer : public FramedTokenizer {
  public:
    WordPieceTokenizer(WordPieceParts parts, const TokenizerConfig& config)
        : FramedTokenizer(parts.frame, parts.vocabulary.size(), config,
                          [how = parts.text](std::string_view text) { return normalizeLikeBert(text, how); }),
          m_parts(std::move(parts)) {
        for (size_t id = 0; id < m_parts.vocabulary.size(); ++id)
            m_longestPiece = std::max(m_longestPiece, m_parts.vocabulary.token(id).size());
    }

    std::string kind() const override { return "WordPiece"; }

    void save(const std::filesystem::path& folder) const override {
        writeWordPieceFiles(folder, m_parts, contextLength());
    }

  protected:
    void encodePart(std::string_view part, std::vector<int64_t>& ids) const override {
        std::vector<std::string_view> words;
        splitLikeBert(part, words);
        std::string buffer;
        for (const std::string_view word : words) {
            const size_t before = ids.size();
            if (cut(word, buffer, ids)) continue;
            ids.resize(before);
            ids.push_back(frame().unknown.id);
        }
    }

  private:
    /// Appends the pieces of a word; false where it cannot be cut to its end.
    bool cut(std::string_view word, std::string& buffer, std::vector<int64_t>& ids) const {
        if (word.size() > m_parts.longestWord &&
            static_cast<size_t>(std::ranges::count_if(word, beginsCharacter)) > m_parts.longestWord)
            return false;
        // The prefix is written over what is done already, so that each piece stands there with it.
        const size_t shift = m_parts.prefix.size();
        buffer.assign(m_parts.prefix).append(word);
        for (size_t begin = 0; begin < word.size();) {
            if (begin > 0) buffer.replace(begin, shift, m_parts.prefix);
            const size_t first = begin > 0 ? begin : shift;
            size_t end = std::min(buffer.size(), first + m_longestPiece);
            while (end < buffer.size() && !beginsCharacter(buffer[end]))
                --end;
            int32_t id = -1;
            while (end > begin + shift) {
                id = m_parts.vocabulary.find(std::string_view(buffer).substr(first, end - first));
                if (id >= 0) break;
                do
                    --end;
                while (end > begin + shift && !beginsCharacter(buffer[end]));
            }
            if (id < 0) return false;
            ids.push_back(id);
            begin = end - shift;
        }
        return true;
    }

    WordPieceParts m_parts;
    size_t m_longestPiece = 0;  // in bytes, with its prefix
};

}  // namespace

std::shared_ptr<const Tokenizer> makeWordPieceTokenizer(WordPieceParts parts, const TokenizerConfig& config) {
    return std::make_shared<WordPieceTokenizer>(std::move(parts), config);
}

}  // namespace diagonal
