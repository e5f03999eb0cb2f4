// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <vector>

#include "engine/text/label.h"

namespace diagonal {

/// Labels as a person writes them, one a line (engine/text/label.h). Empty lines are no labels, equal ones count once.
struct LabelList {
    QStringList labels;         ///< as written, without surplus blanks
    std::vector<Label> parsed;  ///< the same
    QStringList names;          ///< the same, as they stand in results
    QStringList lineNames;      ///< for each line of the text: the name of the label that begins there, or empty
    QStringList merged;         ///< those that stood more than once
    QString problem;            ///< of the first line that is no label: a sentence
};
LabelList parseLabels(const QString& text);

/// What a model embeds for them.
QStringList labelTexts(const std::vector<Label>& labels);

}  // namespace diagonal
