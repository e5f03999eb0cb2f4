// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/embeddings/embeddings_pane.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QSplitter>
#include <QUrl>
#include <QVBoxLayout>

#include "ui/embeddings/export_panel.h"
#include "ui/embeddings/source_view.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/drop_frame.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/segmented_control.h"
#include "ui/window/services.h"

namespace diagonal {

namespace {

const QStringList kFormats = {"csv", "npy", "safetensors"};

QString lastFolder() {
    return QSettings().value("embeddings/folder", QDir::homePath()).toString();
}

}  // namespace

EmbeddingsPane::EmbeddingsPane(Services& services, QWidget* parent)
    : Pane(parent),
      m_services(services),
      m_job(services.engine()),
      m_source(new SourceView(services)),
      m_export(new ExportPanel),
      m_splitter(new QSplitter(Qt::Horizontal)) {
    createActions();
    m_splitter->addWidget(m_source);
    m_splitter->addWidget(m_export);
    m_splitter->setHandleWidth(1);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setStretchFactor(0, 1);
    m_splitter->setSizes({px(988), px(376)});
    m_splitter->restoreState(QSettings().value("embeddings/splitter").toByteArray());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(createToolbar());
    column->addWidget(m_splitter, 1);
    auto* overlay = new DropOverlay(this);
    overlay->setCheck([this](const QStringList& paths) {
        if (m_job.isRunning()) return tr("An export is running");
        return paths.isEmpty() ? tr("Drop files: embeddings are named after them") : QString();
    });
    connect(overlay, &DropOverlay::pathsDropped, m_source, &SourceView::addPaths);

    connect(m_splitter, &QSplitter::splitterMoved, this,
            [this] { QSettings().setValue("embeddings/splitter", m_splitter->saveState()); });
    connect(m_source, &SourceView::changed, this, &EmbeddingsPane::refresh);
    connect(m_source, &SourceView::openImagesClicked, this, &EmbeddingsPane::openFiles);
    connect(m_source, &SourceView::openFolderClicked, this, &EmbeddingsPane::openFolder);
    connect(m_export, &ExportPanel::exportClicked, this, &EmbeddingsPane::chooseExport);
    connect(m_export, &ExportPanel::cancelClicked, &m_job, &EmbeddingJob::cancel);
    connect(m_export, &ExportPanel::normalizedChanged, m_source, &SourceView::setNormalized);
    connect(m_export, &ExportPanel::showFailuresClicked, m_source, &SourceView::revealFailures);
    connect(m_export, &ExportPanel::showFolderClicked, this,
            [this] { QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(m_file).absolutePath())); });
    connect(&m_job, &EmbeddingJob::progressed, m_export, &ExportPanel::showProgress);
    connect(&m_job, &EmbeddingJob::finished, this, &EmbeddingsPane::finished);
    connect(&m_job, &EmbeddingJob::cancelled, this, [this] {
        m_export->showStopped(tr("Cancelled. Nothing was written."));
        refresh();
        Q_EMIT newsChanged();
    });
    connect(&m_job, &EmbeddingJob::failed, this, [this](const JobError& error) {
        m_export->showStopped(error.text());
        m_services.notifyError(error);
        refresh();
        Q_EMIT newsChanged();
    });
    m_source->setNormalized(m_export->normalized());
    refresh();
}

void EmbeddingsPane::createActions() {
    m_open = makeAction(tr("&Open…"), QKeySequence::Open, &EmbeddingsPane::openFiles);
    m_openFolder = makeAction(tr("Open &folder…"), {"Ctrl+Shift+O"}, &EmbeddingsPane::openFolder);
    m_exportAction = makeAction(tr("&Export embeddings…"), {"Ctrl+E"}, &EmbeddingsPane::chooseExport);
    m_paste = makeAction(tr("&Paste"), QKeySequence::Paste, &EmbeddingsPane::paste);
}

QWidget* EmbeddingsPane::createToolbar() {
    auto* toolbar = new Toolbar;
    m_kind = new SegmentedControl;
    m_kind->addSegment(tr("Images"), false, "ui/image");
    m_kind->addSegment(tr("Texts"), true, "ui/text");
    m_kind->setCurrentIndex(0);
    m_kind->setAccessibleName(tr("What is embedded"));
    connect(m_kind, &SegmentedControl::currentChanged, this, [this] {
        m_source->setTexts(m_kind->currentData().toBool());
        refresh();
    });
    m_openButton = makeButton(tr("Open…"), "ui/folder");
    m_folderButton = makeButton(tr("Open folder…"), "ui/folders");
    m_clearButton = makeButton(tr("Clear"), {}, ButtonKind::Quiet);
    m_count = new TextLabel({}, 12, 400, &Tokens::text2);
    connect(m_openButton, &QPushButton::clicked, this, &EmbeddingsPane::openFiles);
    connect(m_folderButton, &QPushButton::clicked, this, &EmbeddingsPane::openFolder);
    connect(m_clearButton, &QPushButton::clicked, this, &EmbeddingsPane::clear);
    toolbar->addWidget(m_kind);
    toolbar->addWidget(m_openButton);
    toolbar->addWidget(m_folderButton);
    toolbar->addWidget(m_clearButton);
    toolbar->addStretch();
    toolbar->addWidget(m_count);
    return toolbar;
}

