// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace diagonal {

class ImageTower;
class Scope;
struct ClipConfig;

/// MobileCLIP's image towers (Vasu et al., 2023, arXiv 2311.17049): timm's fastvit_mci0 to mci4.
struct FastVitConfig {
    std::vector<int> depths = {2, 6, 10, 2};
    std::vector<int> channels = {64, 128, 256, 512};
    int attentionStages = 1;  ///< so many at the end; the others mix neighbouring places by convolutions
    int mlpRatio = 3;
    bool squeezeLastTwo = true;  ///< squeeze-and-excite where the last two stages begin
    bool layerNorm = false;      ///< before attention, in place of batch norm
    bool stemScale = true;       ///< the stem's convolutions have a 1x1 branch
    bool projects = false;  ///< timm's classifier "head.fc" is the projection to the embedding, and no head follows

    std::shared_ptr<ImageTower> build(const Scope& scope, const ClipConfig& config) const;
    void write(const ClipConfig& config, nlohmann::json& vision) const;
    std::string describe() const;
    int cell() const { return 2 << depths.size(); }
    int width() const { return projects ? 0 : 2 * channels.back(); }
    bool operator==(const FastVitConfig&) const = default;
};

}  // namespace diagonal
