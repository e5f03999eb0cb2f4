// SPDX-License-Identifier: Apache-2.0
#include "engine/text/sentencepiece_tokenizer.h"

#include <sentencepiece_processor.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/text/clean_text.h"
#include "engine/text/hugging_face_files.h"
#include "engine/text/sentencepiece_model.h"
#include "engine/text/train_pieces.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr const char* kModelFile = "spiece.model";
constexpr int kPadding = 0;
constexpr int kUnknown = 1;

class SentencePieceTokenizer : public Tokenizer {
  public:
    SentencePieceTokenizer(std::string bytes, SentencePieceModel model, int contextLength, const std::string& source)
        : m_bytes(std::move(bytes)), m_model(std::move(model)), m_contextLength(contextLength) {
        const auto status = m_processor.LoadFromSerializedProto(m_bytes);
        if (!status.ok()) throw Error(source, "is no SentencePiece model that can be read: " + status.ToString());
        if (m_processor.pad_id() != kPadding || m_processor.unk_id() != kUnknown ||
            static_cast<size_t>(m_processor.GetPieceSize()) != m_model.pieces.size())
            throw Error(source, "is a SentencePiece model of another kind: padding must be piece 0, unknown piece 1");
    }

    std::string kind() const override { return "SentencePiece"; }
    int vocabularySize() const override { return m_processor.GetPieceSize() + 2; }
    int contextLength() const override { return m_contextLength; }

    std::vector<int64_t> encode(std::string_view text) const override {
        std::vector<int> pieces;
        const std::string clean = cleanText(text, TextCleaning::Whitespace);
        const auto status = m_processor.Encode(clean, &pieces);
        if (!status.ok()) throw Error("text", "cannot be split into tokens: " + status.ToString());
        std::vector<int64_t> ids;
        ids.reserve(pieces.size() + 2);
        ids.push_back(m_processor.GetPieceSize());
        ids.insert(ids.end(), pieces.begin(), pieces.end());
        ids.push_back(m_processor.GetPieceSize() + 1);
        return ids;
    }

    void save(const fs::path& folder) const override {
        writeFile(folder / kModelFile, m_bytes);
        const size_t start = m_model.pieces.size();
        writeHuggingFaceFiles(folder, m_model,
                              {.start = start, .end = start + 1, .padding = kPadding, .unknown = kUnknown},
                              m_contextLength);
    }

  private:
    std::string m_bytes;
    SentencePieceModel m_model;
    int m_contextLength;
    sentencepiece::SentencePieceProcessor m_processor;
};

}  // namespace

std::shared_ptr<const Tokenizer> makeSentencePieceTokenizer(std::string bytes, SentencePieceModel model,
                                                            int contextLength, const std::string& source) {
    return std::make_shared<SentencePieceTokenizer>(std::move(bytes), std::move(model), contextLength, source);
}

std::shared_ptr<const Tokenizer> trainSentencePieceTokenizer(const std::vector<std::string>& captions,
                                                             int vocabularySize, int contextLength,
                                                             const std::stop_token& stop) {
    const std::string source = "the trained tokenizer";
    std::string bytes = trainPieces(captions, vocabularySize, TextCleaning::Whitespace, /*hasEnd=*/false, stop);
    SentencePieceModel model = parseSentencePieceModel(bytes, source);
    return makeSentencePieceTokenizer(std::move(bytes), std::move(model), contextLength, source);
}

}  // namespace diagonal
