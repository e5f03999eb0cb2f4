// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "training/losses/loss.h"

namespace diagonal {

/// What a model learns from teachers whose embeddings come with the batch (LossInputs::teachers).
struct DistillationOptions {
    double weight = 0;                ///< share of the teachers' term in the loss; 0: there is none
    std::vector<int64_t> widths;      ///< numbers of each teacher's embeddings
    std::vector<double> logitScales;  ///< 1 / temperature of each
};

/// MobileCLIP's loss (Vasu et al., 2024, arXiv 2311.17049): (1 - weight) of another loss, and weight times the
/// Kullback-Leibler divergence of the student's softmax over the batch from each teacher's, over the texts of an image
/// and over the images of a text, the mean of both directions, of all rows and of all teachers. Its gradient is that of
/// open_clip.loss.DistillClipLoss, which leaves the entropy of the teacher in its value. Neither model's n x n logits
/// are ever there at once. The logit bias of a student cancels.
class DistilledLoss : public Loss {
  public:
    DistilledLoss(std::unique_ptr<Loss> loss, DistillationOptions options, int64_t tile);

    /// The directions are those of the other loss.
    LossTerms operator()(const LossInputs& inputs) override;
    bool needsBias() const override { return m_loss->needsBias(); }
    void keep(const torch::Tensor& refused) override { m_loss->keep(refused); }
    std::vector<std::pair<std::string, torch::Tensor>> state() const override { return m_loss->state(); }
    void load(const std::map<std::string, torch::Tensor>& state, const std::string& source) override {
        m_loss->load(state, source);
    }

  private:
    std::unique_ptr<Loss> m_loss;
    DistillationOptions m_options;
    int64_t m_tile;
};

}  // namespace diagonal
