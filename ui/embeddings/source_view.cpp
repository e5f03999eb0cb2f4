// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/embeddings/source_view.h"

#include <QComboBox>
#include <QHeaderView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QTableView>
#include <algorithm>
#include <utility>

#include "engine/base/encoding.h"
#include "engine/base/error.h"
#include "engine/embeddings/items.h"
#include "engine/image/image_files.h"
#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"
#include "ui/embeddings/data_source.h"
#include "ui/embeddings/number_delegate.h"
#include "ui/pictures/drop_frame.h"
#include "ui/pictures/picture_sources.h"
#include "ui/shell/services.h"
#include "ui/style/layouts.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/export_menu.h"
#include "ui/widgets/format.h"
#include "ui/widgets/link_label.h"
#include "ui/widgets/section_header.h"

namespace diagonal {

namespace {

constexpr int kPreviewMilliseconds = 250;
constexpr qsizetype kMostEdited = 5000, kMostEditedCharacters = 500'000;
constexpr uint64_t kMostTextBytes = 256 << 20;
constexpr qsizetype kNameExtra = 3;  // quotes and a comma

QStringList linesOf(const QString& text) {
    QStringList lines;
    for (const QString& line : text.split('\n'))
        if (!line.trimmed().isEmpty()) lines << line.trimmed();
    return lines;
}

}  // namespace

SourceView::SourceView(Services& services, Intake& intake, QWidget* parent)
    : Panel(&Tokens::surface, {}, parent),
      m_services(services),
      m_intake(intake),
      m_pages(new QStackedWidget),
      m_data(new DataSource(services)),
      m_columnRow(new QWidget),
      m_tableName(new TextLabel({}, 12, 400, &Tokens::text2)),
      m_columns(new QComboBox),
      m_editor(new QPlainTextEdit),
      m_editorSection(new QWidget),
      m_textsHeader(new SectionHeader(tr("Texts"))),
      m_previewHeader(new SectionHeader(tr("First rows"))),
      m_continue(new LinkLabel(tr("Continue"))),
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
    setLayout(makeColumn({m_pages}));
    m_continue->setLook(12, 600);
    m_continue->setToolTip(tr("Embed the rows that are missing"));
    m_continue->hide();
    m_previewHeader->addRight(m_continue);
    connect(m_continue, &QAbstractButton::clicked, this, &SourceView::embedPreview);
    m_previewTimer.setSingleShot(true);
    m_previewTimer.setInterval(kPreviewMilliseconds);
    connect(&m_previewTimer, &QTimer::timeout, this, &SourceView::embedPreview);
    connect(m_editor, &QPlainTextEdit::textChanged, this, [this] {
        if (m_editor->isReadOnly()) return;
        setTexts(linesOf(m_editor->toPlainText()));
        refresh();
    });
    connect(&intake, &Intake::found, this, &SourceView::listed);
    connect(&intake, &Intake::busyChanged, this, &SourceView::changed);
    intake.setReader([this] { return reader(); });
    connect(m_columns, &QComboBox::activated, this, &SourceView::changeColumn);
    connect(m_data, &DataSource::changed, this, &SourceView::refresh);
    connect(&services.engine(), &EngineService::modelChanged, this, [this] {
        m_preview.clearValues();
        m_previewTimer.start();
        Q_EMIT changed();
    });
    refresh();
}

