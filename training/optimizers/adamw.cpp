// SPDX-License-Identifier: Apache-2.0
#include "training/optimizers/adamw.h"

#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "training/optimizers/layer_decay.h"
#include "training/optimizers/model_parts.h"
#include "training/optimizers/rounded_adamw.h"

namespace diagonal {

bool isDecayed(const std::string& name, const torch::Tensor& parameter) {
    const auto has = [&](const char* part) { return name.find(part) != std::string::npos; };
    return parameter.dim() >= 2 && !has("bn") && !has("ln") && !has("bias") && !has("logit_scale");
}

namespace {

double rateOf(const std::string& name, const AdamWOptions& options) {
    if (isOfLogits(name)) return 1;
    if (options.headRate > 0 && isHead(name)) return options.headRate;
    return isOfImage(name) ? options.imageRate : options.textRate;
}

}  // namespace

AdamW::AdamW(const NamedParameters& parameters, const AdamWOptions& options) : m_options(options) {
    const LayerDecay layers(parameters, options.imageLayerDecay, options.textLayerDecay);
    for (const auto& [name, parameter] : parameters) {
        if (!parameter.requires_grad()) continue;
        const bool isHalf = parameter.scalar_type() == torch::kBFloat16;
        Group& group = groupFor(isDecayed(name, parameter) ? options.weightDecay : 0,
                                rateOf(name, options) * layers.shareOf(name), isHalf || options.halfStates);
        const auto moment = options.halfStates ? torch::kBFloat16 : isHalf ? torch::kFloat : parameter.scalar_type();
        group.names.push_back(name);
        group.parameters.push_back(parameter);
        group.averages.push_back(torch::zeros_like(parameter.detach(), moment));
        group.squareAverages.push_back(torch::zeros_like(parameter.detach(), moment));
        if (!m_step.defined()) m_step = torch::zeros({}, parameter.options().dtype(torch::kFloat).requires_grad(false));
    }
    TORCH_CHECK(m_step.defined(), "there is nothing to optimise");
}

AdamW::Group& AdamW::groupFor(double weightDecay, double rate, bool isRounded) {
    for (Group& group : m_groups)
        if (group.weightDecay == weightDecay && group.rate == rate && group.isRounded == isRounded) return group;
    m_groups.push_back({weightDecay, rate, isRounded, {}, {}, {}, {}});
    return m_groups.back();
}

void AdamW::zeroGradients() {
    for (auto& group : m_groups)
        for (auto& parameter : group.parameters)
            parameter.mutable_grad().reset();
}

std::vector<torch::Tensor> AdamW::gradients(const Group& group) {
    std::vector<torch::Tensor> all;
    all.reserve(group.parameters.size());
    for (const auto& parameter : group.parameters) {
        auto gradient = parameter.grad();
        if (!gradient.defined()) {
            const auto type = parameter.grad_dtype().value_or(parameter.scalar_type());
            gradient = torch::zeros_like(parameter.detach(), type);
            parameter.mutable_grad() = gradient;
        } else if (gradient.strides() != parameter.strides()) {  // the fused kernel walks both in storage order
            gradient = torch::empty_like(parameter.detach(), gradient.scalar_type()).copy_(gradient);
            parameter.mutable_grad() = gradient;
        }
        all.push_back(gradient);
    }
    return all;
}

std::vector<torch::Tensor> AdamW::gradients() {
    std::vector<torch::Tensor> all;
    for (const auto& group : m_groups) {
        const auto part = gradients(group);
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

void AdamW::step(double learningRate, const torch::Tensor& refused) {
    const torch::NoGradGuard noGrad;
    m_step.add_(1);
    for (auto& group : m_groups) {
        if (group.isRounded) {
            roundedStep(group, learningRate, refused);
            continue;
        }
        const std::vector<torch::Tensor> steps(group.parameters.size(), m_step);
        at::_fused_adamw_(group.parameters, gradients(group), group.averages, group.squareAverages, {}, steps,
                          learningRate * group.rate, m_options.beta1, m_options.beta2, group.weightDecay,
                          m_options.epsilon,
                          /*amsgrad=*/false, /*maximize=*/false, /*grad_scale=*/std::nullopt,
                          refused.defined() ? std::optional(refused) : std::nullopt);
    }
    if (refused.defined()) m_step.sub_(refused);
}

void AdamW::roundedStep(const Group& group, double learningRate, const torch::Tensor& refused) const {
    const AdamWRates rates = {learningRate * group.rate, m_options.beta1, m_options.beta2, m_options.epsilon,
                              group.weightDecay};
    const auto slopes = gradients(group);
    for (size_t i = 0; i < group.names.size(); ++i)
        roundedAdamW(group.names[i], {group.parameters[i], slopes[i], group.averages[i], group.squareAverages[i]},
                     rates, m_options.seed, m_step, refused);
}

NamedParameters AdamW::state() const {
    NamedParameters state = {{"step", m_step}};
    for (const auto& group : m_groups)
        for (size_t i = 0; i < group.names.size(); ++i) {
            state.emplace_back("exp_avg/" + group.names[i], group.averages[i]);
            state.emplace_back("exp_avg_sq/" + group.names[i], group.squareAverages[i]);
        }
    return state;
}

void AdamW::load(const std::map<std::string, torch::Tensor>& state, const std::string& source) {
    const torch::NoGradGuard noGrad;
    for (const auto& [name, mine] : this->state()) {
        const auto found = state.find(name);
        if (found == state.end()) throw Error(source, "holds no tensor " + name, "Resume from another checkpoint.");
        if (found->second.sizes() != mine.sizes())
            throw Error(source, "the shape of tensor " + name + " does not fit the model",
                        "Resume from another checkpoint.");
        auto target = mine;
        target.copy_(found->second);
    }
}

}  // namespace diagonal
