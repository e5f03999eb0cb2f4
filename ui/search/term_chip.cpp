// SPDX-License-Identifier: GPL-3.0-or-later
#include <QHBoxLayout>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QStyle>
#include <algorithm>
#include <cmath>

#include "ui/base/paths.h"
#include "ui/pictures/thumbnail_cache.h"
#include "ui/search/search_field.h"
#include "ui/style/paint.h"
#include "ui/style/tabular.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icon_button.h"

namespace diagonal {

namespace {

constexpr int kChipHeight = 30, kChipLead = 12, kChipIcon = 18, kChipPicture = 26, kMostChipText = 200,
              kLeastChipText = 96;
constexpr int kWeightWidth = 42, kDragStep = 8;
constexpr double kWeightStep = 0.1;

}  // namespace

WeightEdit::WeightEdit(double weight, QWidget* parent) : QLineEdit(parent), m_weight(weight) {
    setFrame(false);
    setAlignment(Qt::AlignCenter);
    setText(formatNumber(weight, 1));
    setToolTip(tr("Weight: type it, drag sideways, or use the arrow keys"));
    setCursor(Qt::SizeHorCursor);
    connect(this, &QLineEdit::editingFinished, this, &WeightEdit::take);
    followTheme(this, [this] {
        setFont(Theme::instance().font(12, 500));
        setFixedWidth(px(kWeightWidth));
        QPalette shown = palette();
        shown.setColor(QPalette::Base, Qt::transparent);
        shown.setColor(QPalette::Text, colour(&Tokens::text2));
        setPalette(shown);
    });
}

void WeightEdit::change(double weight) {
    const double rounded = std::clamp(std::round(weight * 10) / 10, kLowest, kHighest);
    setText(formatNumber(rounded, 1));
    if (std::abs(rounded - m_weight) < kWeightStep / 10) return;
    m_weight = rounded;
    Q_EMIT weightChanged(rounded);
}

void WeightEdit::take() {
    bool isValid = false;
    const double typed = readNumber(text(), &isValid);
    change(isValid && std::isfinite(typed) ? typed : m_weight);
}

void WeightEdit::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down)
        return change(m_weight + (event->key() == Qt::Key_Up ? kWeightStep : -kWeightStep));
    const bool removes = event->key() == Qt::Key_Delete || event->key() == Qt::Key_Backspace;
    if (removes && (hasSelectedText() ? selectedText() == text() : text().isEmpty())) {
        Q_EMIT removeRequested();
        return;
    }
    QLineEdit::keyPressEvent(event);
}

void WeightEdit::mousePressEvent(QMouseEvent* event) {
    m_pressed = event->position().toPoint().x();
    m_before = m_weight;
    m_isDragged = false;
}

void WeightEdit::mouseMoveEvent(QMouseEvent* event) {
    if (!event->buttons().testFlag(Qt::LeftButton)) return;
    const int moved = event->position().toPoint().x() - m_pressed;
    if (std::abs(moved) >= px(kDragStep) / 2) m_isDragged = true;
    if (m_isDragged) change(m_before + kWeightStep * moved / px(kDragStep));
}

void WeightEdit::mouseReleaseEvent(QMouseEvent*) {
    if (m_isDragged) return;
    setFocus(Qt::MouseFocusReason);
    selectAll();
}

void WeightEdit::wheelEvent(QWheelEvent* event) {
    if (!hasFocus()) return event->ignore();
    change(m_weight + (event->angleDelta().y() > 0 ? kWeightStep : -kWeightStep));
    event->accept();
}

void WeightEdit::focusOutEvent(QFocusEvent* event) {
    take();
    QLineEdit::focusOutEvent(event);
}

void WeightEdit::paintEvent(QPaintEvent* event) {
    QLineEdit::paintEvent(event);
    QPainter painter(this);
    if (hasFocus()) return paintFocus(painter, rect(), 3);
    QPen dots(colour(&Tokens::text3), 1);
    dots.setDashPattern({1, 2});
    painter.setPen(dots);
    painter.drawLine(px(6), height() - px(5), width() - px(6), height() - px(5));
}

