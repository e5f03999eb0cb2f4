// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/results_view.h"

#include <QPainter>
#include <QScrollBar>
#include <algorithm>
#include <cmath>

#include "ui/evaluate/shown_row.h"
#include "ui/widgets/cell_delegate.h"
#include "ui/widgets/export_menu.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kResultRow = 34, kModelWidth = 150, kPromptsWidth = 136, kFigureWidth = 78;
constexpr int kDotRow = 25, kDot = 3, kHeadHeight = 46, kAxesHeight = 24, kEdges = 16;

/// The dot of a value: filled accent for the best, hollow where it differs from that within noise, else grey.
void paintDot(QPainter& painter, const QPointF& at, bool isBest, bool isWithin, const QColor& ground) {
    const QColor ink = colour(isBest || isWithin ? &Tokens::accent : &Tokens::bar);
    painter.setPen(isWithin ? QPen(ink, 1.5) : QPen(Qt::NoPen));
    painter.setBrush(isWithin ? ground : ink);
    painter.drawEllipse(at, px(kDot), px(kDot));
}

class ResultDelegate : public CellDelegate {
  public:
    ResultDelegate(const ResultsModel& results, QObject* parent)
        : CellDelegate({kFigureWidth, kResultRow}, parent), m_results(results) {}

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override {
        const int row = index.row(), column = index.column();
        if (cell.isSelected)
            cell.painter.fillRect(cell.rect, colour(&Tokens::accentSoft));
        else if (cell.isHovered)
            cell.painter.fillRect(cell.rect, colour(&Tokens::hover));
        const bool isLast = row + 1 == m_results.rowCount() || m_results.isFirstOfModel(row + 1);
        if (isLast)
            cell.painter.fillRect(QRect(cell.rect.left(), cell.rect.bottom(), cell.rect.width(), 1),
                                  colour(&Tokens::border));
        if (cell.isSelected && column == ResultsModel::Model)
            cell.painter.fillRect(cell.placed(QRect(cell.rect.left(), cell.rect.top(), px(3), cell.rect.height())),
                                  colour(&Tokens::accent));
        const int left = column == ResultsModel::Model ? kEdges : kCellEdge;
        const QRect inside = cell.rect.adjusted(px(left), 0, -px(6), -px(2));
        if (column == ResultsModel::Model) {
            if (m_results.isFirstOfModel(row))
                cell.text(inside, index.data().toString(), &Tokens::text, 13, 500, Qt::ElideMiddle);
        } else if (column == ResultsModel::Prompts) {
            cell.text(inside, index.data().toString(), &Tokens::text, 12, cell.isSelected ? 600 : 400);
        } else {
            paintFigure(cell, row, column);
        }
        cell.focus();
    }

  private:
    void paintFigure(const Cell& cell, int row, int column) const {
        const QRect inside = cell.inside();
        const Metric* metric = m_results.metric(row, column);
        if (metric == nullptr) {
            const bool isGroupBegin =
                column == ResultsModel::FirstFigure || m_results.groupOf(column - 1) != m_results.groupOf(column);
            if (isGroupBegin && m_results.isAsAbove(row, column))
                cell.text(inside, ResultsModel::tr("as above"), cell.quiet(), 12);
            return;
        }
        const Standing* place = m_results.standing(row, column);
        const bool isCompared = m_results.isCompared(column);
        const bool isBest = place != nullptr && place->isBest;
        const bool isWithin = isCompared && place != nullptr && !isBest && place->isWithinNoise;
        const ColourRole ink = m_results.isStale() ? cell.quiet() : &Tokens::text;
        const QString text =
            m_results.index(row, column).data().toString() + (isWithin ? QStringLiteral(" ≈") : QString());
        cell.painter.setFont(Theme::instance().font(12, isBest && isCompared ? 600 : 400));
        cell.painter.setPen(colour(ink));
        drawTabular(cell.painter, cell.placed(QRect(inside.left(), inside.top() + px(2), inside.width(), px(17))), text,
                    QStyle::visualAlignment(cell.painter.layoutDirection(), Qt::AlignLeft) | Qt::AlignVCenter);
        if (!std::isfinite(metric->value)) return;
        const ResultsModel::Axis& axis = m_results.axis(column);
        const double y = cell.rect.top() + px(kDotRow);
        const ReportColumn& about = m_results.figure(column);
        const auto at = [&](double value) {
            return ResultsView::xOf(cell.rect, axis, ResultsModel::shown(about, value));
        };
        if (isCompared && std::isfinite(axis.best)) {
            const double x = std::round(ResultsView::xOf(cell.rect, axis, axis.best));
            cell.painter.fillRect(QRectF(x, y - px(8), 1, px(14)), colour(&Tokens::accent));
        }
        if (std::isfinite(metric->ci95.low) && std::isfinite(metric->ci95.high)) {
            cell.painter.setPen(QPen(colour(isBest || isWithin ? &Tokens::accent : &Tokens::bar), 1.5));
            cell.painter.drawLine(QPointF(at(metric->ci95.low), y), QPointF(at(metric->ci95.high), y));
        }
        paintDot(cell.painter, {at(metric->value), y}, isBest, isWithin,
                 colour(cell.isSelected ? &Tokens::accentSoft : &Tokens::surface));
    }

