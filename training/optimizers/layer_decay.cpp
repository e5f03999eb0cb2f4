// SPDX-License-Identifier: Apache-2.0
#include "training/optimizers/layer_decay.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "training/optimizers/model_parts.h"

namespace diagonal {

namespace {

/// The number that follows the first of these in the name, or -1.
int numberBehind(std::string_view name, std::string_view before) {
    const auto found = name.find(before);
    if (found == std::string_view::npos) return -1;
    int number = 0;
    const auto digits = name.substr(found + before.size());
    for (const char digit : digits.substr(0, digits.find('.')))
        number = 10 * number + digit - '0';
    return number;
}

/// From 0, or -1 where the parameter is in no block: of a transformer, or a ResNet's stage.
int blockOf(std::string_view name) {
    const int block = numberBehind(name, "transformer.resblocks.");
    return block >= 0 || !name.starts_with("visual.layer") ? block : numberBehind(name, "visual.layer") - 1;
}

/// The norm behind the last block.
bool isLastNorm(std::string_view name) {
    return name.starts_with("visual.ln_post.") || name.starts_with("text.ln_final.");
}

}  // namespace

LayerDecay::LayerDecay(const NamedParameters& parameters, double image, double text)
    : m_image{.decay = image}, m_text{.decay = text} {
    for (const auto& [name, parameter] : parameters) {
        Tower& tower = isOfImage(name) ? m_image : m_text;
        tower.blocks = std::max(tower.blocks, blockOf(name) + 1);
    }
}

const LayerDecay::Tower& LayerDecay::towerOf(const std::string& name) const {
    return isOfImage(name) ? m_image : m_text;
}

double LayerDecay::shareOf(const std::string& name) const {
    const Tower& tower = towerOf(name);
    if (isOfLogits(name) || isHead(name)) return 1;
    // The embeddings are layer 0, the blocks 1 to `blocks`, the head the one above.
    const int layer = isLastNorm(name) ? tower.blocks : blockOf(name) + 1;
    return std::pow(tower.decay, tower.blocks + 1 - layer);
}

}  // namespace diagonal
