// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/embeddings/source_view.h"

#include <QComboBox>
#include <QHeaderView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSet>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QTableView>
#include <algorithm>
#include <mutex>
#include <utility>

#include "engine/base/encoding.h"
#include "engine/base/error.h"
#include "engine/embeddings/items.h"
#include "engine/image/image_files.h"
#include "training/data/csv_dataset.h"
#include "training/data/table_column.h"
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

constexpr int kPreviewRows = 24, kPreviewMilliseconds = 250;
constexpr qsizetype kMostEdited = 5000, kMostEditedCharacters = 500'000;
constexpr uint64_t kMostTextBytes = 256 << 20;

QStringList linesOf(const QString& text) {
    QStringList lines;
    for (const QString& line : text.split('\n'))
        if (!line.trimmed().isEmpty()) lines << line.trimmed();
    return lines;
}

bool isTable(const QString& file) {
    return isTableFile(toPath(file));
}

QStringList toList(const std::vector<std::string>& texts) {
    QStringList list;
    for (const std::string& text : texts)
        list << QString::fromStdString(text);
    return list;
}

/// A column of a table: of texts, or of images' paths. column: empty: the one that looks so, or else the first.
QStringList readColumn(const QString& file, bool texts, QString& column, QStringList& notes, const JobContext& job) {
    const auto path = toPath(file);
    if (column.isEmpty()) {
        const std::vector<std::string> columns = tableColumns(path);
        const std::string guessed = texts ? guessedTextColumn(columns) : guessedImageColumn(columns);
        column = QString::fromStdString(guessed.empty() ? columns.front() : guessed);
    }
    if (texts) {
        const TextColumn read = readTextColumn(path, column.toStdString(), job);
        notes = toList(read.notes);
        return toList(read.texts);
    }
    const ImageColumn read = readImageColumn(path, column.toStdString(), job);
    notes = toList(read.notes);
    QStringList files;
    for (const auto& image : read.files)
        files << fromPath(image);
    return files;
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
        m_texts = linesOf(m_editor->toPlainText());
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

void SourceView::countVideos() {
    m_videos = static_cast<int>(
        std::ranges::count_if(m_images, [](const QString& file) { return hasVideoExtension(toPath(file)); }));
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

/// A table alone is read by a column, which can be changed afterwards.
Intake::Reader SourceView::tableReader(Intake::Reader otherwise) {
    return [this, texts = isTexts(), otherwise = std::move(otherwise)](const QStringList& paths,
                                                                       const JobContext& job) -> std::function<void()> {
        if (paths.size() != 1 || !isTable(paths.front())) return otherwise ? otherwise(paths, job) : nullptr;
        Table table;
        table.file = paths.front();
        table.columns = toList(tableColumns(toPath(table.file)));
        table.values = readColumn(table.file, texts, table.column, table.notes, job);
        return [this, table] { takeTable(table); };
    };
}

/// Behind what is there, or in place of another column of the same table.
void SourceView::takeTable(const Table& table) {
    Table& known = isTexts() ? m_textTable : m_imageTable;
    const bool isSame = known.file == table.file;
    if (isTexts()) {
        QStringList texts = m_texts;
        if (isSame && texts.size() >= known.values.size() &&
            texts.mid(texts.size() - known.values.size()) == known.values)
            texts.resize(texts.size() - known.values.size());
        // Rows are lines of the editor: an empty cell is none.
        Table taken = table;
        taken.values.removeAll(QString());
        known = taken;
        showTexts(texts + taken.values);
    } else {
        if (isSame) {
            const QSet<QString> gone(known.values.begin(), known.values.end());
            m_images.removeIf([&gone](const QString& image) { return gone.contains(image); });
            countVideos();
        }
        known = table;
        listed(table.values, {});
    }
    showColumns();
    if (table.notes.isEmpty()) return;
    QStringList said{engineText(table.notes.first())};
    if (table.notes.size() > 1)
        said << tr("%Ln more line(s) like that", nullptr, static_cast<int>(table.notes.size()) - 1);
    m_services.notify(inOneLine(said));
}

void SourceView::changeColumn() {
    const bool texts = isTexts();
    auto table = std::make_shared<Table>(texts ? m_textTable : m_imageTable);
    table->column = m_columns->currentText();
    table->notes.clear();
    EngineService::TaskHandler handler;
    handler.finished = [this, table, texts] {
        if (texts == isTexts()) takeTable(*table);
    };
    handler.failed = [this](const JobError& error) {
        m_services.notifyError(error);
        showColumns();
    };
    m_services.engine().runTask(
        this, tr("Reading a table"),
        [table, texts](const JobContext& job) {
            table->values = readColumn(table->file, texts, table->column, table->notes, job);
        },
        std::move(handler));
}

void SourceView::showColumns() {
    const Table& table = isTexts() ? m_textTable : m_imageTable;
    const bool isShown = m_kind != SourceKind::Data && !table.file.isEmpty() && !inputs().isEmpty();
    m_columnRow->setVisible(isShown);
    if (!isShown) return;
    m_columns->clear();
    m_columns->addItems(table.columns);
    m_columns->setCurrentIndex(static_cast<int>(table.columns.indexOf(table.column)));
    m_tableName->setText(tr("of %1").arg(nameInSentence(table.file)));
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
    m_texts = texts;
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
    QSet<QString> known(m_images.begin(), m_images.end());
    for (const QString& file : files)
        if (!known.contains(file)) {
            known.insert(file);
            m_images << file;
            if (hasVideoExtension(toPath(file))) ++m_videos;
        }
    m_failures.insert(m_failures.end(), failures.begin(), failures.end());
    showListFailures();
    refresh();
}

SourceView::Content SourceView::content() const {
    return {m_images, m_failures, m_texts};
}

void SourceView::setContent(const Content& content) {
    m_images = content.images;
    m_failures = content.failures;
    countVideos();
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

/// Images that may lie in no file of their own.
void SourceView::embedFirstOfData() {
    struct Rows {
        std::mutex mutex;
        std::vector<NewItem> items;
    };
    auto rows = std::make_shared<Rows>();
    const auto items = m_data->items();
    EngineService::SliceHandler handler;
    handler.finished = [this, rows, items] {
        if (items != m_data->items()) return;
        const std::lock_guard lock(rows->mutex);
        for (size_t i = 0; i < rows->items.size(); ++i) {
            const NewItem& item = rows->items[i];
            if (item.rows.empty())
                m_preview.setError(static_cast<int>(i), engineText(item.error));
            else
                m_preview.setValues(static_cast<int>(i), item.rows.front().values);
        }
    };
    handler.failed = [this](const JobError& error) { m_services.notifyError(error); };
    m_services.engine().runWithModel(
        this, {}, {},
        [rows, items, normalized = m_normalized](Session& session, const JobContext& job) {
            const std::lock_guard lock(rows->mutex);
            items->embed(session, 0, std::min<size_t>(kPreviewRows, items->size()), normalized,
                         [&rows](NewItem item) { rows->items.push_back(std::move(item)); }, {job.stop, {}});
            return false;
        },
        std::move(handler));
}

void SourceView::embedPreview() {
    m_continue->hide();
    const QStringList names = m_preview.names();
    if (names.isEmpty() || m_services.engine().model() == nullptr) return;
    if (m_kind == SourceKind::Data && m_data->part() == DataPart::Images) {
        if (m_data->items()) embedFirstOfData();
        return;
    }
    if (haveRowsTexts()) {
        EngineService::TextHandler handler;
        handler.finished = [this, names](const Embeddings& embeddings, const std::vector<size_t>&) {
            if (names != m_preview.names()) return;
            for (int row = 0; row < embeddings.count(); ++row) {
                const auto values = embeddings.row(row);
                m_preview.setValues(row, {values.begin(), values.end()});
            }
        };
        handler.cancelled = [this] { m_continue->show(); };
        handler.failed = [this](const JobError& error) {
            m_continue->show();
            m_services.notifyError(error);
        };
        m_services.engine().embedTexts(this, names, m_normalized, std::move(handler));
        return;
    }
    EngineService::ImageBatchHandler handler;
    handler.results = [this, names](const std::vector<ImageEmbedding>& batch) {
        if (names != m_preview.names()) return;
        for (const ImageEmbedding& image : batch) {
            if (image.error.empty())
                m_preview.setValues(static_cast<int>(image.index), image.values);
            else if (hasVideoExtension(toPath(names[static_cast<qsizetype>(image.index)])))
                m_preview.setError(static_cast<int>(image.index), tr("a video: a row for each key frame"));
            else
                m_preview.setError(static_cast<int>(image.index), engineText(image.error));
        }
    };
    handler.finished = [](bool) {};
    handler.failed = [this](const JobError& error) { m_services.notifyError(error); };
    m_services.engine().embedImages(this, {}, names, m_normalized, std::move(handler));
}

}  // namespace diagonal
