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

int featureWidth(const ClipConfig& config) {
    return config.vision.width() > 0 ? config.vision.width() : config.embedDim;
}

int gridSize(const ClipConfig& config) {
    return config.imageSize / config.vision.cell();
}

}  // namespace diagonal
