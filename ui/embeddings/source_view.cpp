// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/embeddings/source_view.h"

#include <QFileInfo>
#include <QHeaderView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSet>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "engine/base/encoding.h"
#include "engine/base/error.h"
#include "engine/image/image_files.h"
#include "ui/embeddings/number_delegate.h"
#include "ui/label/paths.h"
#include "ui/widgets/drop_frame.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/export_menu.h"
#include "ui/widgets/format.h"
#include "ui/widgets/picture_sources.h"
#include "ui/widgets/section_header.h"
#include "ui/window/services.h"

namespace diagonal {

namespace {

constexpr int kPreviewRows = 24, kPreviewMilliseconds = 250;
constexpr uint64_t kMostTextBytes = 256 << 20;

QStringList linesOf(const QString& text) {
    QStringList lines;
    for (const QString& line : text.split('\n'))
        if (!line.trimmed().isEmpty()) lines << line.trimmed();
    return lines;
}

}  // namespace

SourceView::SourceView(Services& services, QWidget* parent)
    : Panel(&Tokens::surface, {}, parent),
      m_services(services),
      m_pages(new QStackedWidget),
      m_editor(new QPlainTextEdit),
      m_editorSection(new QWidget),
      m_previewHeader(new SectionHeader(tr("First rows"))),
      m_failureSection(new QWidget),
      m_failureHeader(new SectionHeader(tr("Failed"))) {
    m_table = makeTable(&m_preview);
    m_failureTable = makeTable(&m_failureRows);
    m_table->setAccessibleName(tr("First rows of the file"));
    m_failureTable->setAccessibleName(tr("Files that could not be read"));
    setExportMenu(m_table, QStringLiteral("first-rows"));
    setExportMenu(m_failureTable, QStringLiteral("failed"));
    m_pages->addWidget(emptyPage());
    m_pages->addWidget(contentPage());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_pages);
    m_previewTimer.setSingleShot(true);
    m_previewTimer.setInterval(kPreviewMilliseconds);
    connect(&m_previewTimer, &QTimer::timeout, this, &SourceView::embedPreview);
    connect(m_editor, &QPlainTextEdit::textChanged, this, &SourceView::refresh);
    connect(&services.engine(), &EngineService::modelChanged, this, [this] {
        m_preview.clearValues();
        m_previewTimer.start();
        Q_EMIT changed();
    });
    refresh();
}

QWidget* SourceView::emptyPage() {
    auto* page = new QWidget;
    auto* frame = new DropFrame;
    auto* empty = new EmptyState(tr("Drop images to embed them"),
                                 tr("Files or whole folders. Each image becomes a row of numbers for your own tools."));
    connect(empty->addButton(tr("Open images…"), "ui/image", ButtonKind::Primary), &QPushButton::clicked, this,
            &SourceView::openImagesClicked);
    connect(empty->addButton(tr("Open folder…"), "ui/folder"), &QPushButton::clicked, this,
            &SourceView::openFolderClicked);
    auto* inside = new QVBoxLayout(frame);
    inside->addWidget(empty);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(px(24), px(24), px(24), px(24));
    column->addWidget(frame);
    connect(frame, &DropFrame::pathsDropped, this, &SourceView::addPaths);
    return page;
}

QWidget* SourceView::contentPage() {
    auto* page = new QWidget;
    m_editor->setPlaceholderText(tr("One text a line"));
    m_editor->setAccessibleName(tr("Texts, one a line"));
    m_editor->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_editor->setTabChangesFocus(true);
    m_editor->setAcceptDrops(false);
    m_editor->viewport()->setAcceptDrops(false);
    auto* texts = new QVBoxLayout(m_editorSection);
    texts->setContentsMargins(px(16), 0, px(16), px(12));
    texts->setSpacing(0);
    auto* textsHeader = new SectionHeader(tr("Texts"));
    textsHeader->setNote(tr("one a line; empty lines are left out"));
    texts->addWidget(textsHeader);
    texts->addWidget(m_editor);

    const auto section = [](QWidget* header, QTableView* table, QWidget* into) {
        auto* column = new QVBoxLayout(into);
        column->setContentsMargins(px(16), 0, px(12), 0);
        column->setSpacing(0);
        column->addWidget(header);
        column->addWidget(table);
    };
    auto* preview = new QWidget;
    section(m_previewHeader, m_table, preview);
    section(m_failureHeader, m_failureTable, m_failureSection);

    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, px(8));
    column->setSpacing(0);
    column->addWidget(m_editorSection, 2);
    column->addWidget(preview, 3);
    column->addWidget(m_failureSection, 2);
    m_failureSection->hide();
    return page;
}

QTableView* SourceView::makeTable(QAbstractItemModel* model) {
    auto* table = new QTableView;
    table->setModel(model);
    table->setFrameShape(QFrame::NoFrame);
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setItemDelegate(new NumberDelegate(table));
    table->setTabKeyNavigation(false);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(px(26));
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table->horizontalHeader()->setDefaultSectionSize(px(76));
    table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    if (model == &m_failureRows) table->horizontalHeader()->setSectionResizeMode(1, QHeaderView::Stretch);
    table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    return table;
}

void SourceView::setTexts(bool texts) {
    m_isTexts = texts;
    showFailures({});
    refresh();
}

QStringList SourceView::inputs() const {
    return m_isTexts ? linesOf(m_editor->toPlainText()) : m_images;
}

