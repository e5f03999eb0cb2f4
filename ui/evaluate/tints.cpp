// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/tints.h"

#include <algorithm>

#include "engine/evaluation/evaluation_charts.h"
#include "ui/style/theme.h"

namespace diagonal {

QColor mixedColour(const QColor& ground, const QColor& ink, double share) {
    const auto part = [share](int a, int b) { return static_cast<int>(a + share * (b - a)); };
    return {part(ground.red(), ink.red()), part(ground.green(), ink.green()), part(ground.blue(), ink.blue())};
}

QColor confusionTint(double share, bool isRight) {
    const QColor ground = colour(&Tokens::sunken);
    if (isRight) {
        const double part = std::clamp((share - kLeastRight) / (1 - kLeastRight), 0.0, 1.0);
        return mixedColour(ground, colour(&Tokens::accent), 0.15 + 0.85 * part);
    }
    if (share <= 0) return ground;
    return mixedColour(ground, colour(&Tokens::textToImage), 0.12 + 0.88 * std::min(1.0, share / kMostWrong));
}

QByteArray confusionDrawing(const EvaluationReport& report, const Answers& answers) {
    return QByteArray::fromStdString(confusionSvg(answers, report.classes, 200));
}

}  // namespace diagonal
