// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>

#include "engine/inference/session.h"

/// The embedding in a plane that points there: 0 degrees is east, 90 north.
inline diagonal::ImageEmbedding towards(double degrees) {
    const double angle = degrees * M_PI / 180;
    diagonal::ImageEmbedding embedding;
    embedding.values = {static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))};
    embedding.width = 4;
    embedding.height = 3;
    return embedding;
}
