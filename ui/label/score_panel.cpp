// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/score_panel.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QHeaderView>
#include <algorithm>
#include <cmath>

#include "ui/label/score_delegate.h"
#include "ui/style/layouts.h"
#include "ui/style/theme.h"
#include "ui/widgets/chip.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/section_header.h"
#include "ui/widgets/segmented_control.h"

namespace diagonal {

namespace {

constexpr int kFewestRows = 4, kRowsToKeep = 10, kMostRows = 12, kGlideMilliseconds = 120;

}  // namespace

ScoreList::ScoreList(QWidget* parent) : RowView({0, 64, 82, 60}, parent) {
    setSelectionMode(NoSelection);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    setContextMenuPolicy(Qt::ActionsContextMenu);
    setAccessibleName(tr("Scores"));
}

int ScoreList::heightOf(int rows) const {
    return header()->sizeHint().height() + rows * ScoreDelegate::rowHeight();
}

QSize ScoreList::sizeHint() const {
    const int rows = model() != nullptr ? model()->rowCount() : 0;
    return {px(300), heightOf(std::clamp(rows, kFewestRows, kMostRows))};
}

QSize ScoreList::minimumSizeHint() const {
    const int rows = model() != nullptr ? model()->rowCount() : 0;
    return {px(240), heightOf(std::clamp(rows, kFewestRows, kRowsToKeep))};
}

ScorePanel::ScorePanel(QWidget* parent)
    : QWidget(parent),
      m_mode(new SegmentedControl),
      m_pill(new Pill),
      m_sentence(new ElidedLabel({}, 12, 400, &Tokens::text2)),
      m_list(new ScoreList),
      m_delegate(new ScoreDelegate(this)) {
    m_mode->addSegment(tr("Softmax"), static_cast<int>(Score::Softmax));
    m_mode->addSegment(tr("Sigmoid"), static_cast<int>(Score::Sigmoid));
    m_mode->addSegment(tr("Cosine"), static_cast<int>(Score::Cosine));
    m_mode->setSegmentToolTip(0, tr("Bars show softmax(cosine / temperature): labels compete with each other"));
    m_mode->setSegmentToolTip(1, tr("Bars show sigmoid(cosine / temperature + bias): each label for itself. Made for "
                                    "SigLIP models"));
    m_mode->setSegmentToolTip(2, tr("Bars show the cosine: each label for itself"));
    m_mode->setCurrentIndex(0);
    m_mode->setAccessibleName(tr("What the bars show"));
    auto* header = new SectionHeader(tr("Scores"));
    header->addRight(m_mode);

    m_list->setModel(&m_model);
    m_list->setItemDelegate(m_delegate);
    auto* copyAction = new QAction(tr("Copy scores"), m_list);
    copyAction->setShortcut(QKeySequence::Copy);
    copyAction->setShortcutContext(Qt::WidgetShortcut);
    connect(copyAction, &QAction::triggered, this, &ScorePanel::copy);
    m_list->addAction(copyAction);

    setLayout(makeColumn({makeRow({header}, 0, {16, 0, 16, 0}),
                          makeRow({m_pill, {m_sentence, 1}}, 8, {16, 0, 16, 0}),
                          {makeRow({m_list}, 0, {8, 4, 8, 0}), 1}}));
    m_pill->hide();

    connect(m_mode, &SegmentedControl::currentChanged, this, [this] {
        m_delegate->setShowsCosine(showsCosine());
        m_list->viewport()->update();
        Q_EMIT modeChanged(showsCosine());
        Q_EMIT scoreChanged();
    });
    for (const auto signal : {&QAbstractItemView::clicked, &QAbstractItemView::activated})
        connect(m_list, signal, this, [this](const QModelIndex& index) {
            Q_EMIT labelActivated(index.siblingAtColumn(ScoreListModel::Label).data().toString());
        });
    connect(&m_model, &QAbstractItemModel::rowsInserted, m_list, [this] { m_list->updateGeometry(); });
    connect(&m_model, &QAbstractItemModel::rowsRemoved, m_list, [this] { m_list->updateGeometry(); });
    m_glide.setDuration(kGlideMilliseconds);
    m_glide.setStartValue(0.0);
    m_glide.setEndValue(1.0);
    m_glide.setEasingCurve(QEasingCurve::OutCubic);
    connect(&m_glide, &QVariantAnimation::valueChanged, this, [this](const QVariant& progress) {
        m_delegate->setGlide(m_from, progress.toDouble());
        m_list->viewport()->update();
    });
}

Score ScorePanel::score() const {
    return static_cast<Score>(m_mode->currentData().toInt());
}

QString ScorePanel::verdict() const {
    return m_sentence->text();
}

void ScorePanel::setMarkedLabel(const QString& label) {
    m_delegate->setMarkedLabel(label);
    m_list->viewport()->update();
}

void ScorePanel::showLabels(const QStringList& labels, const QString& sentence) {
    m_glide.stop();
    m_delegate->setGlide({}, 1);
    m_model.setLabels(labels);
    m_pill->hide();
    m_sentence->setText(sentence);
    m_delegate->setDimmed(false);
}

void ScorePanel::showScores(const QStringList& labels, const std::vector<LabelScore>& bestFirst, bool assigned,
                            bool stale, bool animated) {
    m_from.clear();
    for (int row = 0; row < m_model.rowCount(); ++row)
        m_from.push_back(m_delegate->shownValue(m_model.index(row, 0)));
    m_glide.stop();
    m_delegate->setDimmed(stale);
    m_delegate->setGlide({}, 1);
    m_model.setScores(labels, bestFirst);
    if (animated && Theme::instance().animates()) m_glide.start();

    if (!assigned && !bestFirst.empty()) {
        m_pill->set(tr("None"), Pill::Kind::Quiet);
        m_pill->show();
        m_sentence->setText(
            tr("“%1” is on top, but is not given").arg(labels.value(static_cast<qsizetype>(bestFirst[0].label))));
        return;
    }
    if (bestFirst.size() < 2) {
        m_pill->hide();
        m_sentence->setText(tr("Only one label: add another to compare it with"));
        return;
    }
    const bool sure = isSure(bestFirst);
    // Never 100: no label is certain.
    const int points =
        std::min(99, static_cast<int>(std::lround(100 * (bestFirst[0].probability - bestFirst[1].probability))));
    const QString next = labels.value(static_cast<qsizetype>(bestFirst[1].label));
    m_pill->set(sure ? tr("Sure") : tr("Unsure"), stale  ? Pill::Kind::Quiet
                                                  : sure ? Pill::Kind::Accent
                                                         : Pill::Kind::Warn);
    m_pill->show();
    if (sure)
        m_sentence->setText(tr("%Ln point(s) ahead of “%1”", nullptr, points).arg(next));
    else
        m_sentence->setText(points < 1 ? tr("“%1” is less than 1 point behind").arg(next)
                                       : tr("“%1” is only %Ln point(s) behind", nullptr, points).arg(next));
}

void ScorePanel::copy() const {
    QStringList lines = {tr("Label") + '\t' + tr("Probability") + '\t' + tr("Cosine")};
    for (int row = 0; row < m_model.rowCount(); ++row) {
        const QModelIndex index = m_model.index(row, 0);
        if (!m_model.hasScores()) break;
        lines << index.data().toString() + '\t' +
                     formatPercent(index.data(ScoreListModel::ProbabilityRole).toDouble()) + '\t' +
                     formatCosine(index.data(ScoreListModel::CosineRole).toDouble());
    }
    QApplication::clipboard()->setText(lines.join('\n'));
}

void ScorePanel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange) m_list->updateGeometry();
    QWidget::changeEvent(event);
}

}  // namespace diagonal
