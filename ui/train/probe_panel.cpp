// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/probe_panel.h"

#include <QMouseEvent>
#include <QPainter>
#include <QResizeEvent>
#include <QSignalBlocker>
#include <QSlider>
#include <algorithm>
#include <cmath>

#include "ui/style/layouts.h"
#include "ui/widgets/colour_legend.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/heatmap.h"
#include "ui/widgets/matrix_math.h"
#include "ui/widgets/section_header.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kStripCount = 8;

/// Which of `count` evaluations stand in the strip: first, last, and denser at the start, where most happens.
std::vector<int> stripChoice(int count) {
    std::vector<int> chosen;
    const int shown = std::min(count, kStripCount);
    for (int i = 0; i < shown; ++i) {
        const double part = shown < 2 ? 0 : static_cast<double>(i) / (shown - 1);
        const double curved = count > 2 * kStripCount ? part * part : part;
        const int index = static_cast<int>(std::lround(curved * (count - 1)));
        if (chosen.empty() || index > chosen.back()) chosen.push_back(index);
    }
    return chosen;
}

}  // namespace

ProbePanel::ProbePanel(QWidget* parent) : QWidget(parent) {
    m_header = new SectionHeader(tr("Probe batch"));
    m_header->setFixedHeight(px(40));
    m_value = new SegmentedControl({tr("Cosine"), tr("Softmax")});
    m_value->setSegmentToolTip(1, tr("By row: each image over all captions"));
    m_header->addRight(m_value);

    m_waiting = makeWrapped(tr("The matrix of a fixed batch of validation pairs appears here after the first "
                               "evaluation, and its diagonal grows."),
                            12, 400, &Tokens::text2);

    m_content = new QWidget;
    m_square = new QWidget;
    m_heatmap = new HeatmapView;
    m_heatmap->setBare(true);
    m_legend = new ColourLegend;
    m_square->setLayout(makeRow({{m_heatmap, 1}, m_legend}, 10));
    m_strip = new MatrixStrip;
    m_slider = new QSlider(Qt::Horizontal);
    m_slider->setAccessibleName(tr("Evaluation"));
    m_position = new TabularLabel({}, 12, 400, &Tokens::text2);
    m_position->reserve(tr("evaluation %1 of %2").arg(100).arg(100));

    auto* facts = makeRow({}, 6);
    const auto fact = [facts](const QString& name) {
        auto* label = new TabularLabel({}, 12, 600);
        label->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);
        addItems(*facts, {new TextLabel(name, 12, 400, &Tokens::text2), label, stretch()});
        return label;
    };
    m_diagonal = fact(tr("Diagonal"));
    m_others = fact(tr("off it"));
    m_rows = fact(tr("right in row"));
    m_columns = fact(tr("in column"));
    m_content->setLayout(makeColumn({m_square, m_strip, makeRow({{m_slider, 1}, m_position}, 10), facts}, 10));
    setLayout(makeColumn({m_header, m_waiting, m_content, stretch()}, 8, {16, 0, 16, 12}));

    connect(m_slider, &QSlider::valueChanged, this, [this](int index) {
        m_atLatest = index + 1 == static_cast<int>(m_evaluations.size());
        showEvaluation(index);
    });
    connect(m_strip, &MatrixStrip::chosen, m_slider, &QSlider::setValue);
    connect(m_value, &SegmentedControl::currentChanged, this, [this] {
        fillStrip();
        showEvaluation(m_slider->value());
    });
    connect(m_heatmap, &HeatmapView::hovered, this, [this](int row, int columnIndex) {
        m_legend->setMarked(row < 0 ? std::nan("") : m_heatmap->value(row, columnIndex));
    });
    followTheme(this, [this] {
        fillStrip();
        update();
    });
    showNothing();
}

void ProbePanel::setRun(RunModel* run) {
    if (m_run) m_run->disconnect(this);
    m_run = run;
    m_atLatest = true;
    if (m_run) {
        connect(m_run, &RunModel::reset, this, &ProbePanel::reload);
        connect(m_run, &RunModel::validationAdded, this, &ProbePanel::reload);
    }
    reload();
}

bool ProbePanel::isSoftmax() const {
    return m_value->currentIndex() == 1;
}

const ValidationMetrics& ProbePanel::evaluation(int index) const {
    return m_run->validations()[m_evaluations[static_cast<size_t>(index)]];
}

void ProbePanel::reload() {
    m_evaluations.clear();
    if (m_run) {
        const auto& validations = m_run->validations();
        for (size_t i = 0; i < validations.size(); ++i)
            if (validations[i].probe > 0) m_evaluations.push_back(i);
    }
    if (m_evaluations.empty()) {
        showNothing();
        return;
    }
    fixRange();
    const int count = static_cast<int>(m_evaluations.size());
    m_waiting->hide();
    m_content->show();
    m_value->show();
    m_header->setTitle(tr("Probe batch, %n pairs", nullptr, evaluation(0).probe));
    {
        const QSignalBlocker blocker(m_slider);
        m_slider->setRange(0, count - 1);
        if (m_atLatest) m_slider->setValue(count - 1);
    }
    fillStrip();
    showEvaluation(m_slider->value());
}

