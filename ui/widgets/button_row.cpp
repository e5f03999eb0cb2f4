// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/button_row.h"

#include <QBoxLayout>

#include "ui/style/theme.h"

namespace diagonal {

ButtonRow::ButtonRow(Qt::Alignment alignment, QWidget* parent)
    : QWidget(parent), m_box(new QBoxLayout(QBoxLayout::LeftToRight, this)) {
    m_box->setContentsMargins(0, 0, 0, 0);
    m_box->setAlignment(alignment);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    followTheme(this, [this] { m_box->setSpacing(px(8)); });
}

void ButtonRow::addButton(QWidget* button) {
    m_box->addWidget(button, 0, m_box->alignment());
}

QSize ButtonRow::minimumSizeHint() const {
    QSize least(0, m_box->totalMinimumSize().height());
    for (int i = 0; i < m_box->count(); ++i)
        least.setWidth(std::max(least.width(), m_box->itemAt(i)->minimumSize().width()));
    return least;
}

void ButtonRow::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    int wide = (m_box->count() - 1) * m_box->spacing();
    for (int i = 0; i < m_box->count(); ++i)
        wide += m_box->itemAt(i)->sizeHint().width();
    const auto direction = wide > width() ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight;
    if (direction == m_box->direction()) return;
    m_box->setDirection(direction);
    updateGeometry();
}

}  // namespace diagonal
