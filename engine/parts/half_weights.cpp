// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/half_weights.h"

#include <ATen/autocast_mode.h>

#include "engine/base/libtorch.h"

namespace diagonal {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

struct Widen : torch::autograd::Function<Widen> {
    static Tensor forward(AutogradContext* /*context*/, const Tensor& weight, torch::ScalarType type) {
        return weight.to(type);
    }
    static variable_list backward(AutogradContext* /*context*/, const variable_list& gradients) {
        return {gradients[0], Tensor()};
    }
};

struct LinearOfHalf : torch::autograd::Function<LinearOfHalf> {
    static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight, const Tensor& bias) {
        context->save_for_backward({x, weight});
        return torch::linear(x, weight.to(x.scalar_type()), bias);
    }
    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const auto saved = context->get_saved_variables();
        const Tensor &x = saved[0], &weight = saved[1], &gradient = gradients[0];
        const Tensor rows = gradient.reshape({-1, gradient.size(-1)});
        variable_list results(3);
        if (context->needs_input_grad(0)) results[0] = gradient.matmul(weight.to(x.scalar_type()));
        if (context->needs_input_grad(1)) results[1] = rows.t().mm(x.reshape({-1, x.size(-1)}));
        if (context->needs_input_grad(2)) results[2] = rows.sum(0);
        return results;
    }
};

struct RowsOfHalf : torch::autograd::Function<RowsOfHalf> {
    static Tensor forward(AutogradContext* context, const Tensor& table, const Tensor& ids, torch::ScalarType type) {
        context->save_for_backward({ids});
        context->saved_data["rows"] = table.size(0);
        return torch::embedding(table, ids).to(type);
    }
    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const Tensor ids = context->get_saved_variables()[0];
        const int64_t rows = context->saved_data.at("rows").toInt();
        return {at::embedding_dense_backward(gradients[0], ids, rows, -1, false), Tensor(), Tensor()};
    }
};

}  // namespace

Tensor widened(const Tensor& weight, const Tensor& x) {
    if (weight.scalar_type() == x.scalar_type() || at::autocast::is_autocast_enabled(x.device().type())) return weight;
    return Widen::apply(weight, x.scalar_type());
}

Tensor widenedTo(torch::ScalarType type, const Tensor& weight) {
    return weight.scalar_type() == type ? weight : Tensor(Widen::apply(weight, type));
}

Tensor linearOfHalf(const Tensor& x, const Tensor& weight, const Tensor& bias) {
    if (at::autocast::is_autocast_enabled(x.device().type())) return torch::linear(x, weight, bias);
    return LinearOfHalf::apply(x, weight, bias);
}

Tensor embeddingRows(const Tensor& table, const Tensor& ids, torch::ScalarType type) {
    return table.scalar_type() == type ? torch::embedding(table, ids) : Tensor(RowsOfHalf::apply(table, ids, type));
}

}  // namespace diagonal
