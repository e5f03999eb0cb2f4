// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace diagonal {

/// Sets of labels by name: those that come with the program, and the person's own, kept in the settings.
class LabelSets {
  public:
    static QStringList builtIn();
    static QStringList own();
    static QStringList labels(const QString& name);
    static void save(const QString& name, const QStringList& labels);
    static void remove(const QString& name);
    /// The set that holds exactly these labels; empty when there is none.
    static QString nameOf(const QStringList& labels);
};

}  // namespace diagonal
