// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/relevance_bar.h"

#include <QComboBox>
#include <QPainter>
#include <QSignalBlocker>
#include <QSlider>
#include <cmath>

#include "ui/style/layouts.h"
#include "ui/widgets/colour_table.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/switch.h"

namespace diagonal {

namespace {

constexpr int kHeight = 44, kNarrowest = 240;
constexpr int kLegendFrom = 580, kOpacityTitleFrom = 490, kOpacityFrom = 420, kTitleFrom = 320;  // widths of the bar
constexpr double kFirstOpacity = 0.65;

}  // namespace

/// Magma from less to more.
class RelevanceBar::Legend : public QWidget {
  public:
    explicit Legend(QWidget* parent = nullptr) : QWidget(parent), m_table(colourTableOf(ColourMap::Magma)) {
        setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
        setAccessibleName(RelevanceBar::tr("Colours from less relevant to more relevant"));
        followTheme(this, [this] {
            updateGeometry();
            update();
        });
    }
    QSize sizeHint() const override { return {px(76), px(26)}; }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        for (int x = 0; x < width(); ++x)
            painter.fillRect(x, 0, 1, px(8), QColor(m_table[static_cast<size_t>(x * 256 / std::max(1, width()))]));
        painter.setFont(Theme::instance().font(11));
        painter.setPen(colour(&Tokens::text2));
        const QRect words(0, px(9), width(), height() - px(9));
        painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter, RelevanceBar::tr("less"));
        painter.drawText(words, Qt::AlignRight | Qt::AlignVCenter, RelevanceBar::tr("more"));
    }

  private:
    ColourTable m_table;
};

RelevanceBar::RelevanceBar(QWidget* parent)
    : QWidget(parent),
      m_switch(new Switch(tr("Relevance"))),
      m_title(new TextLabel(tr("Relevance of"))),
      m_label(new QComboBox),
      m_opacityTitle(new TextLabel(tr("Opacity"))),
      m_opacity(new QSlider(Qt::Horizontal)),
      m_grid(new IconButton("ui/grid", tr("Patch grid"))),
      m_legend(new Legend) {
    m_switch->setToolTip(tr("Show which parts of the picture speak for the label"));
    m_label->setAccessibleName(tr("Label whose relevance is shown"));
    m_label->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_label->setMinimumContentsLength(8);
    m_label->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_label->setMaximumWidth(px(400));
    m_opacity->setRange(0, 100);
    m_opacity->setPageStep(10);
    m_opacity->setAccessibleName(tr("Opacity of the relevance map"));
    m_opacity->setFixedWidth(px(88));
    m_grid->setCheckable(true);
    setOpacity(kFirstOpacity);

    setLayout(
        makeRow({m_switch, m_title, {m_label, 100}, gap(8), m_opacityTitle, m_opacity, m_grid, stretch(1), m_legend}, 8,
                {16, 0, 16, 0}));
    followTheme(this, [this] { setFixedHeight(px(kHeight)); });
    enable();

    connect(m_switch, &Switch::toggled, this, [this](bool on) {
        enable();
        Q_EMIT switched(on);
    });
    connect(m_label, &QComboBox::activated, this,
            [this](int index) { Q_EMIT labelChosen(m_label->itemData(index).toString()); });
    connect(m_opacity, &QSlider::valueChanged, this, [this](int value) {
        m_opacity->setToolTip(tr("%1 %", "opacity").arg(value));
        Q_EMIT lookChanged();
    });
    connect(m_grid, &QAbstractButton::toggled, this, &RelevanceBar::lookChanged);
}

void RelevanceBar::setLabels(const QStringList& labels, const QString& chosen, const QString& best) {
    const QSignalBlocker blocker(m_label);
    QStringList shown;
    for (int i = 1; i < m_label->count(); ++i)
        shown << m_label->itemText(i);
    if (m_label->count() == 0 || shown != labels) {
        m_label->clear();
        m_label->addItem({});
        for (const QString& label : labels)
            m_label->addItem(label, label);
    }
    m_label->setItemText(0, best.isEmpty() ? tr("Best label") : tr("Best label: %1").arg(best));
    m_label->setCurrentIndex(chosen.isEmpty() ? 0 : std::max(0, m_label->findData(chosen)));
    m_label->setToolTip(m_label->currentText());
}

void RelevanceBar::setOn(bool on) {
    m_switch->setChecked(on);
}

bool RelevanceBar::isOn() const {
    return m_switch->isChecked();
}

double RelevanceBar::opacity() const {
    return m_opacity->value() / 100.0;
}

void RelevanceBar::setOpacity(double opacity) {
    m_opacity->setValue(static_cast<int>(std::lround(100 * opacity)));
}

bool RelevanceBar::showsGrid() const {
    return m_grid->isChecked();
}

void RelevanceBar::setShowsGrid(bool shown) {
    m_grid->setChecked(shown);
}

void RelevanceBar::enable() {
    const bool on = m_switch->isChecked();
    for (QWidget* part :
         {static_cast<QWidget*>(m_label), static_cast<QWidget*>(m_opacity), static_cast<QWidget*>(m_grid)})
        part->setEnabled(on);
    m_title->setColour(on ? &Tokens::text : &Tokens::text2);
    m_opacityTitle->setColour(on ? &Tokens::text : &Tokens::text2);
}

QSize RelevanceBar::minimumSizeHint() const {
    return {px(kNarrowest), px(kHeight)};
}

// What matters least goes first where the panel is narrow.
void RelevanceBar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_legend->setVisible(width() >= px(kLegendFrom));
    m_opacityTitle->setVisible(width() >= px(kOpacityTitleFrom));
    m_opacity->setVisible(width() >= px(kOpacityFrom));
    m_title->setVisible(width() >= px(kTitleFrom));
}

}  // namespace diagonal
