// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/colour_table.h"

namespace diagonal {

ColourTable colourTableOf(ColourMap map) {
    ColourTable table{};
    const auto& source = colourTable(map);
    for (size_t i = 0; i < table.size(); ++i)
        table[i] = qRgb(source[i][0], source[i][1], source[i][2]);
    return table;
}

}  // namespace diagonal
