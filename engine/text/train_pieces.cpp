// SPDX-License-Identifier: Apache-2.0
#include "engine/text/train_pieces.h"

#include <sentencepiece_trainer.h>

#include <unordered_map>

#include "engine/base/error.h"
#include "engine/text/clean_text.h"

namespace diagonal {

namespace {

/// SentencePiece leaves out what is longer, bytes.
constexpr size_t kLongestSentence = 4000;

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
std::vector<std::string> trainingSentences(const std::vector<std::string>& captions, TextCleaning cleaning) {
    std::vector<std::string> sentences;
    sentences.reserve(captions.size());
    for (const auto& caption : captions) {
        std::string text = cleanText(caption, cleaning);
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

std::unordered_map<std::string, std::string> trainerOptions(int vocabularySize, const char* coverage, bool hasEnd) {
    return {{"model_type", "unigram"},
            {"normalization_rule_name", "nmt_nfkc_cf"},
            {"vocab_size", std::to_string(vocabularySize)},
            {"hard_vocab_limit", "false"},
            {"character_coverage", coverage},
            {"pad_id", "0"},
            {"unk_id", "1"},
            {"bos_id", "-1"},
            {"eos_id", hasEnd ? "2" : "-1"},
            // Capitals never come out of the normalisation, so no text can spell these two.
            {"pad_piece", "<PAD>"},
            {"unk_piece", "<UNK>"},
            {"num_threads", "1"},  // sums in a fixed order: equal captions give equal files
            {"minloglevel", "3"}};
}

}  // namespace

std::string trainPieces(const std::vector<std::string>& captions, int vocabularySize, TextCleaning cleaning,
                        bool hasEnd) {
    const auto sentences = trainingSentences(captions, cleaning);
    if (sentences.empty()) throw Error("captions", "hold no text", "A tokenizer is trained on their words");
    // A vocabulary must hold the characters that are covered: with few pieces rare ones are left out, as far as
    // SentencePiece allows it.
    std::string problem;
    for (const char* coverage : {"0.9995", "0.99", "0.98"}) {
        Sentences iterator(sentences);
        std::string bytes;
        const auto status = sentencepiece::SentencePieceTrainer::Train(trainerOptions(vocabularySize, coverage, hasEnd),
                                                                       &iterator, &bytes);
        if (status.ok()) return bytes;
        problem = status.ToString();
    }
    if (problem.find("required_chars") != std::string::npos)
        throw Error("vocabulary",
                    std::to_string(vocabularySize) + " pieces are too few for the characters of the captions",
                    "Choose a larger vocabulary");
    throw Error("captions", "no tokenizer can be trained on them: " + problem);
}

}  // namespace diagonal