void SourceView::addPaths(const QStringList& paths) {
    if (paths.isEmpty()) return;
    if (m_isTexts) {
        openTexts(paths);
        return;
    }
    auto found = std::make_shared<ImageFiles>();
    auto* context = new QObject(this);
    auto done = [this, context] {
        --m_listings;
        context->deleteLater();
        Q_EMIT changed();
    };
    EngineService::TaskHandler handler;
    handler.finished = [this, found, done] {
        QStringList files;
        Failures failures;
        for (const auto& file : found->files)
            files << fromPath(file);
        for (const FileFailure& failure : found->failures)
            failures.emplace_back(fromPath(failure.path), QString::fromStdString(failure.reason));
        const QString left = leftBehindNote(found->leftBehind, found->leftBehindNames);
        if (!left.isEmpty())
            m_services.notify(left);
        else if (files.isEmpty() && failures.empty())
            m_services.notify(tr("There are no images in it"));
        listed(files, failures);
        done();
    };
    handler.failed = [this, done](const JobError& error) {
        m_services.notifyError(error);
        done();
    };
    handler.cancelled = done;
    ++m_listings;
    m_services.engine().runTask(
        context, tr("Looking for images"),
        [found, paths](const JobContext& job) {
            std::vector<std::filesystem::path> inputs;
            for (const QString& path : paths)
                inputs.push_back(toPath(path));
            *found = listImages(inputs, job.stop);
            job.throwIfStopped();
        },
        std::move(handler));
    Q_EMIT changed();
}

void SourceView::openTexts(const QStringList& files) {
    QStringList lines = inputs();
    for (const QString& file : files) {
        try {
            const std::string text = readPlainText(toPath(file), kMostTextBytes);
            for (const std::string_view one : diagonal::linesOf(text))
                if (const QString line = QString::fromUtf8(one.data(), static_cast<qsizetype>(one.size())).trimmed();
                    !line.isEmpty())
                    lines << line;
        } catch (const Error& error) {
            m_services.notifyError({QString::fromStdString(error.subject()), QString::fromStdString(error.problem()),
                                    QString::fromStdString(error.remedy())});
        }
    }
    m_editor->setPlainText(lines.join('\n'));
}

void SourceView::listed(const QStringList& files, const Failures& failures) {
    QSet<QString> known(m_images.begin(), m_images.end());
    for (const QString& file : files)
        if (!known.contains(file)) {
            known.insert(file);
            m_images << file;
        }
    m_failures.insert(m_failures.end(), failures.begin(), failures.end());
    showFailures(m_failures);
    refresh();
}

void SourceView::clear() {
    if (m_isTexts) {
        m_editor->clear();
    } else {
        m_images.clear();
        m_failures.clear();
    }
    showFailures({});
    refresh();
}

void SourceView::setNormalized(bool normalized) {
    if (normalized == m_normalized) return;
    m_normalized = normalized;
    m_preview.clearValues();
    m_previewTimer.start();
}

void SourceView::showFailures(const Failures& failures) {
    m_failureRows.setFailures(failures);
    m_failureHeader->setTitle(tr("%n could not be read", nullptr, static_cast<int>(failures.size())));
    m_failureSection->setVisible(!failures.empty());
}

void SourceView::revealFailures() {
    m_failureTable->setFocus();
    m_failureTable->selectRow(0);
    m_failureTable->scrollToTop();
}

void SourceView::refresh() {
    const QStringList all = inputs();
    m_pages->setCurrentIndex(!m_isTexts && all.isEmpty() && m_failures.empty() ? 0 : 1);
    m_editorSection->setVisible(m_isTexts);
    m_preview.setNames(all.mid(0, kPreviewRows), !m_isTexts);
    m_previewHeader->setNote(
        all.size() > kPreviewRows ? tr("%1 of %2").arg(formatCount(kPreviewRows), formatCount(all.size())) : QString());
    m_previewTimer.start();
    Q_EMIT changed();
}

void SourceView::embedPreview() {
    const QStringList names = m_preview.names();
    if (names.isEmpty() || m_services.engine().model() == nullptr) return;
    if (m_isTexts) {
        EngineService::TextHandler handler;
        handler.finished = [this, names](const Embeddings& embeddings, const std::vector<size_t>&) {
            if (names != m_preview.names()) return;
            for (int row = 0; row < embeddings.count(); ++row) {
                const auto values = embeddings.row(row);
                m_preview.setValues(row, {values.begin(), values.end()});
            }
        };
        handler.failed = [this](const JobError& error) { m_services.notifyError(error); };
        m_services.engine().embedTexts(this, names, m_normalized, std::move(handler));
        return;
    }
    EngineService::ImageBatchHandler handler;
    handler.results = [this, names](const std::vector<ImageEmbedding>& batch) {
        if (names != m_preview.names()) return;
        for (const ImageEmbedding& image : batch) {
            if (image.error.empty())
                m_preview.setValues(static_cast<int>(image.index), image.values);
            else
                m_preview.setError(static_cast<int>(image.index), QString::fromStdString(image.error));
        }
    };
    handler.finished = [](bool) {};
    handler.failed = [this](const JobError& error) { m_services.notifyError(error); };
    m_services.engine().embedImages(this, {}, names, m_normalized, std::move(handler));
}

}  // namespace diagonal
