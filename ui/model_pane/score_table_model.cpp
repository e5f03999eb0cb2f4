// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model_pane/score_table_model.h"

#include <QLocale>
#include <algorithm>

#include "engine/inference/export.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

constexpr double kMilli = 1000;

QString milliseconds(double seconds) {
    const double value = kMilli * seconds;
    return QLocale().toString(value, 'f', value < 1 ? 2 : value < 100 ? 1 : 0);
}

QString quoted(const QString& text) {
    return QString::fromStdString(csvText(text.toStdString()));
}

}  // namespace

int ScoreTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ScoreTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

/// Of a column with numbers; nothing where none was measured.
std::optional<double> ScoreTableModel::number(const Row& row, int column) {
    if (!row.score) return {};
    const ModelScore& score = *row.score;
    switch (column) {
        case TextAt1:
            return score.recall.textToImage.at1;
        case TextAt5:
            return score.recall.textToImage.at5;
        case TextAt10:
            return score.recall.textToImage.at10;
        case ImageAt1:
            return score.recall.imageToText.at1;
        case ImageAt5:
            return score.recall.imageToText.at5;
        case ImageAt10:
            return score.recall.imageToText.at10;
        case Mean:
            return score.recall.mean();
        case ImageTime:
            return score.imageSeconds;
        case TextTime:
            return score.textSeconds;
        case Memory:
            if (!score.memoryBytes) return {};
            return static_cast<double>(*score.memoryBytes);
        case Dimensions:
            return score.info.embedDim;
        case Disk:
            return static_cast<double>(score.bytes);
        default:
            return {};
    }
}

QVariant ScoreTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const Row& row = m_rows[static_cast<size_t>(index.row())];
    const int column = index.column();
    if (role == FrontRole) return row.isOnFront;
    if (role == ErrorRole) return row.error;
    if (role == BusyRole) return row.isBusy;
    if (role == Qt::CheckStateRole && column == Name) return row.isChosen ? Qt::Checked : Qt::Unchecked;
    if (role == Qt::TextAlignmentRole && isNumber(column)) return int{Qt::AlignRight | Qt::AlignVCenter};
    if (role == Qt::ToolTipRole) {
        if (!row.error.isEmpty()) return row.error;
        if (column == Name) return formatPath(row.entry.path);
        if (column == Languages || column == Licence) return data(index, Qt::DisplayRole);
    }
    if (role == Qt::AccessibleTextRole && column == Name) {
        if (!row.error.isEmpty()) return row.entry.name + QStringLiteral(", ") + row.error;
        return row.isOnFront ? tr("%1, no other model here is both better and quicker").arg(row.entry.name)
                             : row.entry.name;
    }
    if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole) return {};
    if (column == Name) return row.entry.name;
    if (column == Languages) return row.entry.languages.isEmpty() ? QStringLiteral("–") : row.entry.languages;
    if (column == Licence) return row.entry.licence.isEmpty() ? QStringLiteral("–") : row.entry.licence;
    const auto value = number(row, column);
    if (!value) return row.score ? QStringLiteral("–") : QString();
    if (column <= Mean) return QLocale().toString(100 * *value, 'f', 1);
    if (column == ImageTime || column == TextTime) return milliseconds(*value);
    if (column == Dimensions) return formatCount(static_cast<qint64>(*value));
    return formatBytes(static_cast<qint64>(*value));
}

