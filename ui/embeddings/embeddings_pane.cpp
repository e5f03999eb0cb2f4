// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/embeddings/embeddings_pane.h"

#include <QAction>
#include <QDesktopServices>
#include <QFileInfo>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSet>
#include <algorithm>
#include <iterator>

#include "engine/embeddings/items.h"
#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"
#include "ui/embeddings/data_source.h"
#include "ui/embeddings/export_panel.h"
#include "ui/shell/save_as.h"
#include "ui/shell/services.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/segmented_control.h"

namespace diagonal {

namespace {

constexpr int kMostUndos = 20;  // each holds a list

/// What was there, and what came since behind it.
QStringList broughtBack(const QStringList& before, const QStringList& since) {
    const QSet<QString> known(since.begin(), since.end());
    QStringList all;
    std::ranges::copy_if(before, std::back_inserter(all),
                         [&known](const QString& one) { return !known.contains(one); });
    return all + since;
}

/// Takes the images, or the texts, away.
class ClearContent : public QUndoCommand {
  public:
    ClearContent(SourceView& source, const QString& text)
        : QUndoCommand(text), m_source(source), m_isTexts(source.isTexts()) {}

    void redo() override {
        SourceView::Content left = m_source.content();
        if (m_isTexts) {
            m_cleared.texts.swap(left.texts);
        } else {
            m_cleared.images.swap(left.images);
            m_cleared.failures.swap(left.failures);
        }
        m_source.setContent(left);
    }

    void undo() override {
        SourceView::Content all = m_source.content();
        all.images = broughtBack(m_cleared.images, all.images);
        all.failures.insert(all.failures.begin(), m_cleared.failures.begin(), m_cleared.failures.end());
        all.texts = broughtBack(m_cleared.texts, all.texts);
        m_cleared = {};
        m_source.setContent(all);
    }