    const ResultsModel& m_results;
};

}  // namespace

ResultsHeader::ResultsHeader(const ResultsModel& results, QWidget* parent)
    : QHeaderView(Qt::Horizontal, parent), m_results(results) {
    setHighlightSections(false);
    setSectionsClickable(false);
    setMinimumSectionSize(px(40));
}

QSize ResultsHeader::sizeHint() const {
    return {QHeaderView::sizeHint().width(), px(kHeadHeight)};
}

void ResultsHeader::paintSection(QPainter* painter, const QRect& rect, int section) const {
    painter->save();
    painter->fillRect(rect, colour(&Tokens::surface));
    const int half = rect.height() / 2;
    const int left = section == ResultsModel::Model ? kEdges : kCellEdge;
    const QRect head = rect.adjusted(px(left), half, -px(2), 0);
    painter->setFont(Theme::instance().font(12));
    painter->setPen(colour(&Tokens::text2));
    painter->drawText(head, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                      painter->fontMetrics().elidedText(model()->headerData(section, Qt::Horizontal).toString(),
                                                        Qt::ElideRight, head.width()));
    if (section >= ResultsModel::FirstFigure) {
        const QString group = m_results.groupOf(section);
        int first = section, last = section;
        while (first > ResultsModel::FirstFigure && m_results.groupOf(first - 1) == group)
            --first;
        while (last + 1 < count() && m_results.groupOf(last + 1) == group)
            ++last;
        const int begin = sectionViewportPosition(first) + px(kCellEdge);
        const int end = sectionViewportPosition(last) + sectionSize(last) - px(4);
        painter->setClipRect(rect);
        painter->setPen(colour(&Tokens::text));
        const QRect area(begin, rect.top(), end - begin, half);
        painter->drawText(area, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                          painter->fontMetrics().elidedText(group, Qt::ElideRight, area.width()));
        painter->fillRect(QRect(begin, rect.top() + half, end - begin, 1), colour(&Tokens::border));
    }
    painter->restore();
}

ResultsAxes::ResultsAxes(const ResultsModel& results, QTableView& view) : m_results(results), m_view(view) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    const auto repaint = [this] { update(); };
    connect(view.horizontalScrollBar(), &QScrollBar::valueChanged, this, repaint);
    connect(view.horizontalHeader(), &QHeaderView::sectionResized, this, repaint);
    connect(&results, &QAbstractItemModel::modelReset, this, repaint);
    followTheme(this, repaint);
}

QSize ResultsAxes::sizeHint() const {
    return {px(400), px(kAxesHeight)};
}