TermChip::TermChip(const SearchTerm& term, QWidget* parent)
    : QWidget(parent),
      m_term(term),
      m_text(new ElidedLabel(term.text, 13, 600)),
      m_weight(new WeightEdit(term.weight, this)),
      m_close(new IconButton(QStringLiteral("ui/close"), {})) {
    const QString name = term.isMinus ? tr("Without %1").arg(term.text) : term.text;
    setAccessibleName(name);
    m_weight->setAccessibleName(tr("Weight of %1").arg(name));
    m_close->setToolTip(tr("Remove %1 from the search").arg(name));
    m_close->setAccessibleName(m_close->toolTip());
    auto* row = new QHBoxLayout(this);
    row->addWidget(m_text);
    row->addWidget(m_weight);
    row->addWidget(m_close);
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    connect(m_close, &QToolButton::clicked, this, &TermChip::removed);
    connect(m_weight, &WeightEdit::removeRequested, this, &TermChip::removed);
    connect(m_weight, &WeightEdit::weightChanged, this, &TermChip::weightChanged);
    connect(&ThumbnailCache::instance(), &ThumbnailCache::ready, this, [this] { update(); });
    followTheme(this, [this, row] {
        const bool hasPicture = !m_term.path.isEmpty();
        const int lead = hasPicture ? kChipPicture + kChipLead : m_term.isMinus ? kChipIcon + kChipLead : kChipLead;
        row->setContentsMargins(px(lead), 0, px(2), 0);
        row->setSpacing(px(4));
        m_text->setMaximumWidth(px(kMostChipText));
        setFixedHeight(px(kChipHeight));
    });
}

void TermChip::setProblem(const QString& problem) {
    m_problem = problem;
    setToolTip(problem.isEmpty() ? QString() : tr("Does not count: %1").arg(problem));
    setAccessibleDescription(toolTip());
    update();
}

void TermChip::keepText() {
    m_text->setMinimumWidth(std::min(m_text->sizeHint().width(), px(kLeastChipText)));
}

QList<QWidget*> TermChip::stops() const {
    return {m_weight, m_close};
}

QRect TermChip::pictureRect() const {
    const int side = px(kChipPicture);
    return QStyle::visualRect(layoutDirection(), rect(), QRect(px(6), (height() - px(20)) / 2, side, px(20)));
}

void TermChip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    if (m_problem.isEmpty())
        paintFrame(painter, rect(), height() / 2.0, colour(&Tokens::hover), Qt::transparent, 0);
    else
        paintFrame(painter, rect(), height() / 2.0, colour(&Tokens::warnSoft), colour(&Tokens::warnLine));
    if (!m_term.path.isEmpty()) {
        const QRect place = pictureRect();
        const QPixmap pixmap = ThumbnailCache::instance().pixmap(m_term.path, 160, false);
        QPainterPath clip;
        clip.addRoundedRect(place, px(3), px(3));
        painter.setClipPath(clip);
        if (pixmap.isNull()) {
            painter.fillRect(place, colour(&Tokens::track));
        } else {
            QRect target(QPoint(), pixmap.size().scaled(place.size(), Qt::KeepAspectRatioByExpanding));
            target.moveCenter(place.center());
            painter.drawPixmap(target, pixmap);
        }
        painter.setClipping(false);
        if (!m_term.isMinus) return;
    }
    if (m_term.isMinus) {
        const QRect place = QStyle::visualRect(layoutDirection(), rect(), QRect(px(8), 0, px(kChipIcon), height()));
        paintIcon(painter, place, QStringLiteral("ui/minus"), colour(&Tokens::text));
    }
}

void TermChip::mouseDoubleClickEvent(QMouseEvent*) {
    if (m_term.kind == SearchTerm::Kind::Words) Q_EMIT edited();
}

}  // namespace diagonal
