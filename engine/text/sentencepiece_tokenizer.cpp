// SPDX-License-Identifier: Apache-2.0
#include "engine/text/sentencepiece_tokenizer.h"

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <unordered_map>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/text/clean_text.h"
#include "engine/text/hugging_face_files.h"
#include "engine/text/sentencepiece_model.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr const char* kModelFile = "spiece.model";
constexpr int kPadding = 0;
constexpr int kUnknown = 1;
/// SentencePiece leaves out what is longer, bytes.
constexpr size_t kLongestSentence = 4000;

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

class Sentences : public sentencepiece::SentenceIterator {
  public:
    explicit Sentences(const std::vector<std::string>& texts) : m_texts(texts) {}
    bool done() const override { return m_next >= m_texts.size(); }
    void Next() override { ++m_next; }
    const std::string& value() const override { return m_texts[m_next]; }
    sentencepiece::util::Status status() const override { return {}; }

  private:
    const std::vector<std::string>& m_texts;
    size_t m_next = 0;
};

/// Cleaned, and cut at spaces where they are longer than the trainer takes.
std::vector<std::string> trainingSentences(const std::vector<std::string>& captions) {
    std::vector<std::string> sentences;
    sentences.reserve(captions.size());
    for (const auto& caption : captions) {
        std::string text = cleanText(caption, TextCleaning::Whitespace);
        while (text.size() > kLongestSentence) {
            const size_t space = text.rfind(' ', kLongestSentence);
            if (space == std::string::npos || space == 0) break;
            sentences.push_back(text.substr(0, space));
            text.erase(0, space + 1);
        }
        if (text.find_first_not_of(" \t\r\n\f") != std::string::npos) sentences.push_back(std::move(text));
    }
    return sentences;
}

std::unordered_map<std::string, std::string> trainerOptions(int vocabularySize, const char* coverage) {
    return {{"model_type", "unigram"},
            {"normalization_rule_name", "nmt_nfkc_cf"},
            {"vocab_size", std::to_string(vocabularySize)},
            {"hard_vocab_limit", "false"},
            {"character_coverage", coverage},
            {"pad_id", std::to_string(kPadding)},
            {"unk_id", std::to_string(kUnknown)},
            {"bos_id", "-1"},
            {"eos_id", "-1"},
            // Capitals never come out of the normalisation, so no text can spell these two.
            {"pad_piece", "<PAD>"},
            {"unk_piece", "<UNK>"},
            {"num_threads", "1"},  // sums in a fixed order: equal captions give equal files
            {"minloglevel", "3"}};
}

}  // namespace

std::shared_ptr<const Tokenizer> makeSentencePieceTokenizer(std::string bytes, SentencePieceModel model,
                                                            int contextLength, const std::string& source) {
    return std::make_shared<SentencePieceTokenizer>(std::move(bytes), std::move(model), contextLength, source);
}

std::shared_ptr<const Tokenizer> trainSentencePieceTokenizer(const std::vector<std::string>& captions,
                                                             int vocabularySize, int contextLength) {
    const auto sentences = trainingSentences(captions);
    if (sentences.empty()) throw Error("captions", "hold no text", "A tokenizer is trained on their words");
    // A vocabulary must hold the characters that are covered: with few pieces rare ones are left out, as far as
    // SentencePiece allows it.
    std::string problem;
    for (const char* coverage : {"0.9995", "0.99", "0.98"}) {
        Sentences iterator(sentences);
        std::string bytes;
        const auto status =
            sentencepiece::SentencePieceTrainer::Train(trainerOptions(vocabularySize, coverage), &iterator, &bytes);
        if (status.ok()) {
            const std::string source = "the trained tokenizer";
            SentencePieceModel model = parseSentencePieceModel(bytes, source);
            return makeSentencePieceTokenizer(std::move(bytes), std::move(model), contextLength, source);
        }
        problem = status.ToString();
    }
    if (problem.find("required_chars") != std::string::npos)
        throw Error("vocabulary",
                    std::to_string(vocabularySize) + " pieces are too few for the characters of the captions",
                    "Choose a larger vocabulary");
    throw Error("captions", "no tokenizer can be trained on them: " + problem);
}

}  // namespace diagonal
