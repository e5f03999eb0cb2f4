// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QSet>

#include "training/data/csv_dataset.h"
#include "training/data/table_column.h"
#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"
#include "ui/embeddings/source_view.h"
#include "ui/shell/services.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

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
            QStringList left = m_images;
            left.removeIf([&gone](const QString& image) { return gone.contains(image); });
            setImages(left);
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

}  // namespace diagonal
