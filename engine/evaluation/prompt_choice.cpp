// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/prompt_choice.h"

#include "engine/base/libtorch.h"

namespace diagonal {

namespace {

/// Ensembles of templates, whose scores are sums of their templates' scores over the length of their summed prompts.
class Ensembles {
  public:
    Ensembles(const torch::Tensor& features, const std::vector<int>& truth, torch::Tensor prompts)
        : m_prompts(std::move(prompts)), m_truth(torch::tensor(truth, torch::kInt).to(torch::kLong)) {
        for (int64_t t = 0; t < m_prompts.size(0); ++t)
            m_scores.push_back(features.mm(m_prompts[t].t()));
        clear();
    }

    size_t count() const { return m_scores.size(); }
    void clear() {
        m_sum = torch::zeros_like(m_prompts[0]);
        m_sumOfScores = torch::zeros_like(m_scores.front());
    }
    void add(size_t number) {
        m_sum = m_sum + m_prompts[static_cast<int64_t>(number)];
        m_sumOfScores = m_sumOfScores + m_scores[number];
    }
    /// Of what was added, and this one.
    double accuracyWith(size_t number) const {
        const auto length = (m_sum + m_prompts[static_cast<int64_t>(number)]).norm(2, 1);
        const auto scores = (m_sumOfScores + m_scores[number]) / length.unsqueeze(0);
        return (scores.argmax(1) == m_truth).to(torch::kDouble).mean().item<double>();
    }

  private:
    torch::Tensor m_prompts, m_truth, m_sum, m_sumOfScores;
    std::vector<torch::Tensor> m_scores;
};

}  // namespace

TemplateChoice chooseTemplates(const torch::Tensor& features, const std::vector<int>& truth,
                               const torch::Tensor& prompts, const JobContext& job) {
    const torch::NoGradGuard noGrad;
    Ensembles ensembles(features, truth, prompts);
    const auto total = static_cast<int64_t>(ensembles.count());
    TemplateChoice choice;
    for (size_t t = 0; t < ensembles.count(); ++t)
        choice.inOrder.push_back({.number = t, .alone = ensembles.accuracyWith(t)});
    for (TemplateScore& one : choice.inOrder) {
        job.throwIfStopped();
        one.withEarlier = ensembles.accuracyWith(one.number);
        ensembles.add(one.number);
    }
    ensembles.clear();
    std::vector<bool> isTaken(ensembles.count());
    double reached = -1;
    for (size_t step = 0; step < ensembles.count(); ++step) {
        double best = -1;
        size_t number = 0;
        for (size_t t = 0; t < ensembles.count(); ++t) {
            job.throwIfStopped();
            if (isTaken[t]) continue;
            const double accuracy = ensembles.accuracyWith(t);
            if (accuracy > best) {
                best = accuracy;
                number = t;
            }
        }
        if (best <= reached) break;
        reached = best;
        isTaken[number] = true;
        ensembles.add(number);
        choice.greedy.push_back({number, choice.inOrder[number].alone, best});
        job.progress(static_cast<int64_t>(step + 1), total);
    }
    return choice;
}

}  // namespace diagonal
