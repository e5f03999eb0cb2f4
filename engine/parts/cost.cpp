// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/cost.h"

#include <ATen/record_function.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "engine/base/libtorch.h"
#include "engine/parts/dual_encoder.h"
#include "engine/parts/head.h"
#include "engine/parts/image_tower.h"
#include "engine/parts/text_kind.h"
#include "engine/parts/weights.h"

namespace diagonal {

namespace {

/// Counts what a model asks for; BatchNorm's statistics are no parameters.
class Counter : public MetaWeights {
  public:
    torch::Tensor take(const std::string& name, at::IntArrayRef shape, Init init) override {
        torch::Tensor tensor = MetaWeights::take(name, shape, init);
        const bool isImages = name.starts_with("visual."), isMatrix = shape.size() >= 2;
        if (!isStatistic(name)) (isImages ? image : rest) += tensor.numel();
        if (isMatrix && !isImages) matrices += tensor.numel();
        if (isMatrix && !isImages && isAppliedOnce(name)) projections += tensor.numel();
        if (isMatrix && isImages && isOwnHead(name)) imageHead += tensor.numel();
        return tensor;
    }
    int64_t image = 0, rest = 0, matrices = 0, projections = 0, imageHead = 0;

  private:
    /// To the feature of a text, not to its tokens.
    static bool isAppliedOnce(const std::string& name) {
        return name == "text.text_projection" || isOwnHead(name) || name.starts_with("text.pooler.");
    }
};

int64_t textFlops(const ClipConfig& config, int64_t projections) {
    const TextConfig& text = config.text;
    return blocksFlops(text.layers, text.contextLength + textKind(text).extraTokens(), text.width,
                       hiddenWidth(text.width, text.mlpRatio)) +
           2 * projections;
}

/// What operations are given and make, while this stands.
class OperationCounter {
  public:
    OperationCounter() {
        now = {};
        m_handle = at::addThreadLocalCallback(
            at::RecordFunctionCallback(&OperationCounter::countProducts, &OperationCounter::countMade)
                .needsInputs(true)
                .needsOutputs(true)
                .scopes({at::RecordScope::FUNCTION}));
    }
    ~OperationCounter() { at::removeCallback(m_handle); }
    OperationCounter(const OperationCounter&) = delete;
    OperationCounter& operator=(const OperationCounter&) = delete;

    struct Counts {
        int64_t flops = 0;  ///< of products with a matrix and convolutions
        ActivationCount activations;
    };
    Counts counts() const { return now; }

  private:
    static std::unique_ptr<at::ObserverContext> countProducts(const at::RecordFunction& call) {
        const std::string_view name = call.name();
        const auto inputs = call.inputs();
        const auto sizes = [&](size_t i) { return inputs[i].toTensor().sizes(); };
        if (name == "diagonal::product") {
            now.flops += inputs[0].toInt();
        } else if (name == "aten::mm" || name == "aten::bmm") {
            now.flops += 2 * c10::multiply_integers(sizes(0)) * sizes(1).back();
        } else if (name == "aten::addmm") {
            now.flops += 2 * c10::multiply_integers(sizes(1)) * sizes(2).back();
        }
        return nullptr;
    }

    /// Of operators within operators the innermost allocates; views make nothing.
    static void countMade(const at::RecordFunction& call, at::ObserverContext* /*context*/) {
        const std::string_view name = call.name();
        if (name != "aten::empty" && name != "aten::empty_strided" && name != "aten::empty_like") return;
        for (const auto& output : call.outputs())
            if (output.isTensor()) {
                now.activations.sum += output.toTensor().numel();
                now.activations.largest = std::max(now.activations.largest, output.toTensor().numel());
            }
    }

    static thread_local Counts now;
    at::CallbackHandle m_handle;
};

thread_local OperationCounter::Counts OperationCounter::now;

OperationCounter::Counts countedOperations(const ImageSpec& spec, const ClipConfig& config) {
    const c10::InferenceMode inference;
    MetaWeights weights;
    const auto tower = spec.build(Scope(weights), config);
    tower->eval();
    const OperationCounter counter;
    tower->forward(torch::empty({1, 3, config.imageSize, config.imageSize}, torch::kMeta));
    return counter.counts();
}

}  // namespace

int64_t linearFlops(int64_t tokens, int64_t in, int64_t out) {
    return 2 * tokens * in * out;
}

int64_t blocksFlops(int64_t count, int64_t tokens, int64_t width, int64_t hidden) {
    const int64_t attention =
        linearFlops(tokens, width, 3 * width) + 4 * tokens * tokens * width + linearFlops(tokens, width, width);
    return count * (attention + linearFlops(tokens, width, hidden) + linearFlops(tokens, hidden, width));
}

int64_t countedFlops(const ImageSpec& spec, const ClipConfig& config) {
    return countedOperations(spec, config).flops;
}

ActivationCount countedActivations(const ImageSpec& spec, const ClipConfig& config) {
    return countedOperations(spec, config).activations;
}

Cost costOf(const ClipConfig& config) {
    Counter counter;
    const DualEncoder model(config, counter);
    Cost cost;
    cost.imageParameters = counter.image;
    cost.textParameters = counter.rest - 1 - (config.logitBias ? 1 : 0);
    cost.textMatrices = counter.matrices;
    cost.parameters = counter.image + counter.rest;
    cost.imageFlops = config.vision.flops(config) + 2 * counter.imageHead;
    cost.textFlops = textFlops(config, counter.projections);
    return cost;
}

}  // namespace diagonal
