// SPDX-License-Identifier: Apache-2.0
#include "engine/text/fairseq_tokenizer.h"

#include "engine/text/chars_map.h"
#include "engine/text/fairseq_files.h"
#include "engine/text/framed_tokenizer.h"
#include "engine/text/unicode.h"
#include "engine/text/unigram.h"

namespace diagonal {

namespace {

constexpr std::string_view kWordMark = "\u2581";

Unigram makeUnigram(const std::vector<Piece>& pieces) {
    std::vector<Unigram::Entry> entries;
    entries.reserve(pieces.size());
    for (const Piece& piece : pieces)
        entries.push_back({piece.text, piece.score});
    return {entries, kFairseqUnknown};
}

class FairseqTokenizer : public FramedTokenizer {
  public:
    FairseqTokenizer(FairseqParts parts, const TokenizerConfig& config)
        : FramedTokenizer(parts.frame, parts.pieces.size(), config,
                          [map = CharsMap(parts.charsMap)](std::string_view text) { return map.normalize(text); }),
          m_parts(std::move(parts)),
          m_unigram(makeUnigram(m_parts.pieces)) {}

    std::string kind() const override { return "SentencePiece with fairseq's ids"; }

    void save(const std::filesystem::path& folder) const override {
        writeFairseqFiles(folder, m_parts, contextLength());
    }

  protected:
    void encodePart(std::string_view part, std::vector<int64_t>& ids) const override {
        Unigram::Scratch scratch;
        std::string word;
        const auto endWord = [&](std::string_view text) {
            if (text.empty()) return;
            word.clear();
            if (!text.starts_with(kWordMark)) word = kWordMark;
            word += text;
            // A mark that is typed inside a word begins another one.
            std::string_view rest = word;
            while (!rest.empty()) {
                const std::string_view piece = rest.substr(0, rest.find(kWordMark, kWordMark.size()));
                m_unigram.encode(piece, scratch, ids);
                rest.remove_prefix(piece.size());
            }
        };
        size_t begin = 0;
        for (size_t at = 0; at < part.size();) {
            const size_t here = at;
            if (!isWhiteSpace(nextCharacter(part, at))) continue;
            endWord(part.substr(begin, here - begin));
            begin = at;
        }
        endWord(part.substr(begin));
    }

  private:
    FairseqParts m_parts;
    Unigram m_unigram;
};

}  // namespace

std::shared_ptr<const Tokenizer> makeFairseqTokenizer(FairseqParts parts, const TokenizerConfig& config) {
    return std::make_shared<FairseqTokenizer>(std::move(parts), config);
}

}  // namespace diagonal
