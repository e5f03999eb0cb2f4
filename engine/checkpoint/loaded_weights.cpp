// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/loaded_weights.h"

#include <sstream>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"

namespace diagonal {

using torch::Tensor;

namespace {

constexpr const char* kRemedy = "The weights do not fit the model's configuration";

}  // namespace

LoadedWeights::LoadedWeights(StateDict state, Loading loading, std::string file, JobContext job)
    : m_state(std::move(state)), m_loading(loading), m_file(std::move(file)), m_job(std::move(job)) {
    for (const auto& [name, tensor] : m_state.tensors)
        m_total += static_cast<int64_t>(tensor.nbytes());
}

Tensor LoadedWeights::load(const Tensor& stored) const {
    if (m_loading == Loading::Checked) return stored.to(torch::kMeta);
    if (m_loading == Loading::Mapped && stored.scalar_type() == torch::kFloat) return stored;
    const Tensor copy = torch::empty(stored.sizes(), torch::kFloat).copy_(stored);
    m_state.release(stored);
    return copy;
}

Tensor LoadedWeights::take(const std::string& name, at::IntArrayRef shape, Init init) {
    const auto found = m_state.tensors.find(name);
    if (found == m_state.tensors.end()) {
        if (name.ends_with(".num_batches_tracked")) return torch::full(shape, init.number);
        throw Error(m_file, "tensor \"" + name + "\" is missing", kRemedy);
    }
    Tensor stored = std::move(found->second);
    m_state.tensors.erase(found);
    if (shape.empty() && stored.numel() == 1) stored = stored.reshape({});
    if (stored.sizes() != shape) {
        std::ostringstream problem;
        problem << "tensor \"" << name << "\" has the shape " << stored.sizes() << ", the model needs " << shape;
        throw Error(m_file, problem.str(), kRemedy);
    }
    m_job.throwIfStopped();
    m_done += static_cast<int64_t>(stored.nbytes());
    Tensor loaded = load(stored);
    m_job.progress(m_done, m_total);
    return loaded;
}

void LoadedWeights::finish() const {
    if (!m_state.tensors.empty())
        throw Error(m_file, "tensor \"" + m_state.tensors.begin()->first + "\" is not part of the model", kRemedy);
}

}  // namespace diagonal
