// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/recompute.h"

#include <ATen/autocast_mode.h>

#include <utility>
#include <vector>

#include "engine/base/libtorch.h"

namespace diagonal {

using torch::Tensor;

namespace {

thread_local bool isInRecomputation = false;

/// Autocast as it was when the object was made, on a device's kind.
class KeptAutocast {
  public:
    explicit KeptAutocast(torch::DeviceType device)
        : m_device(device), m_enabled(at::autocast::is_autocast_enabled(device)) {
        if (m_enabled) m_type = at::autocast::get_autocast_dtype(device);
    }

    void enter() {
        m_before = at::autocast::is_autocast_enabled(m_device);
        at::autocast::set_autocast_enabled(m_device, m_enabled);
        if (!m_enabled) return;
        at::autocast::set_autocast_dtype(m_device, m_type);
        at::autocast::increment_nesting();
    }
    void leave() {
        if (m_enabled && at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
        at::autocast::set_autocast_enabled(m_device, m_before);
    }

  private:
    torch::DeviceType m_device;
    bool m_enabled, m_before = false;
    torch::ScalarType m_type = torch::kFloat;
};

struct KeptPart : torch::CustomClassHolder {
    KeptPart(TowerPart run, std::vector<Tensor> read, torch::DeviceType device)
        : part(std::move(run)), weights(std::move(read)), autocast(device) {}

    /// With a graph, as the first time.
    Tensor again(const Tensor& x) {
        const torch::AutoGradMode records(true);
        const bool outer = std::exchange(isInRecomputation, true);
        autocast.enter();
        try {
            Tensor y = part(x);
            autocast.leave();
            isInRecomputation = outer;
            return y;
        } catch (...) {
            autocast.leave();
            isInRecomputation = outer;
            throw;
        }
    }

    TowerPart part;
    std::vector<Tensor> weights;
    KeptAutocast autocast;
};

/// Weights are inputs: the outer graph adds to their gradients as it would without.
struct Recomputed : torch::autograd::Function<Recomputed> {
    static Tensor forward(torch::autograd::AutogradContext* context, const c10::intrusive_ptr<KeptPart>& kept,
                          const Tensor& x, at::TensorList /*weights*/) {
        context->save_for_backward({x});
        context->saved_data["part"] = c10::IValue::make_capsule(kept);
        return kept->part(x);
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   const torch::autograd::variable_list& gradients) {
        const auto capsule = context->saved_data.at("part").toCapsule();
        auto& kept = static_cast<KeptPart&>(*capsule);
        const Tensor saved = context->get_saved_variables()[0];
        const Tensor x = saved.detach().requires_grad_(saved.requires_grad());
        const Tensor y = kept.again(x);
        std::vector<Tensor> wanted;
        if (x.requires_grad()) wanted.push_back(x);
        for (const Tensor& weight : kept.weights)
            if (weight.requires_grad()) wanted.push_back(weight);
        const auto found = torch::autograd::grad({y}, wanted, {gradients[0]}, /*retain_graph=*/std::nullopt,
                                                 /*create_graph=*/false, /*allow_unused=*/true);
        size_t next = 0;
        torch::autograd::variable_list results = {Tensor(), x.requires_grad() ? found[next++] : Tensor()};
        for (const Tensor& weight : kept.weights)
            results.push_back(weight.requires_grad() ? found[next++] : Tensor());
        return results;
    }
};

}  // namespace

bool isRecomputing() {
    return isInRecomputation;
}

Tensor recomputed(const Tensor& x, const std::vector<Tensor>& weights, TowerPart part) {
    if (!torch::GradMode::is_enabled()) return part(x);
    return Recomputed::apply(c10::make_intrusive<KeptPart>(std::move(part), weights, x.device().type()), x,
                             at::TensorList(weights));
}

}  // namespace diagonal
