// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/matrix/matrix_side.h"

#include <QComboBox>
#include <QGridLayout>
#include <QSignalBlocker>
#include <algorithm>
#include <cmath>

#include "ui/style/layouts.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/plot.h"
#include "ui/widgets/section_header.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/tabular.h"
#include "ui/widgets/temperature_slider.h"

namespace diagonal {

namespace {

QWidget* groupOf(QWidget* head, QWidget* body) {
    auto* group = new QWidget;
    group->setLayout(makeColumn({head, body}, 8, {16, 4, 16, 12}));
    return group;
}

QString recallText(double recall) {
    return std::isnan(recall) ? QStringLiteral("–") : formatShare(formatNumber(recall * 100, 1));
}

}  // namespace

MatrixSide::MatrixSide(QWidget* parent) : QWidget(parent) {
    setLayout(makeColumn({makeValue(), new Hairline, makeTemperature(), new Hairline, makeOrder(), stretch()}, 0,
                         {1, 0, 0, 0}));
    showAnalysis({}, false);
}

QWidget* MatrixSide::makeValue() {
    auto* header = new SectionHeader(tr("Value"));
    m_colours = new QComboBox;
    m_colours->setAccessibleName(tr("Colours"));
    m_colours->addItem(tr("Viridis"), static_cast<int>(ColourMap::Viridis));
    m_colours->addItem(tr("Magma"), static_cast<int>(ColourMap::Magma));
    m_colours->addItem(tr("Cividis"), static_cast<int>(ColourMap::Cividis));
    setQuiet(m_colours, true);
    header->addRight(m_colours);
    m_value = new SegmentedControl({tr("Cosine"), tr("Logit"), tr("Row"), tr("Column"), tr("Both")});
    m_value->setSegmentToolTip(1, tr("Cosine divided by the temperature"));
    m_value->setSegmentToolTip(2, tr("Softmax by row: each image over all captions"));
    m_value->setSegmentToolTip(3, tr("Softmax by column: each caption over all images"));
    m_value->setSegmentToolTip(4, tr("Geometric mean of row and column softmax"));
    m_value->setStretched(true);
    connect(m_value, &SegmentedControl::currentChanged, this, &MatrixSide::takeValue);
    connect(m_colours, &QComboBox::currentIndexChanged, this, [this] {
        m_chosen[value() >= ShownValue::Row ? 1 : 0] = colours();
        Q_EMIT viewChanged();
    });
    return groupOf(header, m_value);
}

QWidget* MatrixSide::makeTemperature() {
    m_slider = new TemperatureSlider;
    m_lossGroup = new QWidget;
    m_loss = new PlotView({});  // the legend needs the whole width
    m_loss->setAccessibleName(tr("Loss of the pairs at each temperature"));
    m_loss->setFixedHeight(px(190));
    m_imageToText = m_loss->addSeries({tr("image-to-text"), &Tokens::imageToText, false, false});
    m_textToImage = m_loss->addSeries({tr("text-to-image"), &Tokens::textToImage, true, false});
    m_loss->setLogarithmic(true, false);
    m_loss->setXName(tr("temperature"));
    m_loss->setFullRange(TemperatureSlider::kLowest, TemperatureSlider::kHighest);
    m_loss->setPicking(true);
    m_lowest = new TextLabel({}, 12, 400, &Tokens::text2);
    m_lossGroup->setLayout(makeColumn({m_loss, m_lowest}, 4));
    connect(m_slider, &TemperatureSlider::temperatureChanged, this, [this] {
        showTemperature();
        Q_EMIT viewChanged();
    });
    connect(m_loss, &PlotView::picked, m_slider, &TemperatureSlider::setTemperature);
    connect(m_loss, &PlotView::cursorMoved, this, [this](double x) {
        if (std::isnan(x)) showTemperature();
    });
    return groupOf(m_slider, m_lossGroup);
}

QWidget* MatrixSide::makeOrder() {
    auto* header = new SectionHeader(tr("Order"));
    m_order = new QComboBox;
    m_order->setAccessibleName(tr("Order"));
    m_order->addItems({tr("As given"), tr("Like beside like"), tr("Worst pairs first")});
    header->addRight(m_order);
    m_recallGroup = new QWidget;
    auto* grid = new QGridLayout(m_recallGroup);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setVerticalSpacing(px(4));
    grid->setColumnStretch(0, 3);
    grid->setColumnStretch(1, 2);
    grid->setColumnStretch(2, 1);
    grid->setColumnStretch(3, 2);
    const QString names[] = {tr("Image-to-text R@1"), tr("R@5"), tr("Text-to-image R@1"), tr("R@5")};
    for (int i = 0; i < 4; ++i) {
        m_recalls[i] = new TabularLabel({}, 12, 600);
        auto* name = new TextLabel(names[i], 12, 400, &Tokens::text2);
        name->setContentsMargins(i % 2 == 1 ? px(16) : 0, 0, 0, 0);
        grid->addWidget(name, i / 2, (i % 2) * 2);
        grid->addWidget(m_recalls[i], i / 2, (i % 2) * 2 + 1);
    }
    connect(m_order, &QComboBox::activated, this, &MatrixSide::orderChanged);
    return groupOf(header, m_recallGroup);
}

ShownValue MatrixSide::value() const {
    return static_cast<ShownValue>(m_value->currentIndex());
}

void MatrixSide::setValue(ShownValue value) {
    m_value->setCurrentIndex(static_cast<int>(value));
}

ColourMap MatrixSide::colours() const {
    return static_cast<ColourMap>(m_colours->currentData().toInt());
}

double MatrixSide::temperature() const {
    return m_slider->temperature();
}

void MatrixSide::setModelTemperature(double temperature) {
    m_slider->setModelTemperature(temperature);
    showTemperature();
}

MatrixOrder MatrixSide::order() const {
    return static_cast<MatrixOrder>(m_order->currentIndex());
}

void MatrixSide::takeValue() {
    const ColourMap chosen = m_chosen[value() >= ShownValue::Row ? 1 : 0];
    {
        const QSignalBlocker blocker(m_colours);
        m_colours->setCurrentIndex(m_colours->findData(static_cast<int>(chosen)));
    }
    Q_EMIT viewChanged();
}

void MatrixSide::showAnalysis(const MatrixAnalysis& analysis, bool paired) {
    const bool shown = paired && !analysis.rowRanks.empty();
    m_lossGroup->setVisible(shown);
    m_recallGroup->setVisible(shown);
    if (!shown) return;
    const LossCurve& curve = analysis.curve;
    m_loss->setData(m_imageToText, curve.temperatures, curve.imageToText);
    m_loss->setData(m_textToImage, curve.temperatures, curve.textToImage);
    // While pictures stream in, of those that are there: recall and loss are.
    const auto pairs = std::ranges::count_if(analysis.rowRanks, [](int rank) { return rank > 0; });
    m_loss->clearReferences();
    m_curve = curve;
    m_chance = pairs > 0 ? std::log(static_cast<double>(pairs)) : 0;
    if (pairs > 1)
        m_loss->addReference(m_chance, tr("chance: ln %1 = %2").arg(formatCount(pairs)).arg(formatCosine(m_chance)));
    m_lowest->setText(tr("The loss is lowest at %1").arg(formatTemperature(curve.lowestAt)));
    m_recalls[0]->setText(recallText(recallAt(analysis.rowRanks, 1)));
    m_recalls[1]->setText(recallText(recallAt(analysis.rowRanks, 5)));
    m_recalls[2]->setText(recallText(recallAt(analysis.columnRanks, 1)));
    m_recalls[3]->setText(recallText(recallAt(analysis.columnRanks, 5)));
    showTemperature();
}

void MatrixSide::showTemperature() {
    // Below some temperature the loss grows without bound: up to the one chosen it is shown.
    double most = m_chance + 0.5;
    for (size_t i = 0; i < m_curve.temperatures.size(); ++i)
        if (m_curve.temperatures[i] >= m_slider->temperature() * 0.95)
            most = std::max({most, m_curve.imageToText[i] + 0.5, m_curve.textToImage[i] + 0.5});
    m_loss->setYRange(0, std::max(1.0, std::ceil(most)));
    m_loss->setCursorAt(m_slider->temperature());
}

}  // namespace diagonal
