// SPDX-License-Identifier: Apache-2.0
#include "training/losses/loss.h"

#include <cmath>
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

}  // namespace

MakeCase loss(const std::string& name, double labelSmoothing) {
    return [=](const Sizes& s) -> OperationCase {
        const std::shared_ptr<Loss> function = makeLoss(name, {.labelSmoothing = labelSmoothing, .tile = s.length});
        const int64_t n = s.batch;
        const auto unit = [&] { return dense::unitRows(torch::randn({n, s.width}, torch::kDouble)).requires_grad_(); };
        const auto number = [](double value) { return torch::full({}, value, torch::kDouble).requires_grad_(); };
        const auto ids = [n] { return torch::randint(0, std::max<int64_t>(2, n / 2), {n}, torch::kLong); };
        return {{unit(), unit(), number(std::log(10.0)), number(-3), ids(), ids()},
                [=](const TensorList& in) -> TensorList {
                    const auto terms =
                        (*function)({in[0], in[1], in[2], function->needsBias() ? in[3] : Tensor(), in[4], in[5]});
                    return {terms.total, terms.imageToText, terms.textToImage};
                },
                [=](const TensorList& in) { return denseLoss(name, labelSmoothing, in); }};
    };
}

}  // namespace diagonal
