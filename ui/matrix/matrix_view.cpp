// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/matrix/matrix_view.h"

#include <QEvent>
#include <QLocale>
#include <algorithm>
#include <cmath>

#include "ui/base/paths.h"
#include "ui/pictures/thumbnail_cache.h"
#include "ui/style/layouts.h"
#include "ui/style/theme.h"
#include "ui/widgets/colour_legend.h"
#include "ui/widgets/format.h"
#include "ui/widgets/heatmap.h"
#include "ui/widgets/histogram.h"

namespace diagonal {

namespace {

QString logitText(double value) {
    return std::isfinite(value) ? QLocale().toString(value, 'f', 1) : QStringLiteral("–");
}

}  // namespace

MatrixView::MatrixView(MatrixSession& session, MatrixSide& side, QWidget* parent)
    : QWidget(parent), m_session(session), m_side(side) {
    m_heatmap = new HeatmapView;
    m_legend = new ColourLegend;
    m_histogram = new HistogramView;
    m_histogram->setFixedWidth(px(130));
    setLayout(makeRow({{m_heatmap, 1}, m_legend, m_histogram}, 16, {16, 12, 16, 12}));
    m_card = new CellCard(m_heatmap);

    m_heatmap->setAccessibleName(tr("Similarity of images and captions"));
    m_heatmap->setRowPictures([this](int index) {
        const int image = imageOf(index);
        if (image < 0) return QPixmap();
        const double size = std::min(m_heatmap->cellSize(), 64.0) * devicePixelRatioF();
        // A few sizes, so that zooming does not decode every picture again.
        const int step = size <= 32 ? 32 : size <= 64 ? 64 : 128;
        return ThumbnailCache::instance().pixmap(m_session.items().files[image], step);
    });
    m_heatmap->setCellText([this](int index, int column) {
        const CellText text = cellText(index, column);
        return tr("image %1, text %2, cosine %3").arg(text.file, text.caption, text.values[0]);
    });
    connect(&ThumbnailCache::instance(), &ThumbnailCache::ready, m_heatmap, qOverload<>(&QWidget::update));
    connect(m_heatmap, &HeatmapView::hovered, this, &MatrixView::showCard);
    connect(m_heatmap, &HeatmapView::viewChanged, this, &MatrixView::align);
}

int MatrixView::imageOf(int row) const {
    const auto& order = m_session.analysis().rowOrder;
    if (row < 0 || row >= static_cast<int>(order.size())) return -1;
    const int image = order[static_cast<size_t>(row)];
    return image < m_session.items().files.size() ? image : -1;
}

int MatrixView::captionOf(int column) const {
    const auto& order = m_session.analysis().columnOrder;
    if (column < 0 || column >= static_cast<int>(order.size())) return -1;
    const int caption = order[static_cast<size_t>(column)];
    return caption < m_session.items().captions.size() ? caption : -1;
}

QStringList MatrixView::shownNames() const {
    QStringList names;
    for (int row = 0; row < static_cast<int>(m_shown.rows); ++row)
        names << (imageOf(row) < 0 ? QString() : shownName(m_session.items().files[imageOf(row)]));
    return names;
}

QStringList MatrixView::shownCaptions() const {
    QStringList captions;
    for (int column = 0; column < static_cast<int>(m_shown.columns); ++column)
        captions << (captionOf(column) < 0 ? QString() : m_session.items().captions[captionOf(column)]);
    return captions;
}

std::pair<double, double> MatrixView::range() const {
    return shownRange(m_session.analysis(), m_side.value(), m_side.temperature());
}

void MatrixView::refresh() {
    const MatrixAnalysis& analysis = m_session.analysis();
    m_shown = analysis.isEmpty() ? SimilarityMatrix{} : shownMatrix(analysis, m_side.value(), m_side.temperature());
    const auto [low, high] = range();
    m_heatmap->setColours(colourTableOf(m_side.colours()));
    m_heatmap->setRange(low, high);
    m_heatmap->setMatrix(static_cast<int>(m_shown.rows), static_cast<int>(m_shown.columns), m_shown.values);
    m_heatmap->setRowNames(shownNames());
    m_heatmap->setColumnNames(shownCaptions());
    refreshNotes();
    refreshLegend();
    align();
    const QPoint cell = m_heatmap->currentCell();
    if (m_card->isVisible()) showCard(cell.y(), cell.x());
}

void MatrixView::refreshNotes() {
    const MatrixAnalysis& analysis = m_session.analysis();
    const auto notes = [](const std::vector<int>& ranks, const std::vector<int>& order, QStringList& texts,
                          std::vector<bool>& warn) {
        for (const int place : order) {
            const int rank = ranks[static_cast<size_t>(place)];
            texts << (rank > 0 ? formatCount(rank) : QStringLiteral("–"));
            warn.push_back(rank > 1);
        }
    };
    QStringList rows, columns;
    std::vector<bool> warnRows, warnColumns;
    if (!analysis.rowRanks.empty()) {
        notes(analysis.rowRanks, analysis.rowOrder, rows, warnRows);
        notes(analysis.columnRanks, analysis.columnOrder, columns, warnColumns);
    }
    const QString heading = rows.isEmpty() ? QString() : tr("Rank");
    m_heatmap->setRowNotes(heading, rows, warnRows);
    m_heatmap->setColumnNotes(heading, columns, warnColumns);
}

void MatrixView::refreshLegend() {
    const auto [low, high] = range();
    m_legend->setColours(colourTableOf(m_side.colours()));
    m_legend->setRange(low, high);
    m_legend->setFormat([](double value) { return QLocale().toString(value, 'f', value >= 3 || value <= -3 ? 1 : 2); });
    std::vector<float> diagonal, others;
    bool below = false, above = false;
    const bool paired = !m_session.analysis().rowRanks.empty();
    for (int64_t i = 0; i < m_shown.rows; ++i) {
        for (int64_t j = 0; j < m_shown.columns; ++j) {
            const float value = m_shown.at(i, j);
            if (std::isnan(value)) continue;
            below = below || value < low - 1e-6;
            above = above || value > high + 1e-6;
            (paired && i == j ? diagonal : others).push_back(value);
        }
    }
    // Orders of pairs keep a pair on the diagonal.
    m_legend->setClipped(below, above);
    m_histogram->setRange(low, high);
    const QString count = formatCount(static_cast<qint64>(others.size()));
    m_histogram->setNames(
        paired ? tr("%1 on the diagonal").arg(formatCount(static_cast<qint64>(diagonal.size()))) : QString(),
        paired ? tr("%1 off it").arg(count) : tr("%1 cells").arg(count));
    m_histogram->setValues(diagonal, others);
    m_legend->setVisible(!m_shown.values.empty());
    m_histogram->setVisible(!m_shown.values.empty() && hasRoomForHistogram());
}

void MatrixView::align() {
    const QRect area = m_heatmap->matrixArea();
    const int top = std::max(0, area.top()), bottom = std::max(0, m_heatmap->height() - area.bottom() - 1);
    m_legend->setInsets(top, bottom);
    m_histogram->setInsets(top, bottom);
}

CellText MatrixView::cellText(int row, int column) const {
    CellText text;
    const int image = imageOf(row), caption = captionOf(column);
    if (image < 0 || caption < 0) return text;
    const MatrixAnalysis& analysis = m_session.analysis();
    const SimilarityMatrix& cosines = analysis.cosines;
    text.file = shownName(m_session.items().files[image]);
    text.caption = m_session.items().captions[caption];
    const float cosine = cosines.at(image, caption);
    text.accented = std::min(static_cast<int>(m_side.value()), 3);
    if (m_side.value() == ShownValue::Both) text.accented = -1;
    if (std::isnan(cosine)) {
        text.verdict = tr("This image could not be read.");
        text.isWarning = true;
        text.values.fill(QStringLiteral("–"));
        return text;
    }
    const double scale = 1 / m_side.temperature();
    double rowSum = 0, columnSum = 0;
    for (int64_t j = 0; j < cosines.columns; ++j)
        rowSum += std::exp(scale * (cosines.at(image, j) - cosine));
    for (int64_t i = 0; i < cosines.rows; ++i)
        if (!std::isnan(cosines.at(i, caption))) columnSum += std::exp(scale * (cosines.at(i, caption) - cosine));
    text.values[0] = formatCosine(cosine);
    text.values[1] = logitText(cosine * scale);
    text.values[2] = formatPercent(1 / rowSum);
    text.values[3] = formatPercent(1 / columnSum);
    text.values[4] =
        QStringLiteral("%1 · %2").arg(rankInRow(cosines, image, caption)).arg(rankInColumn(cosines, image, caption));
    if (analysis.rowRanks.empty()) return text;
    if (image == caption) {
        text.verdict = tr("A pair.");
    } else {
        text.verdict = tr("Not a pair. Own caption: %1").arg(formatCosine(cosines.at(image, image)));
        text.isWarning = true;
    }
    return text;
}

void MatrixView::showCard(int row, int column) {
    if (imageOf(row) < 0 || captionOf(column) < 0) {
        m_card->hide();
        m_legend->setMarked(std::nan(""));
        return;
    }
    m_card->showCell(m_session.items().files[imageOf(row)], cellText(row, column));
    m_card->placeBeside(m_heatmap->cellRect(row, column).toAlignedRect(), m_heatmap->matrixArea(), m_heatmap->rect());
    m_legend->setMarked(m_heatmap->value(row, column));
}

void MatrixView::leaveEvent(QEvent* event) {
    m_card->hide();
    QWidget::leaveEvent(event);
}

bool MatrixView::hasRoomForHistogram() const {
    return width() >= px(720);
}

void MatrixView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_histogram->setVisible(!m_shown.values.empty() && hasRoomForHistogram());
}

void MatrixView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) m_card->update();
    QWidget::changeEvent(event);
}

}  // namespace diagonal
