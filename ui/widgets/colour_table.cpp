// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/colour_table.h"

#include "ui/style/theme.h"

namespace diagonal {

ColourTable colourTableOf(ColourMap map) {
    ColourTable table{};
    const auto& source = colourTable(map);
    for (size_t i = 0; i < table.size(); ++i)
        table[i] = qRgb(source[i][0], source[i][1], source[i][2]);
    return table;
}

ColourTable differenceTable() {
    const auto mix = [](const QColor& a, const QColor& b, double part) {
        return qRgb(qRound(a.red() + part * (b.red() - a.red())), qRound(a.green() + part * (b.green() - a.green())),
                    qRound(a.blue() + part * (b.blue() - a.blue())));
    };
    const QColor blue(0x00, 0x72, 0xB2);
    const QColor orange(0xC9, 0x4F, 0x00);
    const QColor middle = colour(&Tokens::surface);
    ColourTable table{};
    for (int i = 0; i < 256; ++i) {
        const double position = i / 127.5 - 1;
        table[static_cast<size_t>(i)] = position < 0 ? mix(middle, blue, -position) : mix(middle, orange, position);
    }
    return table;
}

QColor inkOn(QRgb background) {
    const double brightness = 0.2126 * qRed(background) + 0.7152 * qGreen(background) + 0.0722 * qBlue(background);
    return brightness > 140 ? QColor(0x1B, 0x1B, 0x1D) : QColor(0xFF, 0xFF, 0xFF);
}

}  // namespace diagonal
