// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/segmented_control.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>

#include "ui/style/paint.h"
#include "ui/widgets/buttons.h"

namespace diagonal {

SegmentedControl::SegmentedControl(const QStringList& segments) : ChoiceRow(ButtonKind::Segment, nullptr) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    row()->setSpacing(0);
    followTheme(this, [this] { row()->setContentsMargins(px(2), px(2), px(2), px(2)); });
    for (const QString& segment : segments)
        addSegment(segment);
    if (!segments.isEmpty()) setCurrentIndex(0);
}

int SegmentedControl::addSegment(const QString& text, const QVariant& data, const QString& icon) {
    QPushButton* button = addChoice(text);
    setButtonIcon(button, icon);
    button->setSizePolicy(sizePolicy());
    m_data.append(data);
    return count() - 1;
}

void SegmentedControl::setSegmentText(int index, const QString& text) {
    choice(index)->setText(text);
}

void SegmentedControl::setSegmentToolTip(int index, const QString& text) {
    choice(index)->setToolTip(text);
}

void SegmentedControl::setStretched(bool stretched) {
    setSizePolicy(stretched ? QSizePolicy::MinimumExpanding : QSizePolicy::Fixed, QSizePolicy::Fixed);
    for (int i = 0; i < count(); ++i)
        choice(i)->setSizePolicy(sizePolicy());
}

void SegmentedControl::paintEvent(QPaintEvent*) {
    const Tokens& t = Theme::instance().tokens();
    const QPushButton* current = choice(currentIndex());
    const bool focused = current != nullptr && current->hasFocus();
    QPainter painter(this);
    paintFrame(painter, rect(), px(6), Theme::instance().isDark() ? t.sunken : t.hover, focused ? t.accent : t.border,
               focused ? 2 : 1);
}

}  // namespace diagonal
