// SPDX-License-Identifier: Apache-2.0
#include "training/checks/module_case.h"

#include <cmath>
#include <memory>

#include "engine/base/libtorch.h"

namespace diagonal {

namespace {

using torch::Tensor;

/// Draws weights as they are after training: gains are not 1, biases not 0.
class DrawnWeights : public Weights {
  public:
    explicit DrawnWeights(TensorList& to) : m_to(to) {}

    Tensor take(const std::string& name, at::IntArrayRef shape, Init init) override {
        Tensor tensor = torch::randn(shape, torch::kDouble);
        if (shape.size() > 1)
            tensor *= std::sqrt(static_cast<double>(shape[0]) / static_cast<double>(tensor.numel()));
        else
            tensor = (init.kind == Init::Kind::Value ? init.number : 0) + 0.3 * tensor;
        if (name.ends_with("running_var")) tensor = tensor.abs() + 0.5;
        if (name.ends_with("num_batches_tracked")) tensor.zero_();
        m_to.push_back(tensor.set_requires_grad(!isStatistic(name)));
        return tensor.detach();
    }

  private:
    TensorList& m_to;
};

/// Hands out tensors in their order.
class GivenWeights : public Weights {
  public:
    GivenWeights(const TensorList& from, size_t first) : m_from(from), m_next(first) {}

    Tensor take(const std::string&, at::IntArrayRef, Init) override { return m_from.at(m_next++); }

  private:
    const TensorList& m_from;
    size_t m_next;
};

}  // namespace

Tensor drawn(at::IntArrayRef shape) {
    return torch::randn(shape, torch::kDouble).set_requires_grad(true);
}

OperationCase moduleCase(TensorList inputs, const BuildModule& build, Computation reference) {
    const size_t own = inputs.size();
    DrawnWeights drawing(inputs);
    build(Scope(drawing, "module."));
    // Built once for the tensors that it is asked to run with: a benchmark times the layer alone.
    struct Built {
        Tensor weight;
        Computation run;
    };
    const auto built = std::make_shared<Built>();
    const auto run = [own, build, built](const TensorList& given) {
        if (!built->run || !built->weight.is_same(given[own])) {
            GivenWeights weights(given, own);
            *built = {given[own], build(Scope(weights))};
        }
        return built->run(given);
    };
    return {std::move(inputs), run, std::move(reference)};
}

}  // namespace diagonal
