// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace diagonal {

/// From the edge of a column to what stands in it, in heads and cells alike.
inline constexpr int kCellEdge = 8;

/// How the style paints a push button, its property "buttonKind". Quiet: no frame until hovered. Segment and Chip: one
/// of the choices of a ChoiceRow.
enum class ButtonKind { Normal, Primary, Danger, Quiet, Segment, Chip };

}  // namespace diagonal
