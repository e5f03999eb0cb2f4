// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>
#include <QWidget>

namespace diagonal {

/// A word on a rounded ground: Sure, Unsure, Running, Failed.
class Pill : public QWidget {
    Q_OBJECT

  public:
    enum class Kind { Accent, Warn, Error, Quiet };
    explicit Pill(const QString& text = {}, Kind kind = Kind::Accent, QWidget* parent = nullptr);
    QString text() const { return m_text; }
    void set(const QString& text, Kind kind);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QString m_text;
    Kind m_kind;
};

/// Filters with counts, one of which holds: "All 42  Sure 33  Unsure 4  Failed 1". Arrows move.
class FilterChips : public QWidget {
    Q_OBJECT

  public:
    explicit FilterChips(QWidget* parent = nullptr);
    int addChip(const QString& text);
    void setCount(int index, qint64 count);
    /// A chip that is hidden when its count is 0 (Failed).
    void setHiddenWhenZero(int index);
    int currentIndex() const { return m_current; }
    void setCurrentIndex(int index);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void currentChanged(int index);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    struct Chip {
        QString text;
        qint64 count = 0;
        bool hiddenWhenZero = false;
    };

    bool isShown(int index) const;
    QString chipText(int index) const;
    QRect chipRect(int index) const;
    int chipAt(const QPoint& position) const;

    QList<Chip> m_chips;
    int m_current = -1, m_hovered = -1;
};

}  // namespace diagonal
