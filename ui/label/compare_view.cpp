// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/compare_view.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QGridLayout>
#include <QLocale>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/base/engine_texts.h"
#include "ui/label/compare_delegates.h"
#include "ui/label/compare_detail.h"
#include "ui/label/compare_source.h"
#include "ui/label/label_session.h"
#include "ui/pictures/thumbnail_cache.h"
#include "ui/shell/save_as.h"
#include "ui/shell/services.h"
#include "ui/shell/splitter.h"
#include "ui/style/layouts.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/chip.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/format.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/row_view.h"

namespace diagonal {

namespace {

using Kind = CompareChoice::Kind;

constexpr int kDetailWidth = 344, kNarrowView = 760;  // below it the list stands alone

QString emptyTitle() {
    return CompareView::tr("Compare two prompts, or two models");
}

QString emptyExplanation() {
    return CompareView::tr("Both label the same pictures; what they disagree on most comes first.");
}

QString promptName(const QStringList& templates) {
    if (templates.isEmpty()) return CompareView::tr("labels as written");
    return templates.size() == 1 ? QStringLiteral("“%1”").arg(templates.first())
                                 : CompareView::tr("%Ln template(s)", nullptr, static_cast<int>(templates.size()));
}

/// Never 100 while they differ, never 0 while they agree anywhere.
QString shareText(int part, int all) {
    int percent = static_cast<int>(std::lround(100.0 * part / all));
    if (part < all) percent = std::min(percent, 99);
    if (part > 0) percent = std::max(percent, 1);
    return CompareView::tr("%1%", "share").arg(percent);
}

}  // namespace

CompareView::CompareView(Services& services, LabelSession& labels, QWidget* parent)
    : Panel(&Tokens::surface, {}, parent),
      m_services(services),
      m_labels(labels),
      m_session(services.engine(), labels),
      m_source(new CompareSource(services)),
      m_left(new ElidedLabel({}, 13, 600)),
      m_summary(new ElidedLabel({}, 15, 600)),
      m_details(new ElidedLabel({}, 12, 400, &Tokens::text2)),
      m_chips(new FilterChips),
      m_copy(makeButton(tr("Copy"), "ui/copy")),
      m_export(makeButton(tr("Export comparison…"), "ui/export")),
      m_notice(new NoticeBar),
      m_pages(new QStackedWidget),
      m_list(new RowView({0, 0, 0, 94})),
      m_detail(new CompareDetail(m_session)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeSides());
    column->addWidget(new Hairline);
    column->addWidget(m_notice);
    m_pages->addWidget(makeBody());
    m_empty = new EmptyState(emptyTitle(), emptyExplanation());
    m_tryPrompt = m_empty->addButton(tr("Compare with labels as written"), "ui/text", ButtonKind::Primary);
    m_tryModel = m_empty->addButton(tr("Compare with another model…"), "ui/compare");
    m_pages->addWidget(m_empty);
    column->addWidget(m_pages, 1);

    m_notice->setClosable(false);
    connect(m_tryPrompt, &QPushButton::clicked, m_source, [this] { m_source->choosePrompt({}); });
    connect(m_tryModel, &QPushButton::clicked, m_source, &CompareSource::openModelChooser);
    connect(m_notice, &NoticeBar::linkActivated, this, [this] {
        if (m_labels.isPaused()) m_labels.resume();
        m_session.resume();
    });
    connect(m_source, &CompareSource::chosen, &m_session, &CompareSession::choose);
    connect(&m_session, &CompareSession::changed, this, &CompareView::refresh);
    connect(&m_session, &CompareSession::failed, &services, &Services::notifyError);
    connect(&m_session, &CompareSession::choiceRestored, m_source, &CompareSource::show);
    connect(&m_session, &CompareSession::exported, this, [this](const QString& file, int images) {
        m_services.notify(tr("Comparison of %Ln image(s) written to %1", nullptr, images).arg(formatPath(file)));
    });
    connect(&labels, &LabelSession::stateChanged, this, &CompareView::refresh);
    connect(&m_session.pictures(), &QAbstractItemModel::dataChanged, this, [this] {
        if (currentRow() >= 0) showDetail();
    });
    refresh();
}

CompareView::~CompareView() {
    // The children outlive this part of the object.
    disconnect(&m_session, nullptr, this, nullptr);
    disconnect(&m_labels, nullptr, this, nullptr);
    delete m_pages;
}

void CompareView::setActive(bool active) {
    m_session.setActive(active);
}