QVariant ScoreTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) return {};
    static const char* const kShort[] = {QT_TR_NOOP("Model"),   QT_TR_NOOP("T→I @1"),    QT_TR_NOOP("@5"),
                                         QT_TR_NOOP("@10"),     QT_TR_NOOP("I→T @1"),    QT_TR_NOOP("@5"),
                                         QT_TR_NOOP("@10"),     QT_TR_NOOP("Mean"),      QT_TR_NOOP("ms/image"),
                                         QT_TR_NOOP("ms/text"), QT_TR_NOOP("Memory"),    QT_TR_NOOP("Dim"),
                                         QT_TR_NOOP("On disk"), QT_TR_NOOP("Languages"), QT_TR_NOOP("Licence")};
    static const char* const kLong[] = {
        QT_TR_NOOP("Checked models are compared"),
        QT_TR_NOOP("Text to image: in how many per cent of all captions their picture comes first"),
        QT_TR_NOOP("Text to image: in how many per cent of all captions their picture is among the first 5"),
        QT_TR_NOOP("Text to image: in how many per cent of all captions their picture is among the first 10"),
        QT_TR_NOOP("Image to text: for how many per cent of all pictures one of their captions comes first"),
        QT_TR_NOOP("Image to text: for how many per cent of all pictures one of their captions is among the first 5"),
        QT_TR_NOOP("Image to text: for how many per cent of all pictures one of their captions is among the first 10"),
        QT_TR_NOOP("Mean of the six recalls"),
        QT_TR_NOOP("Milliseconds a picture takes the model in a batch, without reading the file"),
        QT_TR_NOOP("Milliseconds a caption takes"),
        QT_TR_NOOP("What the model takes at the most while it computes"),
        QT_TR_NOOP("Numbers of an embedding"),
        QT_TR_NOOP("Size of the weights"),
        QT_TR_NOOP("Languages of the texts it was trained on"),
        QT_TR_NOOP("What its makers allow")};
    if (role == Qt::DisplayRole) return tr(kShort[section]);
    if (role == Qt::ToolTipRole || role == Qt::AccessibleDescriptionRole) return tr(kLong[section]);
    if (role == Qt::TextAlignmentRole) {
        const auto side = isNumber(section) ? Qt::AlignRight : section == Name ? Qt::AlignLeft : Qt::AlignHCenter;
        return static_cast<int>(side | Qt::AlignVCenter);
    }
    return {};
}

bool ScoreTableModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (!index.isValid() || index.column() != Name || role != Qt::CheckStateRole) return false;
    m_rows[static_cast<size_t>(index.row())].isChosen = value.toInt() == Qt::Checked;
    Q_EMIT dataChanged(index, index, {Qt::CheckStateRole});
    return true;
}

Qt::ItemFlags ScoreTableModel::flags(const QModelIndex& index) const {
    const Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    return index.column() == Name ? flags | Qt::ItemIsUserCheckable : flags;
}

void ScoreTableModel::sort(int column, Qt::SortOrder order) {
    m_sortColumn = column;
    m_sortOrder = order;
    arrange();
}

/// Puts the rows in order; selections and the like follow theirs.
void ScoreTableModel::arrange() {
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    QStringList paths;
    for (const QModelIndex& index : before)
        paths << m_rows[static_cast<size_t>(index.row())].entry.path;
    std::ranges::sort(m_rows, {}, [&](const Row& row) { return m_given.indexOf(row.entry.path); });
    const bool isDown = m_sortOrder == Qt::DescendingOrder;
    if (m_sortColumn >= 0 && isNumber(m_sortColumn)) {
        std::ranges::stable_sort(m_rows, [&](const Row& a, const Row& b) {
            const auto x = number(a, m_sortColumn), y = number(b, m_sortColumn);
            if (!x || !y) return x.has_value() && !y.has_value();
            return isDown ? *x > *y : *x < *y;
        });
    } else if (m_sortColumn >= 0) {
        const auto text = [&](const Row& row) {
            return m_sortColumn == Name        ? row.entry.name
                   : m_sortColumn == Languages ? row.entry.languages
                                               : row.entry.licence;
        };
        std::ranges::stable_sort(m_rows, [&](const Row& a, const Row& b) {
            const QString x = text(a), y = text(b);
            if (x.isEmpty() || y.isEmpty()) return !x.isEmpty() && y.isEmpty();
            return isDown ? x.localeAwareCompare(y) > 0 : x.localeAwareCompare(y) < 0;
        });
    }
    for (qsizetype i = 0; i < before.size(); ++i)
        for (int row = 0; row < rowCount(); ++row)
            if (m_rows[static_cast<size_t>(row)].entry.path == paths[i])
                changePersistentIndex(before[i], index(row, before[i].column()));
    Q_EMIT layoutChanged({}, VerticalSortHint);
}

