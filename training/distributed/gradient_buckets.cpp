// SPDX-License-Identifier: Apache-2.0
#include "training/distributed/gradient_buckets.h"

#include <algorithm>
#include <utility>

#include <torch/csrc/autograd/variable.h>

#include "engine/base/libtorch.h"

namespace diagonal {

using torch::Tensor;

namespace {

/// bf16 weights may have fp32 gradients.
torch::TensorOptions optionsOfGradient(const Tensor& parameter) {
    return parameter.options().dtype(parameter.grad_dtype().value_or(parameter.scalar_type())).requires_grad(false);
}

}  // namespace

class GradientBuckets::Hook : public torch::autograd::PostAccumulateGradHook {
  public:
    Hook(GradientBuckets& buckets, size_t bucket) : m_buckets(buckets), m_bucket(bucket) {}
    void operator()(const Tensor&) override { m_buckets.gradientIsReady(m_bucket); }

  private:
    GradientBuckets& m_buckets;
    size_t m_bucket;
};

GradientBuckets::GradientBuckets(std::shared_ptr<World> world, std::vector<Tensor> parameters, size_t bytes)
    : m_world(std::move(world)) {
    // Backward goes the other way round. The scale and the bias of the logits belong to no layer: they come last.
    std::reverse(parameters.begin(), parameters.end());
    std::stable_partition(parameters.begin(), parameters.end(), [](const Tensor& one) { return one.dim() > 0; });
    size_t filled = 0;
    for (const Tensor& parameter : parameters) {
        const bool fits =
            !m_buckets.empty() && filled + parameter.nbytes() <= bytes &&
            optionsOfGradient(m_buckets.back().parameters[0]).dtype() == optionsOfGradient(parameter).dtype();
        if (!fits) {
            m_buckets.emplace_back();
            filled = 0;
        }
        m_buckets.back().parameters.push_back(parameter);
        filled += parameter.nbytes();
        torch::autograd::impl::set_post_acc_grad_hooks(parameter, std::make_unique<Hook>(*this, m_buckets.size() - 1));
    }
    // Once and for all: memory may be short when they are needed.
    for (Bucket& bucket : m_buckets) {
        int64_t count = 0;
        for (const Tensor& parameter : bucket.parameters)
            count += parameter.numel();
        bucket.sum = torch::empty({count}, optionsOfGradient(bucket.parameters[0]));
    }
}

GradientBuckets::~GradientBuckets() {
    for (const Bucket& bucket : m_buckets)
        for (const Tensor& parameter : bucket.parameters)
            torch::autograd::impl::set_post_acc_grad_hooks(parameter, nullptr);
}

void GradientBuckets::arm() {
    for (Bucket& bucket : m_buckets)
        bucket.waiting = bucket.parameters.size();
    m_isArmed = true;
}

void GradientBuckets::gradientIsReady(size_t bucket) {
    if (!m_isArmed) return;
    --m_buckets[bucket].waiting;
    for (; m_sent < m_buckets.size() && m_buckets[m_sent].waiting == 0; ++m_sent)
        send(m_buckets[m_sent]);
}

void GradientBuckets::send(Bucket& bucket) {
    const torch::NoGradGuard noGrad;
    int64_t at = 0;
    for (const Tensor& parameter : bucket.parameters) {
        const int64_t count = parameter.numel();
        Tensor place = bucket.sum.narrow(0, std::exchange(at, at + count), count);
        if (parameter.grad().defined())
            place.copy_(parameter.grad().reshape(-1));
        else
            place.zero_();
    }
    bucket.arrive = m_world->beginSum(bucket.sum);
}

void GradientBuckets::finish() {
    m_isArmed = false;
    for (; m_sent < m_buckets.size(); ++m_sent)
        send(m_buckets[m_sent]);
    m_sent = 0;
    const torch::NoGradGuard noGrad;
    for (Bucket& bucket : m_buckets) {
        std::exchange(bucket.arrive, nullptr)();
        int64_t at = 0;
        for (Tensor& parameter : bucket.parameters) {
            const int64_t count = parameter.numel();
            const Tensor sum = bucket.sum.narrow(0, std::exchange(at, at + count), count).view(parameter.sizes());
            Tensor& gradient = parameter.mutable_grad();
            if (gradient.defined())
                gradient.copy_(sum);
            else
                gradient = sum.clone();
        }
    }
}

}  // namespace diagonal