void ResultsAxes::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), colour(&Tokens::surface));
    painter.setFont(Theme::instance().font(11));
    const QHeaderView& head = *m_view.horizontalHeader();
    for (int column = ResultsModel::FirstFigure; column < m_results.columnCount(); ++column) {
        const QRect cell(head.sectionViewportPosition(column), 0, head.sectionSize(column), height());
        const ResultsModel::Axis& axis = m_results.axis(column);
        const auto x = [&](double value) { return ResultsView::xOf(cell, axis, value); };
        const int left = static_cast<int>(x(axis.low)), right = static_cast<int>(x(axis.high));
        painter.fillRect(QRect(left, px(2), right - left + 1, 1), colour(&Tokens::outline));
        painter.setPen(colour(&Tokens::text3));
        const int decimals = axis.high - axis.low < 1                                       ? 2
                             : axis.high - axis.low < 5 && axis.low != std::floor(axis.low) ? 1
                                                                                            : 0;
        const QRectF area(left, px(4), right - left, px(16));
        drawTabular(painter, area, formatNumber(axis.low, decimals), Qt::AlignLeft | Qt::AlignVCenter);
        drawTabular(painter, area, formatNumber(axis.high, decimals), Qt::AlignRight | Qt::AlignVCenter);
    }
    const int room = m_view.horizontalHeader()->sectionViewportPosition(ResultsModel::FirstFigure);
    if (m_results.report() && m_results.columnCount() > ResultsModel::FirstFigure && room > px(60)) {
        painter.setPen(colour(&Tokens::text3));
        const QString text = tr("paired bootstrap, %Ln draw(s)", nullptr, m_results.report()->draws);
        painter.drawText(QRect(px(kEdges), 0, room - px(kEdges), height()), Qt::AlignLeft | Qt::AlignVCenter, text);
    }
}

ResultsView::ResultsView(ResultsModel& results, QWidget* parent) : QTableView(parent), m_results(results) {
    setHorizontalHeader(new ResultsHeader(results, this));
    setModel(&results);
    setItemDelegate(new ResultDelegate(results, this));
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setEditTriggers(NoEditTriggers);
    setTabKeyNavigation(false);
    setMouseTracking(true);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    setAccessibleName(tr("Results"));
    verticalHeader()->hide();
    setExportMenu(this, QStringLiteral("results"));
    connect(&results, &QAbstractItemModel::modelReset, this, &ResultsView::fitColumns);
    followTheme(this, [this] {
        verticalHeader()->setMinimumSectionSize(px(kResultRow));
        verticalHeader()->setDefaultSectionSize(px(kResultRow));
        fitColumns();
        viewport()->update();
    });
}

void ResultsView::fitColumns() {
    QHeaderView* head = horizontalHeader();
    for (int column = 0; column < m_results.columnCount(); ++column) {
        int width = column == ResultsModel::Model     ? kModelWidth
                    : column == ResultsModel::Prompts ? kPromptsWidth
                                                      : kFigureWidth;
        width = px(width);
        if (column >= ResultsModel::FirstFigure) {
            const QFontMetrics metrics(Theme::instance().font(12));
            const auto fits = [&](const QString& text) { return metrics.horizontalAdvance(text) * 23 / 20 + px(14); };
            width = std::max(width, fits(m_results.headOf(column)));
            const QString group = m_results.groupOf(column);
            const auto isOf = [&](int other) {
                return other >= ResultsModel::FirstFigure && other < m_results.columnCount() &&
                       m_results.groupOf(other) == group;
            };
            if (!isOf(column - 1) && !isOf(column + 1)) width = std::max(width, fits(group));
        }
        head->resizeSection(column, width);
    }
}

double ResultsView::xOf(const QRect& cell, const ResultsModel::Axis& axis, double shown) {
    const double left = cell.left() + px(kCellEdge), right = cell.right() - px(12);
    return left + (right - left) * std::clamp((shown - axis.low) / (axis.high - axis.low), 0.0, 1.0);
}

void ResultsView::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QTableView::currentChanged(current, previous);
    if (current.isValid() && current.row() != previous.row()) Q_EMIT rowChosen(current.row());
}

}  // namespace diagonal
