// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

#include "engine/base/libtorch.h"
#include "training/checks/cases.h"
#include "training/checks/module_case.h"
#include "training/optimizers/adamw.h"
#include "training/optimizers/gradients.h"
#include "training/optimizers/loss_scale.h"
#include "training/optimizers/weight_average.h"

namespace diagonal {

namespace {

using torch::Tensor;

constexpr int kSteps = 3;
constexpr double kRate = 0.01;
constexpr double kDecay = 0.15;

/// A matrix, which is decayed, and a bias, which is not, each with a gradient.
TensorList drawnParameters(const Sizes& s) {
    const auto fixed = [](at::IntArrayRef shape) { return torch::randn(shape, torch::kDouble); };
    return {fixed({s.length, s.width}), fixed({s.width}), fixed({s.length, s.width}), fixed({s.width})};
}

/// The optimizer of the first two, which have the others as their gradients.
AdamW optimizerOf(const TensorList& in) {
    NamedParameters parameters = {{"weight", in[0]}, {"bias", in[1]}};
    for (size_t i = 0; i < 2; ++i) {
        parameters[i].second.requires_grad_();
        parameters[i].second.mutable_grad() = in[i + 2].clone();
    }
    return {parameters, {}};
}

TensorList gradientsOf(const TensorList& in) {
    return {in[0].grad(), in[1].grad()};
}

}  // namespace

MakeCase adamW() {
    return [](const Sizes& s) -> OperationCase {
        const auto optimizer = std::make_shared<std::optional<AdamW>>();  // made once: a benchmark times its steps
        const auto run = [optimizer](const TensorList& in) -> TensorList {
            if (!*optimizer) *optimizer = optimizerOf(in);
            for (int i = 0; i < kSteps; ++i)
                (*optimizer)->step(kRate);
            return {in[0].detach(), in[1].detach()};
        };
        const auto reference = [](const TensorList& in) -> TensorList {
            const AdamWOptions options;
            TensorList results;
            for (size_t i = 0; i < 2; ++i) {
                Tensor weight = in[i], mean = torch::zeros_like(weight), square = torch::zeros_like(weight);
                const Tensor& gradient = in[i + 2];
                for (int step = 1; step <= kSteps; ++step) {
                    mean = options.beta1 * mean + (1 - options.beta1) * gradient;
                    square = options.beta2 * square + (1 - options.beta2) * gradient * gradient;
                    const Tensor m = mean / (1 - std::pow(options.beta1, step)),
                                 v = square / (1 - std::pow(options.beta2, step));
                    weight = weight * (1 - (i == 0 ? kRate * options.weightDecay : 0)) -
                             kRate * m / (v.sqrt() + options.epsilon);
                }
                results.push_back(weight);
            }
            return results;
        };
        return {drawnParameters(s), run, reference};
    };
}

MakeCase refusedAdamW() {
    return [](const Sizes& s) -> OperationCase {
        const auto run = [](const TensorList& in) -> TensorList {
            AdamW optimizer = optimizerOf(in);
            optimizer.step(kRate, torch::ones({}, in[0].options().dtype(torch::kFloat).requires_grad(false)));
            TensorList results = {in[0].detach(), in[1].detach()};
            for (const auto& [name, tensor] : optimizer.state())
                results.push_back(tensor);
            return results;
        };
        const auto reference = [](const TensorList& in) -> TensorList {
            const auto zeros = [](const Tensor& like) { return torch::zeros_like(like); };
            return {in[0],        in[1],       torch::zeros({}, torch::kDouble), zeros(in[0]), zeros(in[0]),
                    zeros(in[1]), zeros(in[1])};
        };
        return {drawnParameters(s), run, reference};
    };
}

MakeCase gradientClip() {
    return [](const Sizes& s) -> OperationCase {
        const double largest = s.batch % 2 == 0 ? 1 : 1000;  // clipped, or as they are
        const auto run = [largest](const TensorList& in) -> TensorList {
            const Tensor norm = clipGradients(optimizerOf(in).gradients(), largest);
            const TensorList clipped = gradientsOf(in);
            return {norm, clipped[0], clipped[1]};
        };
        const auto reference = [largest](const TensorList& in) -> TensorList {
            const Tensor norm = (in[2].square().sum() + in[3].square().sum()).sqrt();
            const double factor = std::min(1.0, largest / (norm.item<double>() + 1e-6));
            return {norm, in[2] * factor, in[3] * factor};
        };
        return {drawnParameters(s), run, reference};
    };
}

MakeCase lossUnscaling() {
    return [](const Sizes& s) -> OperationCase {
        const auto run = [](const TensorList& in) -> TensorList {
            const torch::AutoGradMode grad(true);
            const LossScale scale(true);
            AdamW optimizer = optimizerOf(in);
            optimizer.zeroGradients();
            const Tensor loss = (in[0] * in[2]).sum() + (in[1] * in[3]).sum();
            (loss * scale.value()).backward();
            at::_foreach_mul_(optimizer.gradients(), 1 / scale.value());
            return gradientsOf(in);
        };
        return {drawnParameters(s), run, [](const TensorList& in) -> TensorList { return {in[2], in[3]}; }};
    };
}

MakeCase weightAverage() {
    return [](const Sizes& s) -> OperationCase {
        const auto run = [](const TensorList& in) -> TensorList {
            torch::nn::Module model;
            const Tensor weight = model.register_parameter("weight", in[0]);
            WeightAverage average(model, kDecay);
            const torch::NoGradGuard noGrad;
            for (int i = 0; i < kSteps; ++i) {
                weight.add_(in[2]);
                average.update(torch::zeros({}, weight.options()));
                average.count();
            }
            return {average.stored().front().second};
        };
        const auto reference = [](const TensorList& in) -> TensorList {
            Tensor average = in[0];
            for (int i = 0; i < kSteps; ++i) {
                const double decay = std::min(kDecay, (1.0 + i) / (10 + i));
                average = decay * average + (1 - decay) * (in[0] + (i + 1) * in[2]);
            }
            return {average};
        };
        return {drawnParameters(s), run, reference};
    };
}

}  // namespace diagonal