QWidget* CompareView::makeSides() {
    auto* sides = new QWidget;
    auto* grid = new QGridLayout(sides);
    grid->setContentsMargins(px(16), px(10), px(16), px(10));
    grid->setHorizontalSpacing(px(16));
    grid->setVerticalSpacing(px(8));
    grid->addWidget(new TextLabel(tr("Left"), 12, 400, &Tokens::text2), 0, 0);
    grid->addWidget(m_left, 0, 1);
    grid->addWidget(new TextLabel(tr("Right"), 12, 400, &Tokens::text2), 1, 0);
    grid->addWidget(m_source, 1, 1);
    grid->setColumnStretch(1, 1);
    return sides;
}

QWidget* CompareView::makeSummary() {
    m_summaryRow = new QWidget;
    m_summaryRow->setLayout(
        makeRow({{makeColumn({m_summary, m_details}, 2), 1}, m_copy, m_export}, 8, {16, 10, 16, 6}));
    m_copy->setToolTip(tr("Copy the selected rows, all where none is selected"));
    m_export->setToolTip(tr("All pictures as CSV, disagreements first"));
    connect(m_copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(selectionAsText()); });
    connect(m_export, &QPushButton::clicked, this, &CompareView::chooseExport);
    return m_summaryRow;
}

QWidget* CompareView::makeBody() {
    m_list->setModel(&shown());
    m_list->setItemDelegate(new ComparisonDelegate(m_list));
    m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_list->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    m_list->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_list->setAccessibleName(tr("Compared pictures"));
    auto* copyAction = new QAction(tr("Copy rows"), m_list);
    connect(copyAction, &QAction::triggered, m_copy, &QPushButton::click);
    m_list->addAction(copyAction);
    connect(&ThumbnailCache::instance(), &ThumbnailCache::ready, m_list, [this] { m_list->viewport()->update(); });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, [this] {
        showDetail();
        if (m_session.isActive() && currentRow() >= 0) Q_EMIT imageChosen(currentRow());
    });

    m_chips->addChip(tr("All"));
    m_chips->addChip(tr("Disagree"));
    m_chips->addChip(tr("Agree"));
    m_chips->setHiddenWhenZero(m_chips->addChip(tr("Failed")));
    m_chips->setCurrentIndex(0);
    m_chips->setAccessibleName(tr("Which pictures are shown"));
    connect(m_chips, &FilterChips::currentChanged, this, [this](int chip) {
        shown().setFilter(static_cast<ComparisonFilter>(chip));
        refresh();
    });

    auto* chipsRow = new QHBoxLayout;
    chipsRow->setContentsMargins(px(12), 0, px(12), px(6));
    chipsRow->addWidget(m_chips, 1);
    auto* left = new Panel;
    left->setLayout(makeColumn({makeSummary(), chipsRow, {m_list, 1}}));
    return makeSplitter(Qt::Horizontal, QStringLiteral("label/compareSplitter"),
                        {{left, 644}, {m_detail, kDetailWidth}}, 0);
}

QString CompareView::summary() const {
    return m_summary->text();
}

bool CompareView::isEmpty() const {
    return m_pages->currentIndex() == 1;
}

int CompareView::currentRow() {
    return m_session.pictures().imageRow(m_list->currentIndex());
}

void CompareView::refresh() {
    const ComparisonCounts& counts = m_session.pictures().counts();
    const QLocale locale;
    if (counts.compared() == 0)
        m_summary->setText(m_session.isOpening() ? tr("Opening %1…").arg(m_session.choice().name)
                                                 : tr("Nothing is compared yet"));
    else
        m_summary->setText(tr("The two agree on %1 of %Ln picture(s) (%2)", nullptr, counts.compared())
                               .arg(locale.toString(counts.agreeing), shareText(counts.agreeing, counts.compared())));
    QStringList details;
    if (counts.compared() > 0) details << tr("mean distance %1").arg(formatCosine(counts.meanDistance()));
    if (counts.waiting > 0) details << tr("%Ln to come", nullptr, counts.waiting);
    if (counts.failed > 0) details << tr("%Ln failed", nullptr, counts.failed);
    m_details->setText(details.join(QStringLiteral(" · ")));
    m_details->setToolTip(
        tr("Distance: half the sum of the differences of all probabilities; 0 for equal ones, 1 for "
           "nothing in common"));
    m_chips->setCount(0, counts.all);
    m_chips->setCount(1, counts.differing);
    m_chips->setCount(2, counts.agreeing);
    m_chips->setCount(3, counts.failed);
    if (counts.failed == 0 && shown().filter() == ComparisonFilter::Failed) m_chips->setCurrentIndex(0);
    for (QPushButton* button : {m_copy, m_export})
        button->setEnabled(counts.compared() > 0);
    refreshSides();
    refreshNotice();
    refreshEmpty();
    if (m_session.isActive() && !m_list->currentIndex().isValid() && shown().rowCount() > 0 && counts.waiting == 0)
        m_list->setCurrentIndex(shown().index(0, 0));
}

