// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model_pane/model_list.h"

#include <QAction>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>

#include "ui/model_pane/model_delegate.h"
#include "ui/style/layouts.h"
#include "ui/style/theme.h"
#include "ui/widgets/button_row.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/elided_label.h"

namespace diagonal {

ModelList::ModelList(QWidget* parent)
    : Panel(&Tokens::surface, {}, parent),
      m_filter(new QLineEdit),
      m_view(new QListView),
      m_nothing(new TextLabel(tr("No model has all these words"), 12, 400, &Tokens::text2)) {
    auto* head = new ButtonRow(Qt::AlignLeft);
    QPushButton* file = makeButton(tr("Open file…"), QStringLiteral("ui/plus"), ButtonKind::Primary);
    QPushButton* folder = makeButton(tr("Open folder…"), QStringLiteral("ui/folder"));
    file->setToolTip(tr("A file with weights: .pt, .bin or .safetensors"));
    folder->setToolTip(tr("A folder of open_clip or Hugging Face, or a run"));
    QPushButton* compare = makeButton(tr("Compare…"), {}, ButtonKind::Quiet);
    compare->setToolTip(tr("Which model is best for your pictures: recall and time of several, side by side"));
    head->addButton(file);
    head->addButton(folder);
    m_filter->setPlaceholderText(tr("Filter models"));
    m_filter->setAccessibleName(tr("Filter models"));
    m_filter->setClearButtonEnabled(true);

    auto* delegate = new ModelDelegate(m_view);
    m_view->setModel(&m_models);
    m_view->setItemDelegate(delegate);
    m_view->setAccessibleName(tr("Models"));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setMouseTracking(true);
    m_view->viewport()->setAttribute(Qt::WA_Hover);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);

    setLayout(makeColumn({makeColumn({head, makeRow({{m_filter, 1}, compare}, 8)}, 8, {16, 10, 16, 8}),
                          {m_nothing, 0, Qt::AlignTop},
                          {m_view, 1}}));
    m_nothing->hide();
    followTheme(this, [this] {
        m_nothing->setContentsMargins(px(16), px(8), px(16), px(8));
        setMinimumWidth(px(264));
        m_view->doItemsLayout();
    });

    connect(file, &QPushButton::clicked, this, &ModelList::openFileClicked);
    connect(compare, &QPushButton::clicked, this, &ModelList::compareClicked);
    connect(folder, &QPushButton::clicked, this, &ModelList::openFolderClicked);
    connect(delegate, &ModelDelegate::getClicked, this, &ModelList::getClicked);
    connect(delegate, &ModelDelegate::cancelClicked, this, &ModelList::cancelClicked);
    connect(m_view, &QListView::customContextMenuRequested, this, &ModelList::showMenu);
    connect(m_view, &QListView::activated, this, [this](const QModelIndex& index) {
        if (const ModelEntry* entry = m_models.entry(index)) Q_EMIT activated(ModelEntry(*entry));
    });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& index) {
        const ModelEntry* entry = m_models.entry(index);
        if (entry == nullptr || entry->key() == m_selected) return;
        m_selected = entry->key();
        Q_EMIT chosen(ModelEntry(*entry));
    });
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_models.setFilter(text);
        m_nothing->setVisible(m_models.rowCount() == 0 && m_models.count() > 0);
        m_view->setVisible(!m_nothing->isVisibleTo(this));
        restoreSelection();
    });
    auto* remove = new QAction(this);
    remove->setShortcut(QKeySequence::Delete);
    remove->setShortcutContext(Qt::WidgetShortcut);
    m_view->addAction(remove);
    connect(remove, &QAction::triggered, this, [this] {
        const ModelEntry* entry = selected();
        if (entry != nullptr && entry->removable) Q_EMIT removeClicked(ModelEntry(*entry));
    });
}

void ModelList::setEntries(std::vector<ModelEntry> entries) {
    const int scrolled = m_view->verticalScrollBar()->value();
    m_models.setEntries(std::move(entries));
    restoreSelection();
    m_view->doItemsLayout();
    m_view->verticalScrollBar()->setValue(scrolled);
}

void ModelList::select(const QString& key) {
    m_selected = key;
    restoreSelection();
}

void ModelList::restoreSelection() {
    const QModelIndex index = m_models.indexOf(m_selected);
    if (index.isValid()) {
        m_view->setCurrentIndex(index);
        m_view->scrollTo(index);
    } else {
        m_view->selectionModel()->clear();
    }
}

const ModelEntry* ModelList::selected() const {
    return m_models.entry(m_models.indexOf(m_selected));
}

void ModelList::showMenu(const QPoint& position) {
    const ModelEntry* found = m_models.entry(m_view->indexAt(position));
    if (found == nullptr) return;
    const ModelEntry entry = *found;
    const bool running = m_models.download(entry.hubName).job != 0;
    QMenu menu(this);
    if (!entry.path.isEmpty()) menu.addAction(tr("Use this model"), this, [this, entry] { Q_EMIT activated(entry); });
    if (entry.path.isEmpty() && !running)
        menu.addAction(tr("Get"), this, [this, entry] { Q_EMIT getClicked(entry.hubName); });
    if (running) menu.addAction(tr("Cancel"), this, [this, entry] { Q_EMIT cancelClicked(entry.hubName); });
    if (entry.removable) menu.addAction(tr("Remove…"), this, [this, entry] { Q_EMIT removeClicked(entry); });
    if (!menu.isEmpty()) menu.exec(m_view->viewport()->mapToGlobal(position));
}

}  // namespace diagonal
