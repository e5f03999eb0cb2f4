// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/confusion_matrix.h"

#include <QAccessible>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QMenu>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <numeric>

#include "ui/evaluate/tints.h"
#include "ui/widgets/export_menu.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kEdge = 16, kNames = 116, kHeads = 92, kNumbers = 40, kLeastCell = 14, kMostCell = 26, kFitted = 280,
              kLeastWithValue = 20;

/// The classes with most mistakes, at most so many, as given.
std::vector<int> mostMistaken(const Answers& answers, size_t most) {
    std::vector<size_t> wrong(static_cast<size_t>(answers.classes));
    for (size_t i = 0; i < answers.size(); ++i)
        if (!answers.isRight(i)) ++wrong[static_cast<size_t>(answers.truth[i])];
    std::vector<int> classes(wrong.size());
    std::iota(classes.begin(), classes.end(), 0);
    if (classes.size() <= most) return classes;
    std::ranges::stable_sort(classes, std::ranges::greater(), [&](int one) { return wrong[static_cast<size_t>(one)]; });
    classes.resize(most);
    std::ranges::sort(classes);
    return classes;
}

/// What pictures of these classes were answered, as numbers of them; -1: another class.
Answers onlyClasses(const Answers& answers, const std::vector<int>& classes) {
    std::vector<int> places(static_cast<size_t>(answers.classes), -1);
    for (size_t place = 0; place < classes.size(); ++place)
        places[static_cast<size_t>(classes[place])] = static_cast<int>(place);
    Answers among;
    among.classes = static_cast<int>(classes.size());
    for (size_t i = 0; i < answers.size(); ++i)
        if (const int truth = places[static_cast<size_t>(answers.truth[i])]; truth >= 0) {
            among.truth.push_back(truth);
            among.predicted.push_back(answers.predicted[i] < 0 ? -1
                                                               : places[static_cast<size_t>(answers.predicted[i])]);
        }
    return among;
}

}  // namespace

ConfusionMatrix::ConfusionMatrix(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(tr("Labels by answers"));
    followTheme(this, [this] {
        updateGeometry();
        update();
    });
}

void ConfusionMatrix::setRow(const ShownRow& row) {
    m_row = row;
    m_totals.clear();
    if (const TaskResult* result = row.answers())
        for (const ClassRow& one : perClass(result->answers))
            m_totals.push_back(one.pictures);
    arrange();
}

void ConfusionMatrix::setOrder(Order order) {
    m_sorting = order;
    arrange();
}

void ConfusionMatrix::setCounts(bool counts) {
    m_showsCounts = counts;
    update();
}

void ConfusionMatrix::arrange() {
    const QPoint chosen = m_current.x() < 0 || m_current.x() >= size() || m_current.y() >= size()
                              ? QPoint(-1, -1)
                              : QPoint(classAt(m_current.x()), classAt(m_current.y()));
    m_order.clear();
    m_counts.clear();
    m_leftOut = 0;
    if (const TaskResult* result = m_row.answers()) {
        const std::vector<int> shown = mostMistaken(result->answers, kMostClasses);
        m_leftOut = result->answers.classes - static_cast<int>(shown.size());
        const Answers among = onlyClasses(result->answers, shown);
        std::vector<int> places = confusionOrder(among);  // in `shown`, which is as given
        if (m_sorting == Order::AsGiven) std::ranges::sort(places);
        if (m_sorting == Order::ByName)
            std::ranges::stable_sort(places, [&](int a, int b) {
                return QString::localeAwareCompare(m_row.className(shown[static_cast<size_t>(a)]),
                                                   m_row.className(shown[static_cast<size_t>(b)])) < 0;
            });
        std::vector<size_t> rowOf(shown.size());
        for (const int place : places) {
            rowOf[static_cast<size_t>(place)] = m_order.size();
            m_order.push_back(shown[static_cast<size_t>(place)]);
        }
        m_counts.resize(shown.size() * shown.size());
        for (const ClassConfusion& pair : confusions(among))
            m_counts[rowOf[static_cast<size_t>(pair.truth)] * shown.size() +
                     rowOf[static_cast<size_t>(pair.predicted)]] = static_cast<uint32_t>(pair.count);
    }
    m_mostPictures = 0;
    for (int row = 0; row < size(); ++row)
        m_mostPictures = std::max(m_mostPictures, total(row));
    m_current = {-1, -1};
    for (int i = 0; i < size() && chosen.x() >= 0; ++i) {
        if (classAt(i) == chosen.x()) m_current.setX(i);
        if (classAt(i) == chosen.y()) m_current.setY(i);
    }
    if (m_current.x() < 0 || m_current.y() < 0) m_current = {-1, -1};
    updateGeometry();
    update();
}

uint32_t ConfusionMatrix::count(int row, int column) const {
    return m_counts[static_cast<size_t>(row) * m_order.size() + static_cast<size_t>(column)];
}

size_t ConfusionMatrix::total(int row) const {
    return m_totals[static_cast<size_t>(classAt(row))];
}

