// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemView>
#include <QAction>
#include <QDir>
#include <QFileInfo>
#include <QPushButton>

#include "ui/label/label_pane.h"
#include "ui/label/sort_dialog.h"
#include "ui/shell/services.h"
#include "ui/widgets/buttons.h"

namespace diagonal {

void LabelPane::createSortAction() {
    m_sort = makeAction(tr("&Sort into folders…"), {"Ctrl+Shift+S"}, [this] { sortIntoFolders(); });
    m_sortButton = makeButton(tr("Sort into folders…"), "ui/folders");
    connect(m_sortButton, &QPushButton::clicked, m_sort, &QAction::trigger);
    connect(&m_sorting, &SortSession::busyChanged, this, &LabelPane::updateState);
    connect(&m_sorting, &SortSession::relocated, this, &LabelPane::currentChanged);
    connect(&m_sorting, &SortSession::finished, &m_services, &Services::notify);
    connect(&m_sorting, &SortSession::problem, &m_services, &Services::notifyError);
    // Once there is a window to tell of it.
    QMetaObject::invokeMethod(&m_sorting, &SortSession::restoreInterrupted, Qt::QueuedConnection);
}

SortDialog* LabelPane::sortIntoFolders() {
    const ImageList& images = m_session.images();
    QString folder = QDir::homePath();
    for (int row = 0; row < images.rowCount(); ++row) {
        if (m_intake->isTemporary(images.item(row).path)) continue;
        folder = QFileInfo(images.item(row).path).absolutePath();
        break;
    }
    std::vector<quint64> shown;
    auto& rows = static_cast<ImageRowsModel&>(*viewItems().model());
    rows.settle();
    for (int row = 0; row < rows.rowCount(); ++row)
        shown.push_back(rows.imageAt(rows.index(row, 0))->id);
    auto* dialog =
        new SortDialog(m_services, images, std::move(shown), QDir(folder).filePath(QStringLiteral("sorted")), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &SortDialog::sortRequested, &m_sorting, &SortSession::sort);
    dialog->open();
    return dialog;
}

void LabelPane::updateSort(bool hasScores) {
    const bool isReady = hasScores && !m_sorting.isBusy();
    m_sort->setEnabled(isReady);
    m_sortButton->setEnabled(isReady);
    m_sortButton->setToolTip(isReady ? tr("Copy or move the pictures into a folder for each label (%1)")
                                           .arg(m_sort->shortcut().toString(QKeySequence::NativeText))
                             : m_sorting.isBusy()                 ? tr("A sort is under way")
                             : m_session.images().rowCount() == 0 ? tr("There are no images yet")
                                                                  : tr("There are no labels yet"));
}

}  // namespace diagonal