QList<QAction*> EmbeddingsPane::fileActions() const {
    return {m_open, m_openFolder, m_exportAction};
}

QList<QAction*> EmbeddingsPane::editActions() const {
    return {m_paste};
}

bool EmbeddingsPane::openPaths(const QStringList& paths) {
    if (m_job.isRunning()) return false;
    m_source->addPaths(paths);
    return true;
}

void EmbeddingsPane::setTexts(bool texts) {
    m_kind->setCurrentIndex(texts ? 1 : 0);
}

void EmbeddingsPane::paste() {
    const QStringList paths = droppedPaths(QApplication::clipboard()->mimeData());
    if (!paths.isEmpty())
        m_source->addPaths(paths);
    else
        m_services.notify(tr("There are no files in the clipboard"));
}

void EmbeddingsPane::openFiles() {
    const QString filter =
        m_source->isTexts()
            ? tr("Text files (*.txt);;All files (*)")
            : tr("Images (*.jpg *.jpeg *.png *.webp *.bmp *.gif *.tif *.tiff *.ppm *.pgm);;All files (*)");
    const QStringList files = QFileDialog::getOpenFileNames(
        this, m_source->isTexts() ? tr("Open texts") : tr("Open images"), lastFolder(), filter);
    if (files.isEmpty()) return;
    QSettings().setValue("embeddings/folder", QFileInfo(files.first()).absolutePath());
    m_source->addPaths(files);
}

void EmbeddingsPane::openFolder() {
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Open folder"), lastFolder());
    if (folder.isEmpty()) return;
    QSettings().setValue("embeddings/folder", folder);
    m_source->addPaths({folder});
}

void EmbeddingsPane::clear() {
    m_source->clear();
}

void EmbeddingsPane::chooseExport() {
    const QString ending = '.' + m_export->format();
    QString chosen;
    QString file = QFileDialog::getSaveFileName(this, tr("Export embeddings"), lastFolder() + "/embeddings" + ending,
                                                tr("CSV (*.csv);;NPY (*.npy);;safetensors (*.safetensors)"), &chosen);
    if (file.isEmpty()) return;
    if (!kFormats.contains(QFileInfo(file).suffix())) file += ending;
    exportTo(file);
}

void EmbeddingsPane::exportTo(const QString& file) {
    if (m_job.isRunning() || m_services.engine().model() == nullptr) return;
    EmbeddingRequest request;
    request.texts = m_source->isTexts();
    request.inputs = m_source->inputs();
    if (!request.texts) request.failures = m_source->listFailures();
    request.file = file;
    request.normalized = m_export->normalized();
    if (request.inputs.isEmpty()) return;
    m_file = file;
    m_export->setRunning(true);
    m_job.start(request);
    refresh();
    Q_EMIT newsChanged();
}

void EmbeddingsPane::finished(qint64 rows, const Failures& failures) {
    const auto failed = static_cast<qint64>(failures.size());
    const int count = static_cast<int>(rows);
    QStringList said{m_job.request().texts ? tr("%Ln text(s) embedded.", nullptr, count)
                                           : tr("%Ln image(s) embedded.", nullptr, count)};
    if (failed > 0) said << tr("%Ln could not be read.", nullptr, static_cast<int>(failed));
    said << tr("%1 is written (%2).").arg(QFileInfo(m_file).fileName(), formatBytes(QFileInfo(m_file).size()));
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
    const QStringList inputs = m_source->inputs();
    const bool texts = m_source->isTexts(), running = m_job.isRunning();
    qint64 nameBytes = 0;
    for (const QString& name : inputs)
        nameBytes += name.size() + 3;
    const ModelInfo* model = m_services.engine().model();
    m_export->setAmount(texts, inputs.size(), model != nullptr ? model->embedDim : 0, nameBytes,
                        model != nullptr ? QString::fromStdString(model->name) : QString());
    m_exportAction->setEnabled(m_export->exportButton().isEnabled());
    const int count = static_cast<int>(inputs.size());
    if (m_source->isListing())
        m_count->setText(tr("Looking for images…"));
    else if (count == 0)
        m_count->setText(texts ? tr("No texts yet") : tr("No images yet"));
    else
        m_count->setText(texts ? tr("%Ln text(s)", nullptr, count) : tr("%Ln image(s)", nullptr, count));
    m_folderButton->setVisible(!texts);
    m_openFolder->setEnabled(!texts && !running);
    m_kind->setEnabled(!running);
    m_source->editor().setReadOnly(running);
    for (QPushButton* button : {m_openButton, m_folderButton})
        button->setEnabled(!running);
    m_clearButton->setEnabled(!running && (count > 0 || !m_source->listFailures().empty()));
}

}  // namespace diagonal
