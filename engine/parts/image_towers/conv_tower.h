// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/parts/image_tower.h"
#include "engine/parts/recompute.h"

namespace diagonal {

/// A tower that is a row of parts, each a function of a feature map, and a pool: float [n, 3, rows, columns] ->
/// [n, channels].
class ConvTower : public ImageTower {
  public:
    torch::Tensor forward(const torch::Tensor& images) override;
    torch::Tensor forwardTraced(const torch::Tensor& images, ImageTrace& trace) override;
    void setGradCheckpointing(bool on) override { m_recomputes = on; }

  protected:
    using Modules = std::vector<std::shared_ptr<torch::nn::Module>>;

    /// The next part, and the modules whose weights it reads.
    void addPart(Modules modules, TowerPart run) { m_parts.push_back({std::move(modules), std::move(run)}); }
    /// A module with forward([n, in, rows, columns]) -> [n, out, …] as the next part.
    template <typename Block>
    void addPart(const std::shared_ptr<Block>& block) {
        addPart({block}, [&block = *block](const torch::Tensor& x) { return block.forward(x); });
    }
    /// [n, channels, rows, columns] -> [n, channels]: the mean.
    virtual torch::Tensor pooled(const torch::Tensor& features) { return features.mean({2, 3}); }

  private:
    struct Part {
        Modules modules;
        TowerPart run;
    };

    torch::Tensor through(const Part& part, const torch::Tensor& x) const;

    bool m_recomputes = false;
    std::vector<Part> m_parts;
};

/// A child without weights of its own, for a name in the tree: torch.nn.Sequential.
std::shared_ptr<torch::nn::Module> addFolder(torch::nn::Module& parent, const std::string& name);

}  // namespace diagonal
