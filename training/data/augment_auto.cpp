// SPDX-License-Identifier: Apache-2.0
#include "training/data/augment_auto.h"

#include <array>
#include <cmath>
#include <string_view>

namespace diagonal {

namespace {

constexpr int kRandOperations = 2, kRandMagnitude = 9;
constexpr float kRandTranslation = 150.F / 331;  // of the side

constexpr AutoOperation kOperations[] = {
    {"Identity", [](const Pixels&, float) {}, 0, 0, 0, false},
    {"ShearX", [](const Pixels& p, float m) { shearX(p, m); }, 0, 0.99F, 0.3F, true},
    {"ShearY", [](const Pixels& p, float m) { shearY(p, m); }, 0, 0.99F, 0.3F, true},
    {"TranslateX", [](const Pixels& p, float m) { translate(p, static_cast<int>(m), 0); }, 0, 32, kRandTranslation,
     true},
    {"TranslateY", [](const Pixels& p, float m) { translate(p, 0, static_cast<int>(m)); }, 0, 32, kRandTranslation,
     true},
    {"Rotate", [](const Pixels& p, float m) { rotate(p, m); }, 0, 135, 30, true},
    {"Brightness", [](const Pixels& p, float m) { adjustBrightness(p, 1 + m); }, 0, 0.99F, 0.9F, true},
    {"Color", [](const Pixels& p, float m) { adjustSaturation(p, 1 + m); }, 0, 0.99F, 0.9F, true},
    {"Contrast", [](const Pixels& p, float m) { adjustContrast(p, 1 + m); }, 0, 0.99F, 0.9F, true},
    {"Sharpness", [](const Pixels& p, float m) { adjustSharpness(p, 1 + m); }, 0, 0.99F, 0.9F, true},
    // Between bins, torchvision rounds the bits that go.
    {"Posterize", [](const Pixels& p, float m) { posterize(p, 8 - static_cast<int>(std::lround(8 - m))); }, 8, 2, 4,
     false},
    {"Solarize", solarize, 255, 0, 0, false},
    {"AutoContrast", [](const Pixels& p, float) { autoContrast(p); }, 0, 0, 0, false},
    {"Equalize", [](const Pixels& p, float) { equalize(p); }, 0, 0, 0, false},
};

}  // namespace

std::span<const AutoOperation> autoOperations() {
    return kOperations;
}

float magnitudeAt(const AutoOperation& operation, AutoAugment kind, int bin, const Pixels& pixels) {
    float last = kind == AutoAugment::Trivial ? operation.trivialLast : operation.randLast;
    const std::string_view name = operation.name;
    if (kind == AutoAugment::Rand && name.starts_with("Translate"))
        last *= static_cast<float>(name.back() == 'X' ? pixels.width : pixels.height);
    // torch.linspace counts from the nearer end, and rounds once.
    const float step = (last - operation.first) / (kAutoBins - 1);
    return bin < kAutoBins / 2 ? std::fma(step, static_cast<float>(bin), operation.first)
                               : std::fma(-step, static_cast<float>(kAutoBins - 1 - bin), last);
}

void applyAutoAugment(const Pixels& pixels, AutoAugment kind, Random& random) {
    const int count = kind == AutoAugment::None ? 0 : kind == AutoAugment::Trivial ? 1 : kRandOperations;
    for (int i = 0; i < count; ++i) {
        const AutoOperation& operation = kOperations[random.below(std::size(kOperations))];
        const int bin = kind == AutoAugment::Trivial ? static_cast<int>(random.below(kAutoBins)) : kRandMagnitude;
        const float magnitude = magnitudeAt(operation, kind, bin, pixels);
        operation.apply(pixels, operation.isSigned && random.chance(0.5F) ? -magnitude : magnitude);
    }
}

}  // namespace diagonal