void CompareView::refreshSides() {
    const ModelInfo* model = m_services.engine().model();
    const QString name = model != nullptr ? engineText(model->name) : tr("No model is open");
    const QString prompt = promptName(leftTemplates(m_labels));
    m_left->setText(tr("%1 · %2", "model and prompt").arg(name, prompt));
    const CompareChoice& choice = m_session.choice();
    const bool isModel = choice.kind == Kind::Model;
    const QString left = isModel ? name : prompt, right = isModel ? choice.name : promptName(choice.templates);
    const QString shownRight = choice.kind == Kind::Prompt && choice.templates.size() > 1 ? choice.name : right;
    shown().setSides(left, shownRight);
    m_detail->setSides(left, shownRight);
    QString note;
    if (const ModelInfo* second = m_session.secondModel())
        note = tr("%1 of memory while it is compared · temperature %2")
                   .arg(formatBytes(m_session.secondBytes()), formatTemperature(second->temperature));
    else if (m_session.isOpening())
        note = tr("Opening…");
    else if (choice.kind == Kind::Prompt && choice.templates.size() > 1)
        note = tr("%Ln template(s), averaged", nullptr, static_cast<int>(choice.templates.size()));
    m_source->setNote(note);
}

void CompareView::refreshNotice() {
    const ComparisonCounts& counts = m_session.pictures().counts();
    if (!m_session.problem().isEmpty())
        m_notice->notice(NoticeBar::Kind::Error, m_session.problem(), tr("Try again"));
    else if (m_session.isPaused() && counts.waiting > 0)
        m_notice->notice(NoticeBar::Kind::Info,
                         tr("Stopped: %1 of %2 pictures are compared")
                             .arg(formatCount(counts.compared()), formatCount(counts.all - counts.failed)),
                         tr("Continue"));
    else
        m_notice->hide();
}

void CompareView::refreshEmpty() {
    const bool nothingChosen = m_session.choice().kind == Kind::Nothing;
    const bool noLabels = m_labels.labels().isEmpty();
    if (noLabels)
        m_empty->setTexts(tr("Write labels to compare with"), tr("Without labels there is nothing to disagree on."));
    else
        m_empty->setTexts(emptyTitle(), emptyExplanation());
    m_tryPrompt->setVisible(!noLabels);
    m_tryModel->setVisible(!noLabels);
    m_pages->setCurrentIndex(nothingChosen || noLabels ? 1 : 0);
    arrange();
}

void CompareView::showDetail() {
    m_detail->setPicture(currentRow(), m_labels.images().labels());
}

void CompareView::step(int by) {
    const QModelIndex next = shown().index(m_list->currentIndex().row() + by, 0);
    if (next.isValid()) m_list->setCurrentIndex(next);
}

QList<int> CompareView::selectedRows() {
    QList<int> rows;
    for (const QModelIndex& index : m_list->selectionModel()->selectedRows())
        rows << shown().imageRow(index);
    return rows;
}

QString CompareView::selectionAsText() {
    QModelIndexList chosen = m_list->selectionModel()->selectedRows();
    if (chosen.isEmpty())
        for (int row = 0; row < shown().rowCount(); ++row)
            chosen << shown().index(row, 0);
    std::sort(chosen.begin(), chosen.end());
    QStringList lines;
    for (const QModelIndex& index : chosen) {
        const int row = m_session.pictures().imageRow(index);
        const Comparison* one = &m_session.pictures().of(row);
        QStringList cells = {m_session.images().item(row).path};
        if (one->isFailed())
            cells << tr("Error: %1").arg(one->error);
        else if (one->isCurrent())
            cells << (one->result->agrees() ? tr("Agree") : tr("Disagree"))
                  << ComparisonModel::labelText(one->leftLabel) << formatPercent(one->result->left.probability)
                  << ComparisonModel::labelText(one->rightLabel) << formatPercent(one->result->right.probability)
                  << formatCosine(one->result->distance);
        lines << cells.join('\t');
    }
    return lines.join('\n');
}

void CompareView::chooseExport() {
    const QString file = chooseSaveFile(this, tr("Export comparison"), QStringLiteral("comparison.csv"),
                                        {{tr("CSV"), QStringLiteral(".csv")}});
    if (!file.isEmpty()) m_session.exportCsv(file);
}

void CompareView::resizeEvent(QResizeEvent* event) {
    Panel::resizeEvent(event);
    arrange();
}

void CompareView::arrange() {
    m_detail->setVisible(width() >= px(kNarrowView));
}

}  // namespace diagonal
