// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include "engine/text/text_sets.h"

namespace diagonal {

/// Lists of labels or of prompt templates that have a name: those that come with Diagonal, and the person's own, kept
/// in the settings.
class NamedSets {
  public:
    explicit NamedSets(TextSets kind) : m_kind(kind) {}

    TextSets kind() const { return m_kind; }
    QStringList builtIn() const;
    QStringList own() const;
    /// Lines of a set; none where it is not there.
    QStringList lines(const QString& name) const;
    /// An own set of this name is replaced.
    void save(const QString& name, const QStringList& lines) const;
    void remove(const QString& name) const;
    /// The set that holds exactly these lines; empty when there is none.
    QString nameOf(const QStringList& lines) const;

  private:
    QString group() const;
    QString keyOf(qsizetype number, const char* field) const;

    TextSets m_kind;
};

}  // namespace diagonal
