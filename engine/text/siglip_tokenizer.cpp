// SPDX-License-Identifier: Apache-2.0
#include "engine/text/siglip_tokenizer.h"

#include <sentencepiece_processor.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/text/clean_text.h"
#include "engine/text/hugging_face_files.h"
#include "engine/text/train_pieces.h"

namespace diagonal {

namespace {

constexpr std::string_view kSpaceMark = "\u2581";

std::string replaceAll(std::string_view text, std::string_view what, std::string_view with) {
    std::string out;
    while (true) {
        const size_t at = text.find(what);
        out += text.substr(0, at);
        if (at == std::string_view::npos) return out;
        out += with;
        text.remove_prefix(at + what.size());
    }
}

/// Hugging Face marks the beginning of each word unless a mark is there; SentencePiece marks spaces, and the beginning.
std::string markWords(const std::string& text) {
    if (text.find(kSpaceMark) == std::string::npos) return text;
    std::string out = replaceAll(replaceAll(text, " \u2581", kSpaceMark), " ", kSpaceMark);
    if (out.starts_with(kSpaceMark)) out.erase(0, kSpaceMark.size());
    return out;
}

class SiglipTokenizer : public Tokenizer {
  public:
    SiglipTokenizer(std::string bytes, SentencePieceModel model, const std::string& padding,
                    const TokenizerConfig& config, const std::string& source)
        : m_bytes(std::move(bytes)), m_model(std::move(model)), m_config(config) {
        const auto status = m_processor.LoadFromSerializedProto(m_bytes);
        if (!status.ok()) throw Error(source, "is no SentencePiece model that can be read: " + status.ToString());
        if (static_cast<size_t>(m_processor.GetPieceSize()) != m_model.pieces.size())
            throw Error(source, "is damaged: its pieces cannot be counted");
        m_end = find(m_model.endPiece, source);
        m_unknown = m_processor.unk_id();
        const std::string& fallback = m_model.isBpe ? m_model.paddingPiece : m_model.endPiece;
        m_padding = find(padding.empty() ? fallback : padding, source);
        m_unknownLength = pieces(unknownPiece()).size();
        findSpecials();
    }

    std::string kind() const override { return "SentencePiece"; }
    int vocabularySize() const override { return m_processor.GetPieceSize(); }
    int contextLength() const override { return m_config.contextLength; }

    std::vector<int64_t> encode(std::string_view text) const override {
        std::vector<int64_t> ids;
        if (m_config.cleaning != TextCleaning::HuggingFace) {
            const std::string clean = cleanText(text, m_config.cleaning);
            addPieces(m_model.isBpe ? clean : markWords(clean), 0, ids);
        } else if (m_model.isBpe) {
            encodeParts(text, ids, [&](std::string_view part) { addPieces(lowerEachCharacter(part), 0, ids); });
        } else {
            encodeLikeSiglip(text, ids);
            if (!ids.empty() && ids.back() == m_end) return ids;  // typed; transformers adds no second one
        }
        ids.push_back(m_end);
        return ids;
    }

    void save(const std::filesystem::path& folder) const override {
        writeFile(folder / "spiece.model", m_bytes);
        writeHuggingFaceFiles(folder, m_model,
                              {.start = std::nullopt,
                               .end = static_cast<size_t>(m_end),
                               .padding = static_cast<size_t>(m_padding),
                               .unknown = static_cast<size_t>(m_unknown)},
                              m_config.contextLength);
    }

  protected:
    Padding padding() const override { return {.id = m_padding, .toContext = m_config.padToContext}; }

  private:
    int find(const std::string& piece, const std::string& source) const {
        const auto found = std::ranges::find(m_model.pieces, piece, &Piece::text);
        if (found == m_model.pieces.end()) throw Error(source, "is a SentencePiece model without the piece " + piece);
        return static_cast<int>(found - m_model.pieces.begin());
    }

