// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>

#include "engine/inference/session.h"
#include "ui/pictures/image_list.h"

/// The embedding in a plane that points there: 0 degrees is east, 90 north.
inline diagonal::ImageEmbedding towards(double degrees) {
    const double angle = degrees * M_PI / 180;
    diagonal::ImageEmbedding embedding;
    embedding.values = {static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))};
    embedding.width = 4;
    embedding.height = 3;
    return embedding;
}

/// Embeds the first four images: sure east, sure north, unsure between them, failed.
inline void embedFour(diagonal::ImageList& images) {
    diagonal::ImageEmbedding broken;
    broken.error = "the file is empty";
    images.setEmbeddings({{images.item(0).id, towards(0)},
                          {images.item(1).id, towards(90)},
                          {images.item(2).id, towards(44.9)},
                          {images.item(3).id, broken}});
}
