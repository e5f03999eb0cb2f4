// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/choice_row.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPushButton>
#include <utility>

#include "ui/widgets/buttons.h"

namespace diagonal {

ChoiceRow::ChoiceRow(ButtonKind look, QWidget* parent)
    : QWidget(parent), m_look(look), m_row(new QHBoxLayout(this)), m_group(new QButtonGroup(this)) {
    connect(m_group, &QButtonGroup::idToggled, this, [this](int index, bool on) {
        if (!on) return;
        m_changed = true;
        setFocusProxy(choice(index));
        Q_EMIT currentChanged(index);
    });
    connect(m_group, &QButtonGroup::idClicked, this, [this](int index) {
        if (std::exchange(m_changed, false)) Q_EMIT activated(index);
    });
}

QPushButton* ChoiceRow::addChoice(const QString& text) {
    const bool isFirst = count() == 0;
    QPushButton* button = makeButton(text, {}, m_look);
    button->setCheckable(true);
    button->setAutoExclusive(true);  // and so a radio button to screen readers
    button->setChecked(isFirst);
    button->setFocusPolicy(isFirst ? Qt::TabFocus : Qt::NoFocus);
    button->installEventFilter(this);
    m_group->addButton(button, count());
    m_row->addWidget(button);
    if (isFirst) setFocusProxy(button);
    return button;
}

int ChoiceRow::count() const {
    return static_cast<int>(m_group->buttons().size());
}

QPushButton* ChoiceRow::choice(int index) const {
    return qobject_cast<QPushButton*>(m_group->button(index));
}

int ChoiceRow::currentIndex() const {
    return m_group->checkedId();
}

void ChoiceRow::setCurrentIndex(int index) {
    if (QPushButton* button = choice(index)) button->setChecked(true);
    m_changed = false;
}

void ChoiceRow::setChoiceVisible(int index, bool visible) {
    QPushButton* button = choice(index);
    if (button->isHidden() != visible) return;
    if (!visible && button->isChecked()) {
        step(index, -1);
        if (button->isChecked()) step(index, 1);
    }
    button->setVisible(visible);
}

void ChoiceRow::step(int from, int direction) {
    for (int i = from + direction; i >= 0 && i < count(); i += direction) {
        if (choice(i)->isHidden() || !choice(i)->isEnabled()) continue;
        const bool hadFocus = choice(from)->hasFocus();
        choice(i)->click();
        if (hadFocus) choice(i)->setFocus(direction > 0 ? Qt::TabFocusReason : Qt::BacktabFocusReason);
        return;
    }
}

bool ChoiceRow::takeKey(const QKeyEvent& event) {
    const int forwards = layoutDirection() == Qt::RightToLeft ? -1 : 1;
    switch (event.key()) {
        case Qt::Key_Left:
            step(currentIndex(), -forwards);
            return true;
        case Qt::Key_Right:
            step(currentIndex(), forwards);
            return true;
        case Qt::Key_Up:
            step(currentIndex(), -1);
            return true;
        case Qt::Key_Down:
            step(currentIndex(), 1);
            return true;
        default:
            return false;
    }
}

bool ChoiceRow::eventFilter(QObject* watched, QEvent* event) {
    // Before the button, which looks for its neighbours by where they lie.
    if (event->type() == QEvent::KeyPress) return takeKey(*static_cast<QKeyEvent*>(event));
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) update();
    return QWidget::eventFilter(watched, event);
}

void ChoiceRow::keyPressEvent(QKeyEvent* event) {
    if (!takeKey(*event)) QWidget::keyPressEvent(event);
}

}  // namespace diagonal
