// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QColor>

#include "engine/evaluation/evaluation_table.h"

namespace diagonal {

inline constexpr double kLeastRight = 0.6, kMostWrong = 0.15;  ///< of a row's share, where tints begin and end

QColor mixedColour(const QColor& ground, const QColor& ink, double share);
/// Of a cell with this share of its row.
QColor confusionTint(double share, bool isRight);
/// SVG.
QByteArray confusionDrawing(const EvaluationReport& report, const Answers& answers);

}  // namespace diagonal