  private:
    SourceView& m_source;
    bool m_isTexts;
    SourceView::Content m_cleared;  ///< of that kind alone
};

}  // namespace

EmbeddingsPane::EmbeddingsPane(Services& services, QWidget* parent)
    : PaneShell(parent),
      m_services(services),
      m_job(services.engine()),
      m_intake(new Intake(services, QStringLiteral("embeddings"), this)),
      m_source(new SourceView(services, *m_intake)),
      m_export(new ExportPanel) {
    createActions();
    createToolbar();
    addPage(m_source);
    setSide(m_export, 988, 376);
    m_intake->setCheck([this] { return m_job.isRunning() ? tr("An export is running") : QString(); });
    connect(m_source, &SourceView::changed, this, &EmbeddingsPane::refresh);
    connect(m_export, &ExportPanel::exportClicked, this, &EmbeddingsPane::chooseExport);
    connect(m_export, &ExportPanel::cancelClicked, &m_job, &EmbeddingJob::cancel);
    connect(m_export, &ExportPanel::resumeClicked, this, [this] { exportTo(m_file); });
    connect(m_export, &ExportPanel::discardClicked, &m_job, &EmbeddingJob::discard);
    connect(m_export, &ExportPanel::normalizedChanged, m_source, &SourceView::setNormalized);
    connect(m_export, &ExportPanel::showFailuresClicked, m_source, &SourceView::revealFailures);
    connect(m_export, &ExportPanel::showFolderClicked, this,
            [this] { QDesktopServices::openUrl(toUrl(QFileInfo(m_file).absolutePath())); });
    connect(&m_job, &EmbeddingJob::progressed, m_export, &ExportPanel::showProgress);
    connect(&m_job, &EmbeddingJob::finished, this, &EmbeddingsPane::finished);
    connect(&m_job, &EmbeddingJob::cancelled, this, [this] {
        m_export->showStopped(inOneLine({tr("Cancelled. Nothing was written."), leftText()}), m_job.kept() > 0);
        refresh();
        Q_EMIT newsChanged();
    });
    connect(&m_job, &EmbeddingJob::failed, this, [this](const JobError& error) {
        m_export->showStopped(inOneLine({error.text(), leftText()}), m_job.kept() > 0);
        m_services.notifyError(error);
        refresh();
        Q_EMIT newsChanged();
    });
    m_source->setNormalized(m_export->normalized());
    refresh();
}

void EmbeddingsPane::createActions() {
    m_undo.setUndoLimit(kMostUndos);
    m_undoAction = m_undo.createUndoAction(this, tr("&Undo"));
    m_redoAction = m_undo.createRedoAction(this, tr("&Redo"));
    m_undoAction->setShortcut(QKeySequence::Undo);
    m_redoAction->setShortcuts(redoKeys());
    addActions({m_undoAction, m_redoAction});
    m_open = makeAction(tr("&Open…"), QKeySequence::Open, [this] { m_source->openFiles(); });
    m_openFolder = makeAction(tr("Open &folder…"), {"Ctrl+Shift+O"}, [this] { m_intake->chooseFolder(); });
    m_exportAction = makeAction(tr("&Export embeddings…"), {"Ctrl+E"}, &EmbeddingsPane::chooseExport);
    m_paste = makeAction(tr("&Paste"), QKeySequence::Paste, [this] { m_intake->paste(); });
}

void EmbeddingsPane::createToolbar() {
    m_kind = new SegmentedControl;
    m_kind->addSegment(tr("Images"), static_cast<int>(SourceKind::Images), "ui/image");
    m_kind->addSegment(tr("Texts"), static_cast<int>(SourceKind::Texts), "ui/text");
    m_kind->addSegment(tr("Data set"), static_cast<int>(SourceKind::Data), "ui/folders");
    m_kind->setCurrentIndex(0);
    m_kind->setAccessibleName(tr("What is embedded"));
    connect(m_kind, &SegmentedControl::currentChanged, this, [this] {
        m_source->setKind(static_cast<SourceKind>(m_kind->currentData().toInt()));
        refresh();
    });
    m_openButton = makeButton(tr("Open…"), "ui/folder");
    m_folderButton = makeButton(tr("Open folder…"), "ui/folders");
    m_clearButton = makeButton(tr("Clear"), {}, ButtonKind::Quiet);
    m_count = new TextLabel({}, 12, 400, &Tokens::text2);
    connect(m_openButton, &QPushButton::clicked, m_open, &QAction::trigger);
    connect(m_folderButton, &QPushButton::clicked, m_openFolder, &QAction::trigger);
    connect(m_clearButton, &QPushButton::clicked, this, &EmbeddingsPane::clear);
    toolbar().add({m_kind, m_openButton, m_folderButton, m_clearButton, stretch(1), m_count});
}

QList<QAction*> EmbeddingsPane::fileActions() const {
    return {m_open, m_openFolder, m_exportAction};
}

QList<QAction*> EmbeddingsPane::editActions() const {
    return {m_undoAction, m_redoAction, m_paste};
}

bool EmbeddingsPane::openPaths(const QStringList& paths) {
    if (m_job.isRunning()) return false;
    m_intake->add(paths);
    return true;
}

void EmbeddingsPane::setTexts(bool texts) {
    setKind(texts ? SourceKind::Texts : SourceKind::Images);
}

void EmbeddingsPane::setKind(SourceKind kind) {
    m_kind->setCurrentData(static_cast<int>(kind));
}

void EmbeddingsPane::clear() {
    m_undo.push(new ClearContent(*m_source, tr("clear the list")));
}

void EmbeddingsPane::chooseExport() {
    QList<SaveFormat> formats = {{tr("CSV"), QStringLiteral(".csv")},
                                 {tr("NPY"), QStringLiteral(".npy")},
                                 {QStringLiteral("safetensors"), QStringLiteral(".safetensors")},
                                 {tr("Projector of TensorBoard"), QStringLiteral(".projector")}};
    // The dialog offers the first one first.
    std::stable_partition(formats.begin(), formats.end(),
                          [this](const SaveFormat& one) { return one.ending == '.' + m_export->format(); });
    const QString file = chooseSaveFile(this, tr("Export embeddings"), "embeddings" + formats.first().ending, formats);
    if (!file.isEmpty()) exportTo(file);
}

void EmbeddingsPane::exportTo(const QString& file) {
    if (m_job.isRunning() || m_services.engine().model() == nullptr) return;
    EmbeddingRequest request;
    request.items = m_source->items(m_export->sampling());
    if (!request.items) return;
    request.areTexts = m_source->haveRowsTexts();
    if (m_source->kind() == SourceKind::Images) request.failures = m_source->listFailures();
    request.file = file;
    request.normalized = m_export->normalized();
    request.type = m_export->type();
    m_file = file;
    m_export->setRunning(true);
    m_job.start(request);
    refresh();
    Q_EMIT newsChanged();
}

/// What an export that did not end has left.
QString EmbeddingsPane::leftText() const {
    const auto total = static_cast<qint64>(m_job.request().items->size());
    return m_job.kept() == 0 ? QString()
                             : tr("%1 of %2 are embedded and wait beside the file.")
                                   .arg(formatCount(m_job.kept()), formatCount(total));
}

void EmbeddingsPane::finished(qint64 rows, const Failures& failures) {
    const auto failed = static_cast<qint64>(failures.size());
    const int count = static_cast<int>(rows);
    QStringList said{m_job.request().areTexts ? tr("%Ln text(s) embedded.", nullptr, count)
                                              : tr("%Ln image(s) embedded.", nullptr, count)};
    if (failed > 0) said << tr("%Ln could not be read.", nullptr, static_cast<int>(failed));
    if (m_job.resumed() > 0)
        said << tr("%Ln of them were embedded before.", nullptr, static_cast<int>(m_job.resumed()));
    said << tr("%1 is written (%2).").arg(nameInSentence(m_file), formatBytes(m_job.writtenBytes()));
    if (m_job.truncated() > 0)
        said << tr("%Ln text(s) were longer than the model reads: their ends do not count.", nullptr,
                   static_cast<int>(m_job.truncated()));
    m_export->showResult(inOneLine(said), m_file, failed);
    m_source->showFailures(failures);
    m_services.notify(inOneLine(said));
    setNews(!isVisible());
    refresh();
}

void EmbeddingsPane::setNews(bool news) {
    m_news = news;
    Q_EMIT newsChanged();
}

void EmbeddingsPane::showEvent(QShowEvent* event) {
    Pane::showEvent(event);
    if (m_news) setNews(false);
}

void EmbeddingsPane::refresh() {
    const QStringList& inputs = m_source->inputs();
    const bool texts = m_source->isTexts(), data = m_source->kind() == SourceKind::Data, running = m_job.isRunning();
    ExportPanel::Amount amount;
    amount.texts = m_source->haveRowsTexts();
    amount.data = data;
    amount.rows = m_source->rows();
    amount.videos = m_source->kind() == SourceKind::Images ? m_source->videos() : 0;
    amount.nameBytes = m_source->nameBytes();
    if (const ModelInfo* model = m_services.engine().model()) {
        amount.dim = model->embedDim;
        amount.model = engineText(model->name);
    }
    m_export->setAmount(amount);
    m_exportAction->setEnabled(m_export->exportButton().isEnabled());
    const int count = static_cast<int>(inputs.size());
    if (data)
        m_count->setText({});
    else if (m_intake->isBusy())
        m_count->setText(texts ? tr("Reading texts…") : tr("Looking for images…"));
    else if (count == 0)
        m_count->setText(texts ? tr("No texts yet") : tr("No images yet"));
    else
        m_count->setText(texts ? tr("%Ln text(s)", nullptr, count) : tr("%Ln image(s)", nullptr, count));
    m_folderButton->setVisible(!texts && !data);
    m_openButton->setVisible(!data);
    m_clearButton->setVisible(!data);
    m_open->setEnabled(!data && !running);
    m_openFolder->setEnabled(!texts && !data && !running);
    m_undoAction->setEnabled(!running && m_undo.canUndo());
    m_redoAction->setEnabled(!running && m_undo.canRedo());
    m_kind->setEnabled(!running);
    m_source->setLocked(running);
    for (QPushButton* button : {m_openButton, m_folderButton})
        button->setEnabled(!running);
    m_clearButton->setEnabled(!running && (count > 0 || !m_source->listFailures().empty()));
}

}  // namespace diagonal
