// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "engine/base/libtorch.h"
#include "engine/parts/positions.h"
#include "training/trainer/part_options.h"
#include "training/trainer/training_run.h"
#include "training/trainer/tuning.h"

namespace diagonal {

namespace {

/// In the computer's memory: a device has no room for two of them.
NamedParameters copied(const NamedParameters& tensors) {
    NamedParameters copies;
    for (const auto& [name, tensor] : tensors)
        copies.emplace_back(
            name, tensor.detach().to(torch::kCPU, tensor.scalar_type(), /*non_blocking=*/false, /*copy=*/true));
    return copies;
}

NamedParameters weightsOf(const DualEncoder& model) {
    NamedParameters weights;
    for (const auto& item : model.named_parameters())
        weights.emplace_back(item.key(), item.value());
    for (const auto& item : model.named_buffers())
        weights.emplace_back(item.key(), item.value());
    return weights;
}

/// Of the step for a model of another size: positions that are trained beside an average are interpolated as the
/// average's are; moments of positions begin anew.
std::map<std::string, torch::Tensor> resizedState(const NamedParameters& before, const NamedParameters& fresh,
                                                  const ClipConfig& config) {
    std::map<std::string, torch::Tensor> state(before.begin(), before.end());
    for (const auto& [name, tensor] : fresh) {
        const auto old = state.find(name);
        if (old == state.end() || old->second.sizes() == tensor.sizes()) continue;
        old->second = name.starts_with("weights/") ? resizedPositions(old->second, config) : tensor;
    }
    return state;
}

}  // namespace

bool TrainingRun::isEndOfStage(int64_t step) const {
    return std::ranges::any_of(m_setup.stages,
                               [&](const Stage& stage) { return endOf(stage, m_setup.totalSteps) == step; });
}

/// A longer run may have left its stage already: none comes twice.
void TrainingRun::enterDueStage() {
    const auto due = static_cast<int64_t>(stageAt(m_setup.stages, m_state.step, m_setup.totalSteps));
    if (due <= m_state.stage) return;
    enterStage(due);
    if (m_state.bestStep >= 0) m_log.say("what was best in the stage before counts no more");
    m_state.bestStep = -1;
    m_state.plateau.forgetLosses();  // smaller pictures have other losses
}

void TrainingRun::enterStage(int64_t number) {
    tryEndSaving();  // it reads the model's configuration
    m_state.stage = number;
    const Stage& stage = m_setup.stages.at(static_cast<size_t>(number));
    DualEncoder& model = *m_setup.bundle.model;
    m_step->average().swap();  // as in a checkpoint: the model is the average
    const NamedParameters before = copied(m_step->state());
    const bool hasAverage = m_step->average().isEnabled();
    m_step.reset();
    resizeModel(m_setup.bundle, stage.imageSize);
    std::vector<torch::Tensor> weights;  // other processors interpolate with other last bits
    for (const auto& [name, weight] : weightsOf(model))
        weights.push_back(weight);
    m_world->takeFirst(weights);
    const NamedParameters average = hasAverage ? copied(weightsOf(model)) : NamedParameters();
    m_step.emplace(m_setup.bundle.model, stepOptions(m_setup));
    {
        const AveragedScope averaged(m_step->average());
        const torch::NoGradGuard noGrad;
        auto now = weightsOf(model);
        for (size_t i = 0; i < average.size(); ++i)
            now[i].second.copy_(average[i].second);
        m_step->load(resizedState(before, m_step->state(), model.config()), "--stages");
    }
    m_step->forgetNorms();  // another size has others
    if (m_state.microBatch > 0) m_step->setMicroBatch(m_state.microBatch);
    beInStage();
}

void TrainingRun::beInStage() {
    if (m_setup.stages.empty()) return;
    m_state.stage = std::min(m_state.stage, static_cast<int64_t>(m_setup.stages.size()) - 1);
    const Stage& stage = m_setup.stages[static_cast<size_t>(m_state.stage)];
    m_setup.bundle.model->setPatchDropout(stage.patchDropout);
    const std::string dropout = stage.patchDropout > 0 ? ", " + std::to_string(std::lround(100 * stage.patchDropout)) +
                                                             " % of their patches left out"
                                                       : "";
    m_log.say("stage " + std::to_string(m_state.stage + 1) + " of " + std::to_string(m_setup.stages.size()) +
              ", until step " + std::to_string(endOf(stage, m_setup.totalSteps)) + ": pictures of " +
              std::to_string(stage.imageSize) + " px" + dropout);
}

}  // namespace diagonal
