// SPDX-License-Identifier: Apache-2.0
#include "training/losses/contrastive.h"

#include <torch/torch.h>

namespace diagonal {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct InfoNce : torch::autograd::Function<InfoNce> {
    /// -> {total, image to text, text to image}; only total is differentiated.
    static variable_list forward(AutogradContext* context, const torch::Tensor& image, const torch::Tensor& text,
                                 const torch::Tensor& logScale, int64_t tileRows) {
        const int64_t n = image.size(0);
        const auto scaled = image * logScale.exp();
        const auto diagonal = (scaled * text).sum(1);
        std::vector<torch::Tensor> rowParts;
        torch::Tensor columns;
        for (int64_t begin = 0; begin < n; begin += tileRows) {
            const auto logits = scaled.narrow(0, begin, std::min(tileRows, n - begin)).mm(text.t());
            rowParts.push_back(logits.logsumexp(1));
            const auto part = logits.logsumexp(0);
            columns = columns.defined() ? torch::logaddexp(columns, part) : part;
        }
        const auto rows = rowParts.size() == 1 ? rowParts.front() : torch::cat(rowParts);
        const auto imageToText = (rows - diagonal).mean();
        const auto textToImage = (columns - diagonal).mean();
        context->save_for_backward({image, text, logScale, rows, columns});
        context->saved_data["tileRows"] = tileRows;
        context->mark_non_differentiable({imageToText, textToImage});
        return {(imageToText + textToImage) / 2, imageToText, textToImage};
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const auto saved = context->get_saved_variables();
        const auto &image = saved[0], &text = saved[1], &logScale = saved[2], &rows = saved[3], &columns = saved[4];
        const int64_t n = image.size(0), tileRows = context->saved_data["tileRows"].toInt();
        const auto scaled = image * logScale.exp();
        const auto factor = gradients[0] / (2.0 * static_cast<double>(n));
        std::vector<torch::Tensor> imageParts;
        auto textGradient = torch::zeros_like(text);
        for (int64_t begin = 0; begin < n; begin += tileRows) {
            const int64_t count = std::min(tileRows, n - begin);
            const auto part = scaled.narrow(0, begin, count);
            const auto logits = part.mm(text.t());
            // d loss / d logits = (softmax over the row + softmax over the column - 2 on the diagonal) / 2n
            auto slope = (logits - rows.narrow(0, begin, count).unsqueeze(1)).exp_();
            slope.add_((logits - columns.unsqueeze(0)).exp_());
            slope.diagonal(begin).sub_(2);
            slope.mul_(factor);
            imageParts.push_back(slope.mm(text));
            textGradient.addmm_(slope.t(), part);
        }
        auto imageGradient = imageParts.size() == 1 ? imageParts.front() : torch::cat(imageParts);
        // The logits are linear in the scaled images: d loss / d ln scale = <d loss / d scaled, scaled>.
        const auto scaleGradient = (imageGradient * scaled).sum();
        imageGradient.mul_(logScale.exp());
        return {imageGradient, textGradient, scaleGradient.reshape_as(logScale), torch::Tensor()};
    }
};

}  // namespace

LossTerms ContrastiveLoss::operator()(const torch::Tensor& image, const torch::Tensor& text,
                                      const torch::Tensor& logScale) const {
    TORCH_CHECK(image.dim() == 2 && image.sizes() == text.sizes(), "features must be [n, d] and of one shape");
    const auto terms =
        InfoNce::apply(image.to(torch::kFloat), text.to(torch::kFloat), logScale.to(torch::kFloat), m_tileRows);
    return {terms[0], terms[1], terms[2]};
}

}  // namespace diagonal
