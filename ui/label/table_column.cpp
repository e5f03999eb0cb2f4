// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/table_column.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <algorithm>

#include "ui/label/confusion_view.h"
#include "ui/label/image_filter_chips.h"
#include "ui/label/table_strip.h"
#include "ui/pictures/image_table.h"
#include "ui/shell/splitter.h"
#include "ui/style/layouts.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/format.h"
#include "ui/widgets/link_label.h"

namespace diagonal {

namespace {

constexpr int kSearchMilliseconds = 150;

}  // namespace

TableColumn::TableColumn(ImageList& images, QWidget* parent)
    : Panel(&Tokens::surface, {}, parent),
      m_images(images),
      m_shown(images),
      m_chips(new ImageFilterChips),
      m_search(new QLineEdit),
      m_labels(new QComboBox),
      m_count(new ElidedLabel({}, 12, 400, &Tokens::text2)),
      m_clear(new LinkLabel(tr("Clear filters"))),
      m_table(new ImageTable(m_shown)),
      m_strip(new TableStrip(m_shown)),
      m_pages(new QStackedWidget) {
    auto* none =
        new EmptyState(tr("No picture passes the filters"), tr("Search for fewer words, or show all pictures again."));
    connect(none->addButton(tr("Clear filters")), &QPushButton::clicked, this, &TableColumn::clearFilters);
    m_pages->addWidget(m_table);
    m_pages->addWidget(none);
    auto* splitter =
        makeSplitter(Qt::Vertical, QStringLiteral("label/tableSplitter"), {{m_pages, 560}, {m_strip, 200}}, 0);
    setLayout(makeColumn({createHead(), {splitter, 1}}));

    m_typing.setSingleShot(true);
    m_typing.setInterval(kSearchMilliseconds);
    connect(&m_typing, &QTimer::timeout, this, &TableColumn::applyFilter);
    connect(m_search, &QLineEdit::textChanged, &m_typing, qOverload<>(&QTimer::start));
    connect(m_search, &QLineEdit::returnPressed, this, &TableColumn::applyFilter);
    connect(m_chips, &FilterChips::currentChanged, this, &TableColumn::applyFilter);
    connect(m_labels, &QComboBox::activated, this, [this] {
        m_truth.reset();
        applyFilter();
    });
    connect(m_clear, &QAbstractButton::clicked, this, &TableColumn::clearFilters);
    connect(m_strip, &TableStrip::labelChosen, this, [this](const QString& label) { setFilter(label, std::nullopt); });
    connect(&m_strip->confusion(), &ConfusionView::cellChosen, this,
            [this](const QString& truth, const QString& label) { setFilter(label, truth); });
    connect(m_table, &ImageTable::currentImageChanged, this, &TableColumn::currentImageChanged);
    connect(m_table, &QTableView::activated, this, &TableColumn::opened);
    connect(&images, &ImageList::scoresChanged, this, &TableColumn::updateHead);
    connect(&m_shown, &ImageTableModel::refreshed, this, [this] {
        updateLabels();
        updateHead();
    });
    m_shown.refresh();
}

QWidget* TableColumn::createHead() {
    m_search->setPlaceholderText(tr("Search file, folder, label, error"));
    m_search->setAccessibleName(m_search->placeholderText());
    m_search->setToolTip(tr("Pictures with all these words"));
    m_search->setClearButtonEnabled(true);
    auto* clear = new QShortcut(QKeySequence(Qt::Key_Escape), m_search);
    clear->setContext(Qt::WidgetShortcut);
    connect(clear, &QShortcut::activated, m_search, &QLineEdit::clear);
    m_search->setMinimumWidth(px(140));
    m_search->setMaximumWidth(px(280));
    m_labels->setAccessibleName(tr("Which label is shown"));
    m_labels->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_labels->setMinimumContentsLength(14);
    m_count->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    auto* head = new QWidget;
    head->setLayout(makeRow({m_chips, {m_search, 2}, m_labels, {m_count, 1}, m_clear}, 8, {12, 6, 12, 6}));
    m_clear->setLook(12, 600);
    m_clear->hide();
    return head;
}

void TableColumn::applyFilter() {
    m_typing.stop();
    ImageTableFilter filter;
    filter.state = m_chips->filter();
    filter.words = m_search->text().simplified().split(' ', Qt::SkipEmptyParts);
    if (m_labels->currentIndex() > 0) filter.label = m_labels->currentData().toString();
    filter.truth = m_truth;
    const int row = currentRow();
    m_shown.setFilter(filter);
    if (row < 0 || currentRow() != row)
        chooseRow(row);
    else
        m_table->scrollTo(m_table->currentIndex());
    updateHead();
}

void TableColumn::setFilter(const std::optional<QString>& label, const std::optional<QString>& truth) {
    m_truth = truth;
    m_labels->setCurrentIndex(label ? std::max(0, m_labels->findData(*label)) : 0);
    applyFilter();
}

void TableColumn::clearFilters() {
    m_chips->setCurrentIndex(0);
    m_search->clear();
    setFilter(std::nullopt, std::nullopt);
}

void TableColumn::updateLabels() {
    QStringList known = m_images.labels();
    if (m_images.givenCounts().back() > 0) known.prepend(QString());
    if (known == m_known && m_labels->count() > 0) return;
    m_known = known;
    const QVariant chosen = m_labels->currentData();
    const bool wasFiltered = m_labels->currentIndex() > 0 || m_truth;
    m_labels->clear();
    m_labels->addItem(tr("All labels"));
    for (const QString& label : m_known)
        m_labels->addItem(label.isEmpty() ? tr("No label") : label, label);
    const int place = wasFiltered ? m_labels->findData(chosen) : 0;
    m_labels->setCurrentIndex(std::max(0, place));
    if (!wasFiltered) return;
    if (m_truth && !m_known.contains(*m_truth)) m_truth.reset();
    // Not in the midst of the model's signal.
    m_typing.start();
}

void TableColumn::updateHead() {
    const ImageCounts& counts = m_images.counts();
    m_chips->setCounts(counts);
    if (counts.failed == 0 && m_shown.filter().state == ImageFilter::Failed) m_chips->setCurrentIndex(0);
    const bool filtered = m_shown.filter().isActive();
    m_clear->setVisible(filtered);
    QString text;
    if (m_truth) text = tr("in folder “%1”").arg(*m_truth) + QStringLiteral(" · ");
    if (filtered) text += tr("%1 of %2").arg(formatCount(m_shown.rowCount()), formatCount(counts.all));
    m_count->setText(text);
    m_pages->setCurrentIndex(filtered && m_shown.rowCount() == 0 ? 1 : 0);
}

QList<int> TableColumn::selectedRows() const {
    QList<int> rows;
    for (const QModelIndex& index : m_table->selectedRows())
        rows << m_shown.imageRow(index);
    return rows;
}

int TableColumn::currentRow() const {
    return m_shown.imageRow(m_table->currentIndex());
}

void TableColumn::chooseRow(int row) {
    m_shown.settle();
    const QModelIndex index = m_shown.indexOf(row);
    m_table->choose(index.isValid() ? index : m_shown.index(0, 0));
}

int TableColumn::position() const {
    return m_table->currentIndex().row();
}

void TableColumn::chooseAt(int position) {
    if (m_shown.rowCount() > 0) m_table->choose(m_shown.index(std::clamp(position, 0, m_shown.rowCount() - 1), 0));
}

void TableColumn::step(int by) {
    if (m_shown.index(position() + by, 0).isValid()) chooseAt(position() + by);
}

QString TableColumn::selectionAsText() const {
    return m_shown.asText(m_table->selectedRows(), m_table->shownColumns());
}

}  // namespace diagonal
