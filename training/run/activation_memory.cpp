// SPDX-License-Identifier: Apache-2.0
#include "training/run/activation_memory.h"

#include <algorithm>

#include "engine/parts/cost.h"

namespace diagonal {

namespace {

/// Bytes of a number: in products and activations, and in what the layer norms keep of the residual stream.
struct Widths {
    double product = 4, stream = 4;
};

Widths widthsOf(const TowerUse& use, bool isImage) {
    // Patches leave the convolution narrow, and all that follows is; token embeddings are fp32.
    if (!use.half) return {};
    return {2, isImage && !use.onGpu ? 2.0 : 4.0};
}

struct Blocks {
    double tokens = 0, width = 0, hidden = 0;
    int layers = 0, heads = 0;
    bool quick = false;   ///< QuickGELU keeps its sigmoid as well
    bool packed = false;  ///< attention of each length apart, joined again
    bool pooled = true;   ///< the last block is computed at one position
};

/// What the gradient of one block needs: the inputs of both norms, what they give, queries, keys and values, what was
/// attended, and the hidden layer before and after its activation.
double blockBytes(const Blocks& blocks, const Widths& widths) {
    const double products = (blocks.packed ? 7 : 6) * blocks.width + (blocks.quick ? 3 : 2) * blocks.hidden;
    return blocks.tokens * (2 * blocks.width * widths.stream + products * widths.product + 4.0 * blocks.heads);
}

/// A block at one position: its input and what the norm makes of it, for all tokens; the rest is of one.
double pooledBytes(const Blocks& blocks, const Widths& widths) {
    const double ofOne = 6 * blocks.width + (blocks.quick ? 3 : 2) * blocks.hidden + 2.0 * blocks.heads * blocks.width;
    return blocks.tokens * blocks.width * (widths.stream + widths.product) + ofOne * widths.product;
}

TowerMemory blocksMemory(const Blocks& blocks, const Widths& widths, bool recomputes) {
    const double input = blocks.tokens * blocks.width * widths.stream, one = blockBytes(blocks, widths);
    const double last = blocks.pooled ? pooledBytes(blocks, widths) : one;
    TowerMemory memory;
    // The gradients of the hidden layer and of the stream.
    memory.around = blocks.tokens * (2 * blocks.hidden * widths.product + 2 * blocks.width * widths.stream);
    memory.forward =
        blocks.tokens * ((blocks.quick ? 4 : 2) * blocks.hidden * widths.product + 3 * blocks.width * widths.stream);
    if (recomputes) {
        memory.kept = blocks.layers * input;
        memory.around += one;
    } else {
        memory.kept = (blocks.layers - 1) * one + last;
    }
    return memory;
}

TowerMemory visionMemory(const ClipConfig& config, const VitConfig& vit, double patches, const TowerUse& use) {
    const Widths widths = widthsOf(use, true);
    const double grid = gridSize(config), pixels = 3.0 * config.imageSize * config.imageSize;
    Blocks blocks;
    blocks.tokens = 1 + grid * grid * patches;
    blocks.width = vit.width;
    blocks.hidden = hiddenWidth(vit.width, vit.mlpRatio);
    blocks.layers = vit.layers;
    blocks.heads = vit.width / vit.headWidth;
    blocks.quick = config.imageActivation == Activation::QuickGelu;
    TowerMemory memory = blocksMemory(blocks, widths, use.recomputes);
    memory.kept += pixels * widths.product + blocks.tokens * vit.width * widths.stream;  // conv1's and ln_pre's input
    memory.forward =
        std::max(memory.forward, (grid * grid + blocks.tokens) * vit.width * widths.product) + pixels * widths.product;
    return memory;
}

TowerMemory visionMemory(const ClipConfig& config, const SiglipVitConfig& vit, double patches, const TowerUse& use) {
    const Widths widths = widthsOf(use, true);
    const double grid = gridSize(config), pixels = 3.0 * config.imageSize * config.imageSize;
    Blocks blocks;
    blocks.tokens = grid * grid * patches;
    blocks.width = vit.width;
    blocks.hidden = hiddenWidth(vit.width, vit.mlpRatio);
    blocks.layers = vit.layers;
    blocks.heads = vit.heads;
    blocks.quick = config.imageActivation == Activation::QuickGelu;
    blocks.pooled = false;
    TowerMemory memory = blocksMemory(blocks, widths, use.recomputes);
    memory.kept += pixels * widths.product + pooledBytes(blocks, widths);  // the head's, of what ln_post makes
    memory.forward = std::max(memory.forward, 2 * grid * grid * vit.width * widths.product) + pixels * widths.product;
    return memory;
}

/// Each batch norm keeps its input, each rectifier its output, which the next convolution shares.
TowerMemory visionMemory(const ClipConfig& config, const ModifiedResNetConfig& net, double /*patches*/,
                         const TowerUse& use) {
    const double bytes = use.half ? 2 : 4, pixels = 3.0 * config.imageSize * config.imageSize;
    double side = config.imageSize / 2.0, in = net.width;
    const double stem = 4 * in * side * side;  // two of half the width, one of all
    TowerMemory memory;
    double whole = pixels + stem, inputs = pixels;
    double fullest = pixels + 2 * stem;  // where a part is computed again: it, its gradients, and what comes before it
    side /= 2;
    whole += in * side * side;
    for (size_t stage = 0; stage < net.layers.size(); ++stage) {
        const double planes = static_cast<double>(net.width << stage), out = 4 * planes;
        for (int layer = 0; layer < net.layers[stage]; ++layer) {
            const bool strides = layer == 0 && stage > 0;
            const double before = side * side;
            inputs += in * before;
            if (strides) side /= 2;
            const double after = side * side;
            const double block = 4 * planes * before + (strides ? planes * after + in * after : 0) + 2 * out * after +
                                 (layer == 0 ? out * after : 0);
            whole += block;
            fullest = std::max(fullest, inputs + 2 * block);
            in = out;
        }
    }
    const double pool = 5 * in * (side * side + 1);
    memory.kept = bytes * (use.recomputes ? inputs + pool : whole + pool);
    memory.around = use.recomputes ? std::max(0.0, bytes * fullest - memory.kept) : bytes * 2 * in * side * side;
    memory.forward = bytes * (2 * pixels + 2.5 * net.width * config.imageSize * config.imageSize / 4);
    return memory;
}

/// Of other towers, by the sizes of what their operations make of one image: an upper bound.
TowerMemory countedMemory(const ClipConfig& config, const TowerUse& use) {
    const double bytes = use.half ? 2 : 4, pixels = 3.0 * config.imageSize * config.imageSize;
    const ActivationCount count = countedActivations(config.vision, config);
    TowerMemory memory;
    memory.kept = bytes * (pixels + static_cast<double>(count.sum));
    memory.around = bytes * 2 * static_cast<double>(count.largest);
    memory.forward = bytes * (pixels + 3 * static_cast<double>(count.largest));
    return memory;
}

}  // namespace

TowerMemory imageTowerMemory(const ClipConfig& config, double patches, const TowerUse& use) {
    if (const auto* vit = config.vision.as<VitConfig>()) return visionMemory(config, *vit, patches, use);
    if (const auto* siglip = config.vision.as<SiglipVitConfig>()) return visionMemory(config, *siglip, patches, use);
    if (const auto* net = config.vision.as<ModifiedResNetConfig>()) return visionMemory(config, *net, patches, use);
    return countedMemory(config, use);
}

TowerMemory textTowerMemory(const ClipConfig& config, double tokens, const TowerUse& use) {
    const TextConfig& text = config.text;
    const Widths widths = widthsOf(use, false);
    Blocks blocks;
    blocks.tokens = tokens;
    blocks.width = text.width;
    blocks.hidden = hiddenWidth(text.width, text.mlpRatio);
    blocks.layers = text.layers;
    blocks.heads = text.heads;
    blocks.quick = config.textActivation == Activation::QuickGelu;
    blocks.packed = text.causal && !use.onGpu;
    if (text.isCbow()) return {tokens * text.width * 4.0, 0, tokens * text.width * 8.0};
    return blocksMemory(blocks, widths, use.recomputes);
}

}  // namespace diagonal