    void findSpecials() {
        if (!m_model.isBpe) {
            m_specials = {m_end, m_unknown};
            return;
        }
        for (size_t id = 0; id < m_model.pieces.size(); ++id) {
            const Piece& piece = m_model.pieces[id];
            const bool isSpecial = piece.type == PieceType::Control || piece.type == PieceType::Unknown;
            if (isSpecial && piece.text.starts_with('<') && piece.text.ends_with('>'))
                m_specials.push_back(static_cast<int>(id));
        }
    }

    const std::string& unknownPiece() const { return m_model.pieces[static_cast<size_t>(m_unknown)].text; }

    std::vector<int> pieces(std::string_view text) const {
        std::vector<int> ids;
        const auto status = m_processor.Encode({text.data(), text.size()}, &ids);
        if (!status.ok()) throw Error("text", "cannot be split into tokens: " + status.ToString());
        return ids;
    }

    /// Appends a text's pieces without the first ones.
    void addPieces(std::string_view text, size_t without, std::vector<int64_t>& ids) const {
        const std::vector<int> all = pieces(text);
        if (all.size() > without) ids.insert(ids.end(), all.begin() + static_cast<ptrdiff_t>(without), all.end());
    }

    /// In transformers the names of special tokens count as they are typed. `encodePart` gets what is between them.
    template <class EncodePart>
    void encodeParts(std::string_view text, std::vector<int64_t>& ids, const EncodePart& encodePart) const {
        while (true) {
            size_t at = std::string_view::npos, length = 0;
            int id = 0;
            for (const int special : m_specials) {
                const std::string_view name = m_model.pieces[static_cast<size_t>(special)].text;
                if (const size_t place = text.substr(0, at).find(name); place < at) {
                    at = place;
                    length = name.size();
                    id = special;
                }
            }
            if (at != 0) encodePart(text.substr(0, at));
            if (at == std::string_view::npos) return;
            ids.push_back(id);
            text.remove_prefix(at + length);
        }
    }

    /// transformers' SiglipTokenizer splits a text behind the name of the unknown token, whose pieces it drops.
    void encodeLikeSiglip(std::string_view text, std::vector<int64_t>& ids) const {
        const std::string marked = std::string(kSpaceMark) + replaceAll(text, kSpaceMark, " ");
        encodeParts(marked, ids, [&](std::string_view part) {
            addPieces(unknownPiece() + canonicalizeLikeSiglip(part), m_unknownLength, ids);
        });
    }

    std::string m_bytes;
    SentencePieceModel m_model;
    TokenizerConfig m_config;
    sentencepiece::SentencePieceProcessor m_processor;
    int m_end = 0, m_unknown = 0, m_padding = 0;
    size_t m_unknownLength = 0;
    std::vector<int> m_specials;  // pieces whose names Hugging Face looks for in texts
};

}  // namespace

std::shared_ptr<const Tokenizer> makeSiglipTokenizer(std::string bytes, SentencePieceModel model,
                                                     const std::string& padding, const TokenizerConfig& config,
                                                     const std::string& source) {
    return std::make_shared<SiglipTokenizer>(std::move(bytes), std::move(model), padding, config, source);
}

std::shared_ptr<const Tokenizer> trainSiglipTokenizer(const std::vector<std::string>& captions, int vocabularySize,
                                                      int contextLength, const std::stop_token& stop) {
    const std::string source = "the trained tokenizer";
    std::string bytes = trainPieces(captions, vocabularySize, TextCleaning::Canonicalize, /*hasEnd=*/true, stop);
    SentencePieceModel model = parseSentencePieceModel(bytes, source);
    const TokenizerConfig config{contextLength, static_cast<int>(model.pieces.size()), TextCleaning::Canonicalize,
                                 true};
    return makeSiglipTokenizer(std::move(bytes), std::move(model), {}, config, source);
}

}  // namespace diagonal
