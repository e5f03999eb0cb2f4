// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "engine/image/image.h"
#include "engine/image/preprocess.h"

namespace diagonal {

/// Which parts of a picture speak for a text, on the model's grid of patches (of a ResNet: its last feature map).
struct RelevanceMap {
    int rows = 0, columns = 0;
    std::vector<float> values;            ///< row after row; the largest is 1, or all are 0
    int imageWidth = 0, imageHeight = 0;  ///< of the picture, in pixels
    PixelRect area;                       ///< what the grid covers of it: the model sees a crop

    bool isZero() const;
};

/// The map of the picture turned upright: exifOrientation 1..8, as stored pictures are turned for people.
RelevanceMap upright(const RelevanceMap& map, int exifOrientation);
Image upright(const Image& image, int exifOrientation);

/// The map's area as width x height pixels RGBA (not premultiplied): magma, the more opaque the more relevant, between
/// the centres of cells interpolated. `part` of it, in those pixels: x, y >= 0.
std::vector<uint8_t> relevanceColours(const RelevanceMap& map, double width, double height, const PixelRect& part);

/// The picture with the map over it. The image has the map's size; opacity 0..1 scales the colours' own.
Image drawRelevance(const Image& image, const RelevanceMap& map, double opacity);

}  // namespace diagonal
