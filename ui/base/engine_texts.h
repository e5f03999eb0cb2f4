// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace diagonal {

/// A sentence of engine or training in the person's language: what they say in English is looked up in a table of
/// sentences with places (%1) for what varies. A sentence that is not in it stays as it is. Any thread.
QString engineText(const QString& sentence);
inline QString engineText(const std::string& sentence) {
    return engineText(QString::fromStdString(sentence));
}

/// The table, for the test that looks for its sentences in the sources.
QStringList engineSentences();

}  // namespace diagonal
