// SPDX-License-Identifier: Apache-2.0
#include "engine/text/train_pieces.h"

#include <sentencepiece_trainer.h>

#include <unordered_map>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/job.h"
#include "engine/text/clean_text.h"

namespace diagonal {

namespace {

/// SentencePiece leaves out what is longer, bytes.
constexpr size_t kLongestSentence = 4000;

/// The captions cleaned, one after another, cut at spaces where they are longer than the trainer takes. None is kept,
/// and a request to stop ends them with an error status.
class Sentences : public sentencepiece::SentenceIterator {
  public:
    Sentences(const std::vector<std::string>& captions, TextCleaning cleaning, const std::stop_token& stop)
        : m_captions(captions), m_cleaning(cleaning), m_stop(stop) {
        advance();
    }
    bool done() const override { return m_isDone; }
    void Next() override { advance(); }
    const std::string& value() const override { return m_sentence; }
    sentencepiece::util::Status status() const override {
        if (!m_stop.stop_requested()) return {};
        return {sentencepiece::util::StatusCode::kCancelled, "stopped"};
    }

  private:
    void advance() {
        while (!m_stop.stop_requested()) {
            const size_t space = m_rest.size() > kLongestSentence ? m_rest.rfind(' ', kLongestSentence) : 0;
            if (space != std::string::npos && space > 0) {
                m_sentence = m_rest.substr(0, space);
                m_rest.erase(0, space + 1);
                return;
            }
            m_sentence = std::exchange(m_rest, {});
            if (m_sentence.find_first_not_of(" \t\r\n\f") != std::string::npos) return;
            if (m_next == m_captions.size()) break;
            m_rest = cleanText(m_captions[m_next++], m_cleaning);
        }
        m_isDone = true;
    }

    const std::vector<std::string>& m_captions;
    TextCleaning m_cleaning;
    std::stop_token m_stop;
    size_t m_next = 0;
    std::string m_rest;  ///< of a caption, behind the sentence
    std::string m_sentence;
    bool m_isDone = false;
};

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
            {"num_threads", "1"},  // each number gives sums in another order, and other files
            {"minloglevel", "3"}};
}

}  // namespace

std::string trainPieces(const std::vector<std::string>& captions, int vocabularySize, TextCleaning cleaning,
                        bool hasEnd, const std::stop_token& stop) {
    // A vocabulary must hold the characters that are covered: with few pieces rare ones are left out, as far as
    // SentencePiece allows it.
    std::string problem;
    for (const char* coverage : {"0.9995", "0.99", "0.98"}) {
        Sentences iterator(captions, cleaning, stop);
        if (stop.stop_requested()) throw Cancelled();
        if (iterator.done()) throw Error("captions", "hold no text", "A tokenizer is trained on their words");
        std::string bytes;
        const auto status = sentencepiece::SentencePieceTrainer::Train(trainerOptions(vocabularySize, coverage, hasEnd),
                                                                       &iterator, &bytes);
        if (stop.stop_requested()) throw Cancelled();
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
