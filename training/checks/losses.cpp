// SPDX-License-Identifier: Apache-2.0
#include "training/losses/distillation.h"
#include "training/losses/loss.h"

#include <cmath>
#include <limits>
#include <memory>

#include "engine/base/libtorch.h"
#include "training/checks/cases.h"
#include "training/checks/dense.h"

namespace diagonal {

namespace {

using torch::Tensor;

/// The loss as its paper writes it, from the whole matrix, without tiles and without gradients by hand.
TensorList denseLoss(const std::string& name, double smoothing, const TensorList& in) {
    const Tensor logits = in[2].exp() * in[0].matmul(in[1].t()) + (name == "sigmoid" ? in[3] : torch::zeros({}));
    const int64_t n = logits.size(0);
    const Tensor pairs = torch::eye(n, torch::kDouble);
    if (name == "sigmoid") {  // SigLIP (arXiv 2303.15343)
        const Tensor total = (1 + (-(2 * pairs - 1) * logits).exp()).log().sum() / n;
        return {total, total, total};
    }
    Tensor matches = pairs;
    if (name == "soft") {
        const auto equal = [](const Tensor& ids) { return ids.unsqueeze(1) == ids.unsqueeze(0); };
        matches = equal(in[4]).logical_or(equal(in[5])).to(torch::kDouble);
    }
    const Tensor wanted = (1 - smoothing) * matches / matches.sum(1, true) + smoothing / static_cast<double>(n);
    const auto crossEntropy = [&](const Tensor& of) {
        return -(wanted * (of - of.exp().sum(1, true).log())).sum() / n;
    };
    const Tensor rows = crossEntropy(logits), columns = crossEntropy(logits.t());
    return {(rows + columns) / 2, rows, columns};
}

/// Unit features [n, width] twice, ln of the scale, the bias.
TensorList drawnFeatures(const Sizes& s) {
    const auto unit = [&] {
        return dense::unitRows(torch::randn({s.batch, s.width}, torch::kDouble)).requires_grad_();
    };
    const auto number = [](double value) { return torch::full({}, value, torch::kDouble).requires_grad_(); };
    return {unit(), unit(), number(std::log(10.0)), number(-3)};
}

/// The divergences of the student from each teacher as MobileCLIP's paper writes them (arXiv 2311.17049).
Tensor denseDivergence(const Tensor& student, const Tensor& teachers, const DistillationOptions& options) {
    Tensor sum = torch::zeros({}, torch::kDouble);
    int64_t begin = 0;
    for (size_t i = 0; i < options.widths.size(); begin += options.widths[i++]) {
        const Tensor rows = teachers.narrow(2, begin, options.widths[i]);
        const Tensor teacher = options.logitScales[i] * rows.select(1, 0).matmul(rows.select(1, 1).t());
        for (const int64_t along : {0, 1}) {
            const auto softmax = [along](const Tensor& logits) { return logits.exp() / logits.exp().sum(along, true); };
            const Tensor p = softmax(teacher), q = softmax(student);
            sum = sum + (p * (p.log() - q.log())).sum() / student.size(0);
        }
    }
    return sum / (2.0 * static_cast<double>(options.widths.size()));
}

}  // namespace

MakeCase distilledLoss() {
    return [](const Sizes& s) -> OperationCase {
        const DistillationOptions options{0.7, {s.width, std::max<int64_t>(1, s.width / 2)}, {12, 20}};
        const auto function =
            std::make_shared<DistilledLoss>(makeLoss("contrastive", {.tile = s.length}), options, s.length);
        const auto rows = [n = s.batch](int64_t width) {
            return dense::unitRows(torch::randn({n, width}, torch::kDouble));
        };
        std::vector<Tensor> teachers;
        for (const int64_t width : options.widths)
            teachers.push_back(torch::stack({rows(width), rows(width)}, 1));
        return {{rows(s.width).requires_grad_(), rows(s.width).requires_grad_(),
                 torch::full({}, std::log(10.0), torch::kDouble).requires_grad_(), torch::cat(teachers, 2)},
                [=](const TensorList& in) -> TensorList {
                    LossInputs inputs{in[0], in[1], in[2]};
                    inputs.teachers = in[3];
                    const auto terms = (*function)(inputs);
                    return {terms.total, terms.distillation};
                },
                [=](const TensorList& in) -> TensorList {
                    const Tensor contrastive = denseLoss("contrastive", 0, in)[0];
                    const Tensor divergence = denseDivergence(in[2].exp() * in[0].matmul(in[1].t()), in[3], options);
                    return {(1 - options.weight) * contrastive + options.weight * divergence, divergence};
                }};
    };
}

MakeCase loss(const std::string& name, double labelSmoothing) {
    return [=](const Sizes& s) -> OperationCase {
        const std::shared_ptr<Loss> function = makeLoss(name, {.labelSmoothing = labelSmoothing, .tile = s.length});
        const int64_t n = s.batch;
        const auto ids = [n] { return torch::randint(0, std::max<int64_t>(2, n / 2), {n}, torch::kLong); };
        TensorList inputs = drawnFeatures(s);
        inputs.insert(inputs.end(), {ids(), ids()});
        return {inputs,
                [=](const TensorList& in) -> TensorList {
                    const auto terms =
                        (*function)({in[0], in[1], in[2], function->needsBias() ? in[3] : Tensor(), in[4], in[5]});
                    return {terms.total, terms.imageToText, terms.textToImage};
                },
                [=](const TensorList& in) { return denseLoss(name, labelSmoothing, in); }};
    };
}

MakeCase mutualLoss(bool targetGradient) {
    return [=](const Sizes& s) -> OperationCase {
        constexpr double kTargetTemperature = 0.3;
        const std::shared_ptr<Loss> function =
            makeLoss("mutual", {.tile = s.length,
                                .targetTemperature = targetGradient ? 0 : kTargetTemperature,
                                .targetGradient = targetGradient});
        const auto longer = [](const Tensor& unit) { return (2.5 * unit).detach().requires_grad_(); };
        const TensorList drawn = drawnFeatures(s);
        return {{longer(drawn[0]), longer(drawn[1]), torch::full({}, 0.3, torch::kDouble).requires_grad_()},
                [=](const TensorList& in) -> TensorList {
                    const auto terms = (*function)({in[0], in[1], in[2]});
                    return {terms.total, terms.imageToText, terms.textToImage};
                },
                [=](const TensorList& in) -> TensorList {
                    const Tensor logits = in[2].exp() * in[0].matmul(in[1].t());
                    const Tensor alike = (in[0].matmul(in[0].t()) + in[1].matmul(in[1].t())) / 2;
                    Tensor wanted = (targetGradient ? alike / in[2].exp() : alike / kTargetTemperature).exp();
                    wanted = wanted / wanted.sum(0, true);  // of each caption over the pictures
                    if (!targetGradient) wanted = wanted.detach();
                    const auto crossEntropy = [&](int64_t along) {
                        return -(wanted * (logits - logits.exp().sum(along, true).log())).sum() / logits.size(0);
                    };
                    const Tensor rows = crossEntropy(1), columns = crossEntropy(0);
                    return {(rows + columns) / 2, rows, columns};
                }};
    };
}

namespace dense {

Tensor fastClip(const FastClipInputs& in, const Tensor& image, const Tensor& text, const Tensor& logScale) {
    const int64_t n = image.size(0);
    const Tensor wrong = 1 - torch::eye(n, torch::kDouble);
    const auto normalisers = [&](const Tensor& images, const Tensor& texts, const Tensor& scale) {
        const Tensor logits = scale * images.matmul(texts.t()), pairs = logits.diagonal();
        return torch::stack({((logits - pairs.unsqueeze(1)).exp() * wrong).sum(1),
                             ((logits - pairs.unsqueeze(0)).exp() * wrong).sum(0)}) /
               static_cast<double>(n - 1);
    };
    const Tensor scale = logScale.exp(), fixed = scale.detach();
    const Tensor newest = normalisers(image.detach(), text.detach(), fixed);
    const Tensor u = torch::where(in.u > 0, (1 - in.gamma) * in.u + in.gamma * newest, newest);
    const auto outer = [&](const Tensor& inner) { return (inner / (u + 1e-14)).sum(0).mean() / fixed; };
    return outer(normalisers(image, text, fixed)) / 2 + outer(normalisers(image.detach(), text.detach(), scale)) +
           (in.rho + u.log().sum(0).mean() / 2) / scale;
}

}  // namespace dense

MakeCase fastClipLoss() {
    return [](const Sizes& s) -> OperationCase {
        constexpr double kGamma = 0.3, kRho = 6.5;
        constexpr int64_t kEpoch = 1;  // gamma is at its end
        const int64_t n = s.batch, all = n + 3;
        TensorList inputs = drawnFeatures(s);
        Tensor logs = torch::randn({2, all}, torch::kDouble);
        logs.index_put_({torch::rand({2, all}) < 0.3}, -std::numeric_limits<double>::infinity());  // not met yet
        inputs.insert(inputs.end(), {torch::randperm(all).narrow(0, 0, n).clone(), logs});
        return {inputs,
                [=](const TensorList& in) -> TensorList {
                    const auto loss = makeLoss(
                        "fastclip", {.tile = s.length,
                                     .fastClip = {.gamma = kGamma, .decayEpochs = kEpoch, .rho = kRho, .samples = all},
                                     .device = in[0].device()});
                    loss->load({{"fastclip/log_u", in[5].detach()}}, "memory");
                    const auto terms =
                        (*loss)({.image = in[0], .text = in[1], .logScale = in[2], .samples = in[4], .epoch = kEpoch});
                    return {terms.total, terms.imageToText, terms.textToImage};
                },
                [=](const TensorList& in) -> TensorList {
                    const Tensor minimised =
                        dense::fastClip({in[5].index_select(1, in[4]).exp(), kGamma, kRho}, in[0], in[1], in[2]);
                    TensorList terms = denseLoss("contrastive", 0, in);
                    terms[0] = terms[0].detach() + minimised - minimised.detach();
                    return terms;
                }};
    };
}

}  // namespace diagonal
