// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace diagonal {

/// From now on screen readers meet the items of every item view, the cells of matrices, readings of plots and the
/// temperature. More calls change nothing.
void installAccessibility();

}  // namespace diagonal
