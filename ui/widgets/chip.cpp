// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/chip.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>

#include "ui/style/paint.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

Pill::Pill(const QString& text, Kind kind, QWidget* parent) : QLabel(text, parent), m_kind(kind) {
    setTextFormat(Qt::PlainText);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    followTheme(this, [this] {
        updateGeometry();
        update();
    });
}

void Pill::set(const QString& text, Kind kind) {
    setText(text);
    m_kind = kind;
    updateGeometry();
    update();
}

QSize Pill::sizeHint() const {
    return {qRound(tabularWidth(Theme::instance().font(12, 600), text())) + px(20), px(20)};
}

void Pill::paintEvent(QPaintEvent*) {
    const Tokens& t = Theme::instance().tokens();
    QColor fill = t.accentSoft;
    QColor ink = t.accent;
    if (m_kind == Kind::Warn) {
        fill = t.warnSoft;
        ink = t.warn;
    } else if (m_kind == Kind::Error) {
        fill = t.errorSoft;
        ink = t.error;
    } else if (m_kind == Kind::Quiet) {
        fill = t.hover;
        ink = t.text2;
    }
    QPainter painter(this);
    paintFrame(painter, rect(), height() / 2.0, fill, Qt::transparent, 0);
    painter.setFont(Theme::instance().font(12, 600));
    painter.setPen(ink);
    drawTabular(painter, rect(), text(), Qt::AlignCenter);
}

FilterChips::FilterChips(QWidget* parent) : ChoiceRow(ButtonKind::Chip, parent) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    row()->addStretch(1);
    followTheme(this, [this] {
        row()->setContentsMargins(0, px(2), 0, px(2));
        row()->setSpacing(px(6));
    });
}

int FilterChips::addChip(const QString& text) {
    QPushButton* button = addChoice({});
    row()->insertWidget(row()->count() - 2, button);  // before the stretch
    m_chips.append({text});
    show(count() - 1);
    return count() - 1;
}

void FilterChips::setCount(int index, qint64 count) {
    if (m_chips[index].count == count) return;
    m_chips[index].count = count;
    show(index);
}

void FilterChips::setHiddenWhenZero(int index, bool keepsRoom) {
    m_chips[index].hiddenWhenZero = true;
    m_chips[index].keepsRoom = keepsRoom;
    QSizePolicy policy = choice(index)->sizePolicy();
    policy.setRetainSizeWhenHidden(keepsRoom);
    choice(index)->setSizePolicy(policy);
    show(index);
}

void FilterChips::show(int index) {
    const Chip& chip = m_chips[index];
    choice(index)->setText(tr("%1 %2").arg(chip.text, formatCount(chip.count)));
    const bool shown = !chip.hiddenWhenZero || chip.count > 0 || (!chip.keepsRoom && currentIndex() == index);
    if (!shown && currentIndex() == index) setCurrentIndex(0);
    setChoiceVisible(index, shown);
}

}  // namespace diagonal