int ConfusionMatrix::cellSize() const {
    return px(std::clamp(kFitted / std::max(1, size()), kLeastCell, kMostCell));
}

QSize ConfusionMatrix::sizeHint() const {
    const int cells = cellSize() * size();
    return {px(kEdge + kNames + 8 + 2 * kNumbers + 8) + cells, px(kHeads + 8) + cells};
}

QRect ConfusionMatrix::cellRect(int row, int column) const {
    const int cell = cellSize();
    return {px(kEdge + kNames + 8) + column * cell, px(kHeads) + row * cell, cell, cell};
}

QPoint ConfusionMatrix::cellAt(const QPoint& point) const {
    const QPoint inside = point - cellRect(0, 0).topLeft();
    const QPoint cell(inside.x() / cellSize(), inside.y() / cellSize());
    const bool isThere = inside.x() >= 0 && inside.y() >= 0 && cell.x() < size() && cell.y() < size();
    return isThere ? cell : QPoint(-1, -1);
}

QString ConfusionMatrix::cellValue(int row, int column) const {
    if (m_showsCounts) return formatCount(count(row, column));
    return total(row) == 0 ? QStringLiteral("–")
                           : shareText(static_cast<double>(count(row, column)) / static_cast<double>(total(row)));
}

QString ConfusionMatrix::cellText(int row, int column) const {
    const QString truth = m_row.className(classAt(row)), answer = m_row.className(classAt(column));
    const QString share = total(row) == 0
                              ? QStringLiteral("–")
                              : shareText(static_cast<double>(count(row, column)) / static_cast<double>(total(row)));
    return tr("%1, answered %2: %3 of %4 (%5)")
        .arg(truth, answer, formatCount(count(row, column)), formatCount(static_cast<qint64>(total(row))), share);
}

void ConfusionMatrix::setCurrentCell(const QPoint& cell) {
    if (cell == m_current || cell.x() >= size() || cell.y() >= size()) return;
    m_current = cell;
    update();
    if (cell.x() < 0) return;
    Q_EMIT currentMoved(cellRect(cell.y(), cell.x()));
    QAccessibleEvent event(this, QAccessible::Focus);
    event.setChild(cell.y() * size() + cell.x());
    QAccessible::updateAccessibility(&event);
}

void ConfusionMatrix::choose(int truth, int predicted) {
    const auto place = [this](int one) { return static_cast<int>(std::ranges::find(m_order, one) - m_order.begin()); };
    if (place(truth) < size() && place(predicted) < size()) setCurrentCell({place(predicted), place(truth)});
}

void ConfusionMatrix::emitChosen() {
    if (m_current.x() >= 0) Q_EMIT cellChosen(classAt(m_current.y()), classAt(m_current.x()));
}

double ConfusionMatrix::tintShare(int row, int column) const {
    const size_t whole = m_showsCounts ? m_mostPictures : total(row);
    return whole == 0 ? 0 : static_cast<double>(count(row, column)) / static_cast<double>(whole);
}

void ConfusionMatrix::paintValues(QPainter& painter, int row) const {
    painter.setFont(Theme::instance().font(9));
    for (int column = 0; column < size(); ++column) {
        if (count(row, column) == 0) continue;
        const QString value = m_showsCounts
                                  ? formatCount(count(row, column))
                                  : formatNumber(100.0 * count(row, column) / static_cast<double>(total(row)), 0);
        const QRect rect = cellRect(row, column).adjusted(0, 0, -1, -1);
        if (painter.fontMetrics().horizontalAdvance(value) > rect.width()) continue;
        const QColor tint = confusionTint(tintShare(row, column), row == column);
        painter.setPen(qGray(tint.rgb()) > 140 ? QColor(Qt::black) : QColor(Qt::white));
        drawTabular(painter, rect, value, Qt::AlignCenter);
    }
}

