// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

#include "ui/widgets/choice_row.h"

namespace diagonal {

/// A word on a rounded ground: Sure, Unsure, Running, Failed.
class Pill : public QLabel {
    Q_OBJECT

  public:
    enum class Kind { Accent, Warn, Error, Quiet };
    explicit Pill(const QString& text = {}, Kind kind = Kind::Accent, QWidget* parent = nullptr);
    void set(const QString& text, Kind kind);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    Kind m_kind;
};

/// Filters with counts, one of which holds: "All 42  Sure 33  Unsure 4  Failed 1".
class FilterChips : public ChoiceRow {
    Q_OBJECT

  public:
    explicit FilterChips(QWidget* parent = nullptr);
    int addChip(const QString& text);
    void setCount(int index, qint64 count);
    /// A chip that is hidden when its count is 0 (Failed). Its room stays: nothing moves when it comes. One without
    /// room (the last) is there while it is the choice, too.
    void setHiddenWhenZero(int index, bool keepsRoom = true);

  private:
    struct Chip {
        QString text;
        qint64 count = 0;
        bool hiddenWhenZero = false, keepsRoom = true;
    };

    void show(int index);

    QList<Chip> m_chips;
};

}  // namespace diagonal
