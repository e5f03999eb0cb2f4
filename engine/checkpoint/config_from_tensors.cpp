// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/config_from_tensors.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "engine/base/error.h"
#include "engine/checkpoint/layout.h"
#include "engine/checkpoint/presets.h"

namespace diagonal {

namespace {

constexpr int kHeadWidth = 64;

/// Reads shapes and refuses those that no model has, so that all arithmetic on them is safe.
class Shapes {
  public:
    Shapes(const Tensors& tensors, const std::string& file) : m_tensors(tensors), m_file(file) {}

    bool has(const std::string& name) const { return m_tensors.contains(name); }
    int size(const std::string& name, int64_t dimension, int64_t dimensions) const {
        const auto found = m_tensors.find(name);
        if (found == m_tensors.end()) throw Error(m_file, "tensor \"" + name + "\" is missing: not a whole CLIP model");
        const auto& tensor = found->second;
        if (tensor.dim() != dimensions || tensor.size(dimension) < 1 || tensor.size(dimension) > 4'000'000)
            throw Error(m_file, "tensor \"" + name + "\" has a shape that no CLIP model has");
        return static_cast<int>(tensor.size(dimension));
    }
    int layers(const std::string& prefix) const {
        const int count = countLayers(m_tensors, prefix);
        if (count < 1 || count > 200)
            throw Error(m_file, "\"" + prefix + "\" has " + std::to_string(count) + " blocks: not a CLIP model");
        return count;
    }
    /// Side of a square grid of `count` places.
    int side(int count, const char* what) const {
        const int side = static_cast<int>(std::lround(std::sqrt(static_cast<double>(count))));
        if (side < 1 || side * side != count) throw Error(m_file, std::string(what) + " are no square");
        return side;
    }

  private:
    const Tensors& m_tensors;
    const std::string& m_file;
};

int headsOf(int width) {
    return std::max(1, width % kHeadWidth == 0 ? width / kHeadWidth : 1);
}

double ratioOf(const Shapes& shapes, const std::string& blocks, int width) {
    return static_cast<double>(shapes.size(blocks + ".0.mlp.c_fc.weight", 0, 2)) / width;
}

void readVision(const Shapes& shapes, ClipConfig& config) {
    const std::string blocks = "visual.transformer.resblocks";
    if (shapes.has("visual.layer1.0.conv1.weight")) {
        ResNetConfig net;
        net.width = shapes.size("visual.layer1.0.conv1.weight", 0, 4);
        for (int stage = 0; stage < 4; ++stage)
            net.layers[static_cast<size_t>(stage)] = shapes.layers("visual.layer" + std::to_string(stage + 1));
        config.imageSize =
            32 * shapes.side(shapes.size("visual.attnpool.positional_embedding", 0, 2) - 1, "its image positions");
        net.headWidth = net.width * 32 % kHeadWidth == 0 ? kHeadWidth : net.width * 32;
        config.vision = net;
        return;
    }
    const int width = shapes.size("visual.conv1.weight", 0, 4), patch = shapes.size("visual.conv1.weight", 3, 4);
    const int positions = shapes.size("visual.positional_embedding", 0, 2);
    const bool siglip = shapes.has("visual.attn_pool.probe");
    config.imageSize = patch * shapes.side(siglip ? positions : positions - 1, "its image positions");
    const int layers = shapes.layers(blocks);
    const double ratio = ratioOf(shapes, blocks, width);
    if (siglip)
        config.vision = SiglipVitConfig{layers, width, headsOf(width), ratio, patch};
    else
        config.vision = VitConfig{layers, width, width / headsOf(width), ratio, patch};
}

void readText(const Shapes& shapes, ClipConfig& config) {
    TextConfig& text = config.text;
    text.vocabularySize = shapes.size("token_embedding.weight", 0, 2);
    text.width = shapes.size("token_embedding.weight", 1, 2);
    config.embedDim = shapes.size("text_projection", 1, 2);
    if (!shapes.has("positional_embedding")) {
        text.layers = text.heads = 0;
        return;
    }
    text.contextLength = shapes.size("positional_embedding", 0, 2);
    text.layers = shapes.layers("transformer.resblocks");
    text.heads = headsOf(text.width);
    text.mlpRatio = ratioOf(shapes, "transformer.resblocks", text.width);
    text.projectionBias = shapes.has("text_projection_bias");
}

}  // namespace

ClipConfig configFromTensors(const Tensors& tensors, const std::string& file) {
    const Shapes shapes(tensors, file);
    ClipConfig config;
    readText(shapes, config);
    readVision(shapes, config);
    config.logitBias = shapes.has("logit_bias");
    if (std::holds_alternative<SiglipVitConfig>(config.vision)) {
        config.text.causal = false;
        config.text.poolLast = true;
        config.text.epsilon = 1e-6;
    }
    const auto preset = presetWithShapesOf(config);
    return preset ? *preset : config;
}

}  // namespace diagonal
