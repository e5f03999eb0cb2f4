// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/config.h"

namespace diagonal {

std::string nameOf(Activation activation) {
    switch (activation) {
        case Activation::QuickGelu:
            return "QuickGELU";
        case Activation::GeluTanh:
            return "GELU (tanh)";
        case Activation::Gelu:
            break;
    }
    return "GELU";
}

int hiddenWidth(int width, double mlpRatio) {
    // Python's int(width * ratio); a ratio that was itself a quotient must not fall below its whole number.
    return static_cast<int>(width * mlpRatio + 1e-6);
}

int gridSize(const ClipConfig& config) {
    if (const auto* vit = std::get_if<VitConfig>(&config.vision)) return config.imageSize / vit->patchSize;
    if (const auto* vit = std::get_if<SiglipVitConfig>(&config.vision)) return config.imageSize / vit->patchSize;
    return config.imageSize / 32;
}

}  // namespace diagonal
