// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "engine/image/image.h"

namespace diagonal {

enum class Interpolation { Bicubic, Bilinear };
/// Shortest: shorter side to size, then centre crop. Squash: both sides, aspect ratio lost. Longest: fit inside, pad
/// with fillColor. As open_clip names them.
enum class ResizeMode { Shortest, Squash, Longest };

/// open_clip's preprocess_cfg.
struct PreprocessConfig {
    int width = 224;
    int height = 224;
    std::array<float, 3> mean = {0.48145466F, 0.4578275F, 0.40821073F};
    std::array<float, 3> std = {0.26862954F, 0.26130258F, 0.27577711F};
    Interpolation interpolation = Interpolation::Bicubic;
    ResizeMode resizeMode = ResizeMode::Shortest;
    uint8_t fillColor = 0;
    int edge = 0;  ///< of Shortest: what the shorter side is resized to before the crop; 0: to that of the crop
    bool floorCrop = false;  ///< a crop that cannot be centred: rounded down (Hugging Face), else to even (torchvision)
};

/// Pillow's antialiased resize, in its fixed-point arithmetic: bit for bit Image.resize((width, height), BICUBIC or
/// BILINEAR) of an RGB image.
Image resize(const Image& image, int width, int height, Interpolation interpolation);

/// Resize and crop (or squash, or pad) to config.width x config.height, as torchvision and open_clip do on a PIL image.
Image resizeAndCrop(const Image& image, const PreprocessConfig& config);

/// Pictures of another size; a margin around the crop keeps its share.
void setSize(PreprocessConfig& config, int size);

/// Part of a picture, in its pixels.
struct PixelRect {
    double x = 0, y = 0, width = 0, height = 0;
};

/// What resizeAndCrop's result shows of an image of this size; it reaches beyond the image where that is padded.
PixelRect shownArea(int width, int height, const PreprocessConfig& config);

/// (pixel / 255 - mean) / std, to out[3 * height * width], channel by channel. The image must have the size of the
/// config.
void normalize(const Image& image, const PreprocessConfig& config, float* out);

}  // namespace diagonal