void ProbePanel::showNothing() {
    m_content->hide();
    m_value->hide();
    m_waiting->show();
    m_header->setTitle(tr("Probe batch"));
}

void ProbePanel::fixRange() {
    std::vector<float> all;
    for (const size_t i : m_evaluations) {
        const auto& values = m_run->validations()[i].probeMatrix;
        all.insert(all.end(), values.begin(), values.end());
    }
    std::tie(m_low, m_high) = percentileRange(std::move(all));
}

SimilarityMatrix ProbePanel::matrixOf(int index) const {
    const ValidationMetrics& metrics = evaluation(index);
    SimilarityMatrix matrix{metrics.probe, metrics.probe, metrics.probeMatrix};
    const double temperature = m_run->temperatureAt(metrics.step);
    if (isSoftmax() && temperature > 0) return matrixValues(matrix, MatrixValue::SoftmaxRow, temperature);
    return matrix;
}

void ProbePanel::showEvaluation(int index) {
    if (!m_run || index < 0 || index >= static_cast<int>(m_evaluations.size())) return;
    const ValidationMetrics& metrics = evaluation(index);
    const SimilarityMatrix matrix = matrixOf(index);
    const double low = isSoftmax() ? 0 : m_low, high = isSoftmax() ? 1 : m_high;
    const ColourTable table = colourTableOf(isSoftmax() ? ColourMap::Magma : ColourMap::Viridis);
    m_heatmap->setColours(table);
    m_heatmap->setRange(low, high);
    m_heatmap->setMatrix(metrics.probe, metrics.probe, matrix.values);
    m_legend->setColours(table);
    m_legend->setRange(low, high);
    const auto [least, most] = std::minmax_element(matrix.values.begin(), matrix.values.end());
    m_legend->setClipped(*least<low, *most> high);
    m_strip->setCurrent(index);
    m_position->setText(tr("evaluation %1 of %2").arg(index + 1).arg(m_evaluations.size()));
    m_position->setToolTip(tr("step %1").arg(formatCount(metrics.step)));
    const DiagonalFacts facts = diagonalFacts({metrics.probe, metrics.probe, metrics.probeMatrix});
    m_diagonal->setText(formatCosine(facts.diagonal));
    m_others->setText(formatCosine(facts.others));
    m_rows->setText(formatCount(facts.rightRows));
    m_columns->setText(tr("%1 of %2").arg(facts.rightColumns).arg(metrics.probe));
}

void ProbePanel::fillStrip() {
    std::vector<MatrixStrip::Item> items;
    const ColourTable table = colourTableOf(isSoftmax() ? ColourMap::Magma : ColourMap::Viridis);
    for (const int index : stripChoice(static_cast<int>(m_evaluations.size())))
        items.push_back({index, formatCount(evaluation(index).step),
                         matrixImage(matrixOf(index), table, isSoftmax() ? 0 : m_low, isSoftmax() ? 1 : m_high)});
    m_strip->setItems(std::move(items));
}

void ProbePanel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const int side = width() - 2 * px(16) - px(10) - m_legend->sizeHint().width();
    m_square->setFixedHeight(std::clamp(side, px(120), std::max(px(120), height() - px(220))));
}

MatrixStrip::MatrixStrip(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void MatrixStrip::setItems(std::vector<Item> items) {
    m_items = std::move(items);
    update();
}

void MatrixStrip::setCurrent(int evaluation) {
    m_current = evaluation;
    update();
}

QSize MatrixStrip::sizeHint() const {
    return {px(300), px(62)};
}
QSize MatrixStrip::minimumSizeHint() const {
    return {px(200), px(62)};
}

QRect MatrixStrip::tile(int index) const {
    const int gap = px(8), side = std::min(px(42), (width() - gap * (kStripCount - 1)) / kStripCount);
    const int step = (width() - side) / (kStripCount - 1);
    return {index * step, px(2), side, side};
}

void MatrixStrip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    for (int i = 0; i < static_cast<int>(m_items.size()); ++i) {
        const Item& item = m_items[static_cast<size_t>(i)];
        const bool current = item.evaluation == m_current;
        const QRect area = tile(i);
        painter.drawImage(area.adjusted(2, 2, -2, -2), item.picture);
        if (current) {
            painter.setPen(QPen(colour(&Tokens::accent), 2));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(area.adjusted(0, 0, -1, -1));
        }
        painter.setFont(Theme::instance().font(11, current ? 600 : 400));
        painter.setPen(colour(current ? &Tokens::text : &Tokens::text3));
        drawTabular(painter, QRectF(area.center().x() - px(30), area.bottom() + px(2), px(60), px(16)), item.name,
                    Qt::AlignCenter);
    }
}

void MatrixStrip::mousePressEvent(QMouseEvent* event) {
    for (int i = 0; i < static_cast<int>(m_items.size()); ++i)
        if (tile(i).adjusted(-px(3), 0, px(3), px(18)).contains(event->pos()))
            Q_EMIT chosen(m_items[static_cast<size_t>(i)].evaluation);
}

}  // namespace diagonal
