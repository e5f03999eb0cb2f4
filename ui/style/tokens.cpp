// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style/theme.h"

namespace diagonal {

namespace {

QColor rgb(QRgb value) {
    return QColor(value);
}

}  // namespace

const Tokens& Theme::lightTokens() {
    static const Tokens tokens{
        .window = rgb(0xF3F3F4),
        .surface = rgb(0xFFFFFF),
        .sunken = rgb(0xF8F8F9),
        .canvas = rgb(0xE3E3E6),
        .raised = rgb(0xFFFFFF),
        .border = rgb(0xDADADD),
        .outline = rgb(0x828288),
        .hover = rgb(0xEAEAEC),
        .pressed = rgb(0xDEDEE1),
        .track = rgb(0xE2E2E5),
        .text = rgb(0x1B1B1D),
        .text2 = rgb(0x54545A),
        .text3 = rgb(0x6C6C73),
        .disabled = rgb(0xA3A3A9),
        .accent = rgb(0x0B746F),
        .accentHover = rgb(0x095F5B),
        .accentPressed = rgb(0x074C49),
        .accentSoft = rgb(0xDCEEEC),
        .onAccent = rgb(0xFFFFFF),
        .bar = rgb(0x85858B),
        .warn = rgb(0x8A5000),
        .warnSoft = rgb(0xFFF1D6),
        .warnLine = rgb(0xC77700),
        .error = rgb(0xB3261E),
        .errorSoft = rgb(0xFCE9E7),
        .imageToText = rgb(0x0072B2),
        .textToImage = rgb(0xC94F00),
        .fourth = rgb(0x4C1A66),
        .gridLine = rgb(0xECECEE),
    };
    return tokens;
}

const Tokens& Theme::darkTokens() {
    static const Tokens tokens{
        .window = rgb(0x1E1E20),
        .surface = rgb(0x262628),
        .sunken = rgb(0x212123),
        .canvas = rgb(0x161617),
        .raised = rgb(0x313134),
        .border = rgb(0x3A3A3E),
        .outline = rgb(0x85858C),
        .hover = rgb(0x323235),
        .pressed = rgb(0x3C3C40),
        .track = rgb(0x3C3C40),
        .text = rgb(0xEDEDEF),
        .text2 = rgb(0xB6B6BC),
        .text3 = rgb(0x97979E),
        .disabled = rgb(0x66666C),
        .accent = rgb(0x3FCBBD),
        .accentHover = rgb(0x62D8CC),
        .accentPressed = rgb(0x2FB0A3),
        .accentSoft = rgb(0x1D3F3C),
        .onAccent = rgb(0x00201D),
        .bar = rgb(0x85858C),
        .warn = rgb(0xF3BC5A),
        .warnSoft = rgb(0x3E321B),
        .warnLine = rgb(0xF3BC5A),
        .error = rgb(0xFF8F85),
        .errorSoft = rgb(0x472725),
        .imageToText = rgb(0x5CB8EE),
        .textToImage = rgb(0xF0883E),
        .fourth = rgb(0x8D689F),
        .gridLine = rgb(0x323236),
    };
    return tokens;
}

}  // namespace diagonal
