// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace diagonal {

class ImageTower;
class Scope;
struct ClipConfig;

/// ConvNeXt (Liu et al., 2022, arXiv 2201.03545). The features pass a layer norm behind the pool.
struct ConvNextConfig {
    std::array<int, 4> depths = {3, 3, 9, 3};
    std::array<int, 4> channels = {96, 192, 384, 768};
    double epsilon = 1e-6;  ///< of the layer norms

    std::shared_ptr<ImageTower> build(const Scope& scope, const ClipConfig& config) const;
    void write(const ClipConfig& config, nlohmann::json& vision) const;
    std::string describe() const;
    int cell() const { return 32; }
    int width() const { return channels.back(); }
    ConvNextConfig shapesOnly() const;
    bool operator==(const ConvNextConfig&) const = default;
};

}  // namespace diagonal
