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
};

// One maker for each alternative of ClipConfig::vision; each stands in a file of its own.
std::shared_ptr<ImageTower> makeImageTower(const Scope& scope, const ClipConfig& config, const VitConfig& vit);
std::shared_ptr<ImageTower> makeImageTower(const Scope& scope, const ClipConfig& config, const SiglipVitConfig& vit);
std::shared_ptr<ImageTower> makeImageTower(const Scope& scope, const ClipConfig& config, const ResNetConfig& resNet);

}  // namespace diagonal