QWidget* SourceView::emptyPage() {
    auto* page = new QWidget;
    DropFrame* frame = m_intake.makeFrame();
    auto* empty = new EmptyState(tr("Drop images to embed them"),
                                 tr("Files or whole folders. Each image becomes a row of numbers for your own tools."));
    connect(empty->addButton(tr("Open images…"), "ui/image", ButtonKind::Primary), &QPushButton::clicked, this,
            &SourceView::openFiles);
    connect(empty->addButton(tr("Open folder…"), "ui/folder"), &QPushButton::clicked, &m_intake, &Intake::chooseFolder);
    frame->setLayout(makeColumn({empty}, 0, {16, 16, 16, 16}));
    page->setLayout(makeColumn({frame}, 0, {24, 24, 24, 24}));
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
    m_textsHeader->setNote(tr("one a line; empty lines are left out"));
    m_editorSection->setLayout(makeColumn({m_textsHeader, m_editor}, 0, {16, 0, 16, 12}));

    const auto section = [](QWidget* header, QTableView* table, QWidget* into) {
        into->setLayout(makeColumn({header, table}, 0, {16, 0, 12, 0}));
    };
    auto* preview = new QWidget;
    section(m_previewHeader, m_table, preview);
    section(m_failureHeader, m_failureTable, m_failureSection);

    m_columns->setAccessibleName(tr("Column of the table"));
    m_columns->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_columns->setMinimumContentsLength(12);
    m_columnRow->setLayout(makeRow({new TextLabel(tr("Column"), 12, 400, &Tokens::text2), m_columns, {m_tableName, 1}},
                                   8, {16, 8, 16, 8}));
    m_columnRow->hide();
    m_data->hide();

    page->setLayout(
        makeColumn({m_data, m_columnRow, {m_editorSection, 2}, {preview, 3}, {m_failureSection, 2}}, 0, {0, 0, 0, 8}));
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

void SourceView::setKind(SourceKind kind) {
    m_kind = kind;
    showListFailures();
    showColumns();
    refresh();
}

const QStringList& SourceView::inputs() const {
    static const QStringList none;
    return m_kind == SourceKind::Data ? none : isTexts() ? m_texts : m_images;
}

bool SourceView::haveRowsTexts() const {
    return isTexts() || (m_kind == SourceKind::Data && m_data->part() == DataPart::Captions);
}

qint64 SourceView::rows() const {
    return m_kind == SourceKind::Data ? m_data->rows() : inputs().size();
}

std::shared_ptr<const EmbeddingItems> SourceView::items(const VideoSampling& sampling) const {
    if (m_kind == SourceKind::Data) return m_data->items();
    if (inputs().isEmpty()) return {};
    if (isTexts()) {
        std::vector<std::string> texts;
        texts.reserve(static_cast<size_t>(m_texts.size()));
        for (const QString& text : m_texts)
            texts.push_back(text.toStdString());
        return std::make_shared<TextItems>(std::move(texts));
    }
    PathArray files;
    for (const QString& image : m_images)
        files.add(toPath(image));
    return std::make_shared<FileItems>(std::move(files), sampling);
}

/// Counted as they come: they come in small batches, millions of them.
void SourceView::addImage(const QString& image) {
    if (m_known.contains(image)) return;
    m_known.insert(image);
    m_images << image;
    m_imageBytes += image.size() + kNameExtra;
    if (hasVideoExtension(toPath(image))) ++m_videos;
}

void SourceView::setImages(const QStringList& images) {
    m_known.clear();
    m_images.clear();
    m_videos = 0;
    m_imageBytes = 0;
    for (const QString& image : images)
        addImage(image);
}

void SourceView::setTexts(const QStringList& texts) {
    m_texts = texts;
    m_textBytes = 0;
    for (const QString& text : texts)
        m_textBytes += text.size() + kNameExtra;
}

qint64 SourceView::nameBytes() const {
    return m_kind == SourceKind::Data ? 0 : isTexts() ? m_textBytes : m_imageBytes;
}

void SourceView::openFiles() {
    isTexts() ? m_intake.chooseFiles(tr("Open texts"), tr("Texts and tables (*.txt *.csv *.tsv);;All files (*)"))
              : m_intake.chooseFiles(tr("Open images, videos or a table"), pictureFileFilter());
}

Intake::Reader SourceView::reader() {
    if (m_kind == SourceKind::Data)
        return [this](const QStringList& paths, const JobContext&) {
            return [this, path = paths.value(0)] { m_data->setSpec(path); };
        };
    return tableReader(isTexts() ? textReader() : Intake::Reader());
}

/// Text files, whose lines come behind those that are there.
Intake::Reader SourceView::textReader() {
    return [this](const QStringList& files, const JobContext& job) {
        QStringList lines;
        for (const QString& file : files) {
            job.throwIfStopped();
            const std::string text = readPlainText(toPath(file), kMostTextBytes);
            for (const std::string_view one : diagonal::linesOf(text))
                if (const QString line = QString::fromUtf8(one.data(), static_cast<qsizetype>(one.size())).trimmed();
                    !line.isEmpty())
                    lines << line;
        }
        return [this, lines] { showTexts(m_texts + lines); };
    };
}

void SourceView::setLocked(bool locked) {
    m_isLocked = locked;
    m_columns->setEnabled(!locked);
    m_data->setLocked(locked);
    m_editor->setReadOnly(m_isPart || m_isLocked);
}

/// More than can be laid out at once is shown in part, and not edited.
void SourceView::showTexts(const QStringList& texts) {
    setTexts(texts);
    qsizetype count = 0;
    for (qsizetype length = 0; count < texts.size() && count < kMostEdited; ++count)
        if (length += texts[count].size(); length > kMostEditedCharacters) break;
    const bool isPart = count < texts.size(), wasPart = std::exchange(m_isPart, isPart);
    m_editor->setReadOnly(m_isPart || m_isLocked);
    m_textsHeader->setNote(
        isPart ? tr("the first %1 of %2, too many to be edited here").arg(formatCount(count), formatCount(texts.size()))
               : tr("one a line; empty lines are left out"));
    const QSignalBlocker blocker(m_editor);
    // Not setPlainText, which takes undo away.
    QTextCursor cursor(m_editor->document());
    cursor.select(QTextCursor::Document);
    cursor.insertText(texts.mid(0, count).join('\n'));
    // A part is not all: the editor may not bring it back.
    if (isPart || wasPart) m_editor->document()->clearUndoRedoStacks();
    refresh();
}

void SourceView::listed(const QStringList& files, const Failures& failures) {
    for (const QString& file : files)
        addImage(file);
    m_failures.insert(m_failures.end(), failures.begin(), failures.end());
    showListFailures();
    refresh();
}

SourceView::Content SourceView::content() const {
    return {m_images, m_failures, m_texts};
}

void SourceView::setContent(const Content& content) {
    setImages(content.images);
    m_failures = content.failures;
    if (content.texts != m_texts) showTexts(content.texts);
    showListFailures();
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

void SourceView::showListFailures() {
    showFailures(m_kind == SourceKind::Images ? m_failures : Failures());
}

void SourceView::revealFailures() {
    m_failureTable->setFocus();
    m_failureTable->selectRow(0);
    m_failureTable->scrollToTop();
}

void SourceView::refresh() {
    const QStringList& all = inputs();
    if (all.isEmpty()) m_columnRow->hide();
    const bool isEmpty = m_kind == SourceKind::Images && all.isEmpty() && m_failures.empty();
    m_pages->setCurrentIndex(isEmpty ? 0 : 1);
    m_editorSection->setVisible(isTexts());
    m_data->setVisible(m_kind == SourceKind::Data);
    const bool isData = m_kind == SourceKind::Data;
    m_preview.setNames(isData ? m_data->firstNames() : all.mid(0, kPreviewRows), !haveRowsTexts());
    m_previewHeader->setNote(rows() > kPreviewRows ? tr("%1 of %2").arg(formatCount(kPreviewRows), formatCount(rows()))
                                                   : QString());
    m_previewTimer.start();
    Q_EMIT changed();
}

}  // namespace diagonal
