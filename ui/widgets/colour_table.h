// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <array>

#include "engine/inference/colour_map.h"

namespace diagonal {

/// 256 colours from low to high.
using ColourTable = std::array<QRgb, 256>;

ColourTable colourTableOf(ColourMap map);

}  // namespace diagonal
