// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QHBoxLayout;

namespace diagonal {

class ElidedLabel;

/// Title of a group, 40 high, with widgets at its right.
class SectionHeader : public QWidget {
    Q_OBJECT

  public:
    explicit SectionHeader(const QString& title, QWidget* parent = nullptr);
    void setTitle(const QString& title);
    /// A sentence in text2 behind the title.
    void setNote(const QString& note);
    /// Added from left to right at the right end.
    void addRight(QWidget* widget);

  private:
    ElidedLabel* m_title;
    ElidedLabel* m_note;
    QHBoxLayout* m_row;
};

}  // namespace diagonal
