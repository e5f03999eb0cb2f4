// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <memory>

#include "engine/model/config.h"
#include "engine/model/weights.h"

namespace diagonal {

/// An image tower: float [n, 3, size, size], normalised -> [n, embed_dim], not yet of unit length.
class ImageTower : public torch::nn::Module {
  public:
    virtual torch::Tensor forward(const torch::Tensor& images) = 0;
    /// See ClipModel::setPatchDropout. False: the tower has no patches.
    virtual bool setPatchDropout(double /*share*/) { return false; }
};

/// A random `1 - share` of each image's patches, at least one: [n, patches, width] -> [n, kept, width] (FLIP, Li et
/// al., 2022; open_clip's PatchDropout). Draws from torch's default generator.
torch::Tensor dropPatches(const torch::Tensor& patches, double share);

// One maker for each alternative of ClipConfig::vision; each stands in a file of its own.
std::shared_ptr<ImageTower> makeImageTower(const Scope& scope, const ClipConfig& config, const VitConfig& vit);
std::shared_ptr<ImageTower> makeImageTower(const Scope& scope, const ClipConfig& config, const SiglipVitConfig& vit);
std::shared_ptr<ImageTower> makeImageTower(const Scope& scope, const ClipConfig& config, const ResNetConfig& resNet);

}  // namespace diagonal
