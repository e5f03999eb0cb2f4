// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <memory>
#include <vector>

#include "engine/parts/config.h"
#include "engine/parts/weights.h"

namespace diagonal {

/// Of a side of the grid that relevance is mapped on: the last stage of a ResNet for small pictures has fewer.
inline constexpr int64_t kFewestCells = 4;

/// What a forward pass leaves behind for relevance maps: tensors that ask for a gradient, between the pixels and the
/// features.
struct ImageTrace {
    std::vector<torch::Tensor> attention;  ///< of each transformer block: probabilities [n, heads, tokens, tokens]
    int64_t tokensBefore = 0;              ///< the first patch: 1 where there is a class token
    bool averages = false;                 ///< the feature is the mean of the patches', else the class token's
    torch::Tensor pooling;                 ///< of an attention pool: probabilities [n, heads, 1, tokens]
    torch::Tensor featureMap;              ///< of a ResNet's last stage with kFewestCells: [n, channels, rows, columns]
};

/// An image tower: float [n, 3, size, size], normalised -> [n, width], the features that a head projects, or, where the
/// tower projects itself, [n, embed_dim], not yet of unit length.
class ImageTower : public torch::nn::Module {
  public:
    virtual torch::Tensor forward(const torch::Tensor& images) = 0;
    /// The same features, slower, with `trace` filled. In evaluation mode, with gradients on, which the weights need
    /// not ask for.
    virtual torch::Tensor forwardTraced(const torch::Tensor& images, ImageTrace& trace) = 0;
    /// See DualEncoder::setPatchDropout. False: the tower has no patches.
    virtual bool setPatchDropout(double /*share*/) { return false; }
    /// See DualEncoder::setGradCheckpointing.
    virtual void setGradCheckpointing(bool on) = 0;
    /// The tower without a head of its own.
    virtual torch::nn::Module& trunk() { return *this; }
    /// Of a tower with a head of its own: the features that the head projects, [n, width], and their projection.
    virtual torch::Tensor features(const torch::Tensor& images) { return forward(images); }
    virtual torch::Tensor projected(const torch::Tensor& features) const { return features; }
};

/// A random `1 - share` of the patches of each of n images, at least one: int64 [n, kept] (FLIP, Li et al., 2022;
/// open_clip's PatchDropout). Draws from torch's default generator.
torch::Tensor keptPatches(int64_t n, int64_t patches, double share, torch::Device device);

/// [n, patches, width] -> [n, kept, width]
torch::Tensor onlyPatches(const torch::Tensor& patches, const torch::Tensor& kept);

}  // namespace diagonal