void ScoreTableModel::setEntries(const std::vector<ModelEntry>& entries) {
    beginResetModel();
    std::vector<Row> rows;
    m_given.clear();
    for (const ModelEntry& entry : entries) {
        const Row* known = find(entry.path);
        rows.push_back(known != nullptr ? *known : Row());
        rows.back().entry = entry;
        m_given << entry.path;
    }
    m_rows = std::move(rows);
    endResetModel();
    arrange();
}

QStringList ScoreTableModel::chosen() const {
    QStringList paths;
    for (const Row& row : m_rows)
        if (row.isChosen) paths << row.entry.path;
    return paths;
}

ScoreTableModel::Row* ScoreTableModel::find(const QString& path) {
    const auto found = std::ranges::find_if(m_rows, [&](const Row& row) { return row.entry.path == path; });
    return found == m_rows.end() ? nullptr : &*found;
}

void ScoreTableModel::touch() {
    markFront();
    arrange();
    if (!m_rows.empty()) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

void ScoreTableModel::markFront() {
    std::vector<Tradeoff> choices;
    for (const Row& row : m_rows)
        if (row.score) choices.push_back({row.score->recall.mean(), row.score->imageSeconds});
    const std::vector<bool> front = paretoFront(choices);
    size_t next = 0;
    for (Row& row : m_rows)
        row.isOnFront = row.score && front[next++];
}

void ScoreTableModel::clearScores() {
    for (Row& row : m_rows) {
        row.score.reset();
        row.error.clear();
        row.isBusy = false;
    }
    touch();
}

void ScoreTableModel::setBusy(const QString& path) {
    for (Row& row : m_rows)
        row.isBusy = row.entry.path == path;
    touch();
}

void ScoreTableModel::setScore(const QString& path, std::shared_ptr<const ModelScore> score) {
    Row* row = find(path);
    if (row == nullptr) return;
    row->score = std::move(score);
    row->isBusy = false;
    touch();
}

void ScoreTableModel::setError(const QString& path, const QString& error) {
    Row* row = find(path);
    if (row == nullptr) return;
    row->error = error;
    row->isBusy = false;
    touch();
}

bool ScoreTableModel::hasScores() const {
    return std::ranges::any_of(m_rows, [](const Row& row) { return row.score != nullptr; });
}

QString ScoreTableModel::csv() const {
    QString text = QStringLiteral(
        "model,error,pareto_front,mean_recall,text_to_image_R@1,text_to_image_R@5,text_to_image_R@10,image_to_text_R@1,"
        "image_to_text_R@5,image_to_text_R@10,ms_per_image,ms_per_text,peak_memory_bytes,embed_dim,bytes,languages,"
        "licence,path\r\n");
    for (const Row& row : m_rows) {
        if (!row.score && row.error.isEmpty()) continue;
        QStringList cells{quoted(row.entry.name), quoted(row.error),
                          row.score ? QVariant(row.isOnFront).toString() : QString()};
        for (const int column : {Mean, TextAt1, TextAt5, TextAt10, ImageAt1, ImageAt5, ImageAt10, ImageTime, TextTime,
                                 Memory, Dimensions, Disk}) {
            const auto value = number(row, column);
            const bool isTime = column == ImageTime || column == TextTime;
            cells << (value ? QString::number(isTime ? kMilli * *value : *value, 'g', 15) : QString());
        }
        cells << quoted(row.entry.languages) << quoted(row.entry.licence) << quoted(row.entry.path);
        text += cells.join(QLatin1Char(',')) + QStringLiteral("\r\n");
    }
    return text;
}

QString ScoreTableModel::plainText() const {
    QString text;
    for (int row = -1; row < rowCount(); ++row) {
        QStringList cells;
        for (int column = 0; column < ColumnCount; ++column)
            cells << (row < 0 ? headerData(column, Qt::Horizontal) : data(index(row, column))).toString();
        text += cells.join(QLatin1Char('\t')) + QLatin1Char('\n');
    }
    return text;
}

}  // namespace diagonal