void ConfusionMatrix::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(event->rect(), colour(&Tokens::surface));
    if (size() == 0) return;
    const int cell = cellSize();
    const Theme& theme = Theme::instance();
    for (int row = 0; row < size(); ++row) {
        const bool isChosen = row == m_current.y();
        const QRect line = cellRect(row, 0);
        painter.setFont(theme.font(11, isChosen ? 600 : 400));
        painter.setPen(colour(isChosen ? &Tokens::accent : &Tokens::text2));
        const QRect name(px(kEdge), line.top(), px(kNames), cell);
        painter.drawText(
            name, Qt::AlignRight | Qt::AlignVCenter,
            painter.fontMetrics().elidedText(m_row.className(classAt(row)), Qt::ElideMiddle, name.width()));
        for (int column = 0; column < size(); ++column) {
            painter.fillRect(cellRect(row, column).adjusted(0, 0, -1, -1),
                             confusionTint(tintShare(row, column), row == column));
        }
        const int behind = cellRect(row, size()).left();
        drawTabular(painter, QRectF(behind, line.top(), px(kNumbers), cell),
                    total(row) == 0
                        ? QStringLiteral("–")
                        : formatShare(formatNumber(100.0 * count(row, row) / static_cast<double>(total(row)), 0)));
        if (!isChosen) painter.setPen(colour(&Tokens::text3));
        drawTabular(painter, QRectF(behind + px(kNumbers), line.top(), px(kNumbers), cell),
                    formatCount(static_cast<qint64>(total(row))));
    }
    painter.setFont(theme.font(11));
    painter.setPen(colour(&Tokens::text2));
    const int behind = cellRect(0, size()).left();
    painter.drawText(QRect(behind, px(kHeads - 22), px(kNumbers), px(18)), Qt::AlignRight | Qt::AlignVCenter,
                     tr("Right"));
    painter.drawText(QRect(behind + px(kNumbers), px(kHeads - 22), px(kNumbers), px(18)),
                     Qt::AlignRight | Qt::AlignVCenter, tr("of", "number of all"));
    for (int column = 0; column < size(); ++column) {
        const bool isChosen = column == m_current.x();
        painter.save();
        painter.translate(cellRect(0, column).center().x() - px(2), px(kHeads - 4));
        painter.rotate(-60);
        painter.setFont(theme.font(11, isChosen ? 600 : 400));
        painter.setPen(colour(isChosen ? &Tokens::accent : &Tokens::text2));
        painter.drawText(
            QRect(0, -px(4), px(kHeads), px(16)), Qt::AlignLeft | Qt::AlignVCenter,
            painter.fontMetrics().elidedText(m_row.className(classAt(column)), Qt::ElideRight, px(kHeads)));
        painter.restore();
    }
    if (m_current.x() >= 0) paintCurrent(painter);
    for (int row = 0; row < size() && cell >= px(kLeastWithValue); ++row)
        paintValues(painter, row);
}

void ConfusionMatrix::paintCurrent(QPainter& painter) const {
    const QRect chosen = cellRect(m_current.y(), m_current.x()).adjusted(0, 0, -1, -1);
    painter.fillRect(QRect(cellRect(0, 0).left(), chosen.center().y(), chosen.left() - cellRect(0, 0).left(), 1),
                     colour(&Tokens::text2));
    painter.fillRect(QRect(chosen.center().x(), cellRect(0, 0).top(), 1, chosen.top() - cellRect(0, 0).top()),
                     colour(&Tokens::text2));
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(colour(&Tokens::text), 1));
    painter.drawRect(chosen.adjusted(-2, -2, 2, 2));
    painter.setPen(QPen(hasFocus() ? colour(&Tokens::accent) : QColor(Qt::white), hasFocus() ? 2 : 1));
    painter.drawRect(chosen.adjusted(-1, -1, 1, 1));
}

void ConfusionMatrix::mousePressEvent(QMouseEvent* event) {
    const QPoint cell = cellAt(event->position().toPoint());
    if (cell.x() < 0) return;
    setCurrentCell(cell);
    emitChosen();
}

void ConfusionMatrix::keyPressEvent(QKeyEvent* event) {
    const QHash<int, QPoint> steps{
        {Qt::Key_Left, {-1, 0}}, {Qt::Key_Right, {1, 0}}, {Qt::Key_Up, {0, -1}}, {Qt::Key_Down, {0, 1}}};
    if (size() == 0) return QWidget::keyPressEvent(event);
    if (steps.contains(event->key())) {
        const QPoint next = m_current.x() < 0 ? QPoint(0, 0) : m_current + steps[event->key()];
        setCurrentCell({std::clamp(next.x(), 0, size() - 1), std::clamp(next.y(), 0, size() - 1)});
    } else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Space) {
        emitChosen();
    } else {
        QWidget::keyPressEvent(event);
    }
}

bool ConfusionMatrix::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QPoint cell = cellAt(help->pos());
        if (cell.x() < 0)
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), cellText(cell.y(), cell.x()), this);
        return true;
    }
    return QWidget::event(event);
}

QByteArray ConfusionMatrix::csv() const {
    QByteArray text = "label";
    for (int column = 0; column < size(); ++column)
        text += "," + csvField(m_row.className(classAt(column)));
    text += "\r\n";
    for (int row = 0; row < size(); ++row) {
        text += csvField(m_row.className(classAt(row)));
        for (int column = 0; column < size(); ++column)
            text += "," + QByteArray::number(count(row, column));
        text += "\r\n";
    }
    return text;
}

void ConfusionMatrix::contextMenuEvent(QContextMenuEvent* event) {
    QMenu menu;
    Exports exports;
    exports.name = QStringLiteral("confusion");
    exports.picture = [this] { return grab(); };
    exports.table = [this] { return csv(); };
    exports.drawing = [this](QIODevice& out) {
        if (const TaskResult* result = m_row.answers()) out.write(confusionDrawing(*m_row.report, result->answers));
    };
    addExports(menu, this, exports);
    menu.exec(event->globalPos());
}

}  // namespace diagonal
