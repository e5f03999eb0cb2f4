// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/painted_button.h"

class QVBoxLayout;

namespace diagonal {

/// The line that opens a Disclosure: arrow, title, and in one quieter sentence what is inside. Space and Enter toggle,
/// Right opens, Left closes.
class DisclosureHead : public PaintedButton {
    Q_OBJECT

  public:
    explicit DisclosureHead(const QString& title, QWidget* parent = nullptr);
    void setSummary(const QString& summary);
    QString summary() const { return m_summary; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    QString m_summary;
};

/// What few people change, closed at first below a hairline.
class Disclosure : public QWidget {
    Q_OBJECT

  public:
    explicit Disclosure(const QString& title, QWidget* parent = nullptr);

    QVBoxLayout* body() const { return m_body; }
    DisclosureHead* head() const { return m_head; }
    void setSummary(const QString& summary) { m_head->setSummary(summary); }
    bool isOpen() const { return m_head->isChecked(); }
    void setOpen(bool open) { m_head->setChecked(open); }

  private:
    DisclosureHead* m_head;
    QVBoxLayout* m_body;
};

}  // namespace diagonal
