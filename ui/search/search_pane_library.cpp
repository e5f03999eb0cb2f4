// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QFileDialog>
#include <QInputDialog>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalBlocker>

#include "engine/video/key_frames.h"
#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"
#include "ui/search/filter_bar.h"
#include "ui/search/folder_panel.h"
#include "ui/search/known_libraries.h"
#include "ui/search/search_field.h"
#include "ui/search/search_pane.h"
#include "ui/search/video_page.h"
#include "ui/shell/services.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/notice_bar.h"

namespace diagonal {

namespace {

const QString kNew = QStringLiteral("new"), kOpen = QStringLiteral("open"), kForget = QStringLiteral("forget");

}  // namespace

// Which library is open.

void SearchPane::showLibraries() {
    const QSignalBlocker blocker(m_libraries);
    m_libraries->clear();
    for (const QString& folder : knownLibraries()) {
        m_libraries->addItem(shownName(folder), QStringList{folder});
        m_libraries->setItemData(m_libraries->count() - 1, formatPath(folder), Qt::ToolTipRole);
    }
    if (m_libraries->count() > 0) m_libraries->insertSeparator(m_libraries->count());
    m_libraries->addItem(tr("New library…"), kNew);
    m_libraries->addItem(tr("Open a library…"), kOpen);
    m_libraries->addItem(tr("Take from this list"), kForget);
    m_libraries->setCurrentIndex(m_libraries->findData(QStringList{m_library->folder()}));
    m_libraries->setPlaceholderText(tr("No library"));
}

void SearchPane::chooseLibrary(int index) {
    const QVariant data = m_libraries->itemData(index);
    if (data.typeId() == QMetaType::QStringList) {
        const QString folder = data.toStringList().value(0);
        if (folder != m_library->folder()) openLibrary(folder);
        return;
    }
    showLibraries();
    if (data == kNew) {
        newLibrary();
    } else if (data == kOpen) {
        const QString folder = QFileDialog::getExistingDirectory(this, tr("Open a library"), librariesFolder());
        if (!folder.isEmpty()) openLibrary(folder);
    } else if (data == kForget && m_library->isOpen()) {
        forgetLibrary(m_library->folder());
        m_library->close();
        showLibraries();
    }
}

void SearchPane::newLibrary() {
    bool isTaken = false;
    const QString name =
        QInputDialog::getText(this, tr("New library"), tr("Name"), QLineEdit::Normal, {}, &isTaken).simplified();
    const QString folder = libraryFolderFor(name);
    if (isTaken && !folder.isEmpty()) createLibrary(folder);
}

void SearchPane::openLibrary(const QString& folder) {
    closeVideo();
    m_library->open(folder);
}

void SearchPane::createLibrary(const QString& folder) {
    closeVideo();
    m_library->create(folder);
}

void SearchPane::addToLibrary(const QStringList& paths) {
    const bool isNew = !m_library->isOpen() && !m_library->isOpening();
    m_library->add(paths);
    if (isNew) m_library->create(libraryFolderFor(tr("My pictures")));
}

void SearchPane::libraryOpened() {
    if (m_library->isOpen()) {
        keepLibrary(m_library->folder());
        keepLastLibrary(m_library->folder());
    }
    // Rows of another library mean nothing here.
    std::vector<SearchTerm> chips = m_field->chips();
    std::erase_if(chips, [](const SearchTerm& term) {
        return term.kind == SearchTerm::Kind::Row || term.kind == SearchTerm::Kind::Marks;
    });
    if (chips.size() != m_field->chips().size()) m_field->setChips(chips);
    m_search->clearMarks();
    showLibraries();
    snapshotChanged();
    queryChanged();
    libraryChanged();
}

void SearchPane::libraryChanged() {
    const ShownLibrary& state = m_library->state();
    const bool isOpen = m_library->isOpen();
    QStringList counts;
    if (isOpen) {
        counts << tr("%Ln image(s)", nullptr, static_cast<int>(state.counts.pictures));
        if (state.counts.videos > 0) counts << tr("%Ln video(s)", nullptr, static_cast<int>(state.counts.videos));
    }
    m_count->setText(counts.join(QStringLiteral(", ")));
    m_count->setVisible(isOpen);
    const bool hasContent = isOpen && (!state.sources.empty() || state.counts.rows > 0);
    PaneShell::showPage(hasContent ? m_mainPage : m_emptyPage);
    m_add->setEnabled(!isOpen || state.isWritable());
    m_refresh->setEnabled(isOpen && !m_library->isScanning());
    m_pause->setEnabled(m_library->isEmbedding() || m_library->isPaused());
    m_pause->setText(m_library->isPaused() ? tr("Resume indexing") : tr("Pause indexing"));
    if (!m_library->isBusy()) m_search->catchUp();
    showNotice();
    showPage();
    showStatus();
    Q_EMIT newsChanged();
}

void SearchPane::snapshotChanged() {
    m_filters->setSnapshot(m_library->snapshot());
    m_search->setSnapshot(m_library->snapshot(), m_library->folder(), m_library->isOpen() && m_library->fitsModel(),
                          m_library->state().isWritable());
    if (!m_video->isHidden() && !m_search->answer()) m_video->showAnswer(m_library->snapshot(), nullptr);
}

void SearchPane::showNotice() {
    const ShownLibrary& state = m_library->state();
    if (m_library->isOpen() && !m_library->fitsModel()) {
        const QString name =
            state.model.name.empty() ? tr("another model") : QStringLiteral("“%1”").arg(engineText(state.model.name));
        const QString text = tr("This library was made with %1, so it is not searched with the open model").arg(name);
        m_notice->notice(NoticeBar::Kind::Warning, text, state.isWritable() ? tr("Embed again") : tr("Open the model"));
    } else if (m_library->isOpen() && !state.isWritable()) {
        m_notice->notice(NoticeBar::Kind::Info,
                         tr("The library can be searched, not changed: %1").arg(state.writeProblem));
    } else {
        m_notice->hide();
    }
}

void SearchPane::followNotice() {
    const ShownLibrary& state = m_library->state();
    if (!state.isWritable() || state.isImported()) {
        if (!state.model.source.empty()) m_services.openModel(fromPath(state.model.source));
        return;
    }
    QMessageBox question(QMessageBox::Question, tr("Embed again"),
                         tr("All %1 embeddings of %2 are made anew with the open model. Or go back to the model that "
                            "made them.")
                             .arg(formatCount(state.counts.rows), m_library->name()),
                         QMessageBox::Cancel, this);
    QPushButton* again = question.addButton(tr("Embed again"), QMessageBox::AcceptRole);
    QPushButton* back =
        state.model.source.empty() ? nullptr : question.addButton(tr("Open that model"), QMessageBox::ActionRole);
    question.exec();
    if (question.clickedButton() == again)
        m_library->embedAgain();
    else if (back != nullptr && question.clickedButton() == back)
        m_services.openModel(fromPath(state.model.source));
}

void SearchPane::removeSource(qint64 source, const QString& path) {
    const auto answer = QMessageBox::question(
        this, tr("Take out of the library"),
        tr("%1 and its embeddings leave the library. The files themselves stay.").arg(nameInSentence(path)),
        QMessageBox::Ok | QMessageBox::Cancel);
    if (answer == QMessageBox::Ok) m_library->remove(source);
}

}  // namespace diagonal
