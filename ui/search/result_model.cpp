// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/result_model.h"

#include <QFileInfo>
#include <algorithm>
#include <cmath>

#include "ui/base/paths.h"
#include "ui/pictures/confusion.h"
#include "ui/pictures/frame_name.h"
#include "ui/search/search_texts.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

constexpr int kMostBelow = 60;
constexpr double kFullBar = 8;  // σ

}  // namespace

double barOf(double relevance) {
    return std::isfinite(relevance) ? std::clamp(relevance / kFullBar, 0.0, 1.0) : 0;
}

void ResultModel::setAnswer(const SearchAnswerPtr& answer, bool showsBelow) {
    beginResetModel();
    m_answer = answer;
    m_rows.clear();
    m_above = 0;
    m_isStale = false;
    if (answer) {
        const Snapshot& snapshot = answer->snapshot();
        int below = 0;
        for (size_t i = 0; i < answer->result.hits.size(); ++i) {
            const SearchHit& hit = answer->result.hits[i];
            if (hit.file < 0 || static_cast<size_t>(hit.file) >= snapshot.files.size()) continue;
            if (!hit.isAbove && (!showsBelow || ++below > kMostBelow)) continue;
            ResultRow row;
            row.hit = static_cast<int>(i);
            row.file = fromPath(snapshot.paths[static_cast<size_t>(hit.file)]);
            row.isVideo = snapshot.files[static_cast<size_t>(hit.file)].kind == MediaKind::Video;
            row.picture =
                row.isVideo ? frameName(row.file, snapshot.rows[static_cast<size_t>(hit.row)].time) : row.file;
            row.cosine = hit.cosine;
            row.relevance = hit.relevance;
            row.isAbove = hit.isAbove;
            row.alike = static_cast<int>(hit.alike.size());
            row.moments = static_cast<int>(hit.moments.size());
            m_rows.push_back(std::move(row));
        }
        std::stable_partition(m_rows.begin(), m_rows.end(), [](const ResultRow& row) { return row.isAbove; });
        m_above = static_cast<int>(std::ranges::count_if(m_rows, &ResultRow::isAbove));
    }
    endResetModel();
}

void ResultModel::setStale(bool stale) {
    if (stale == m_isStale) return;
    m_isStale = stale;
    if (!m_rows.empty()) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

void ResultModel::setMarks(const QSet<qint64>& liked, const QSet<qint64>& disliked) {
    m_liked = liked;
    m_disliked = disliked;
    if (!m_rows.empty()) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

const ResultRow* ResultModel::row(const QModelIndex& index) const {
    return index.isValid() && index.row() < rowCount() ? &m_rows[static_cast<size_t>(index.row())] : nullptr;
}

const LibraryFile& ResultModel::file(const ResultRow& row) const {
    return m_answer->snapshot().files[static_cast<size_t>(hit(row).file)];
}

int ResultModel::rowOf(qint64 libraryRow) const {
    for (int i = 0; i < rowCount(); ++i) {
        const SearchHit& one = hit(row(i));
        if (one.row == libraryRow || std::ranges::find(one.alike, libraryRow) != one.alike.end()) return i;
    }
    return -1;
}

int ResultModel::groups() const {
    if (!m_answer) return 0;
    int groups = 0;
    int64_t pictures = 0;
    for (int i = 0; i < m_above; ++i) {
        if (row(i).isVideo) continue;
        ++groups;
        pictures += 1 + row(i).alike;
    }
    const int64_t above = m_answer->result.picturesAbove;
    return groups < above && pictures >= above ? groups : 0;
}

int ResultModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ResultModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int{ColumnCount};
}

bool ResultModel::isNumber(int column) {
    return column == Relevance || column == Cosine || column == Pixels;
}

QString ResultModel::text(const ResultRow& row, int column) const {
    const LibraryFile& file = this->file(row);
    const Snapshot& snapshot = m_answer->snapshot();
    switch (column) {
        case Name:
            return shownName(row.file);
        case Folder:
            return shownName(parentFolderName(row.file));
        case Relevance:
            return row.isAbove ? formatSigma(row.relevance) : tr("chance, %1").arg(formatSigma(row.relevance));
        case Cosine:
            return formatCosine(row.cosine);
        case Date:
            return formatDate(file.date);
        case Pixels:
            return file.width > 0 ? QStringLiteral("%1 × %2").arg(file.width).arg(file.height) : QString();
        case Type:
            return file.format < snapshot.formats.size() ? QString::fromStdString(snapshot.formats[file.format])
                                                         : QString();
        case Camera:
            return file.camera < snapshot.cameras.size() ? QString::fromStdString(snapshot.cameras[file.camera])
                                                         : QString();
        default:
            return {};
    }
}

QVariant ResultModel::sortValue(const ResultRow& row, int column) const {
    const LibraryFile& file = this->file(row);
    switch (column) {
        case Relevance:
            return row.relevance;
        case Cosine:
            return row.cosine;
        case Date:
            return static_cast<qint64>(file.date);
        case Pixels:
            return static_cast<qint64>(file.width) * file.height;
        default:
            return text(row, column);
    }
}

QString ResultModel::spoken(const ResultRow& row) const {
    QStringList parts{shownName(row.file), tr("relevance %1").arg(formatSigma(row.relevance)),
                      tr("cosine %1").arg(formatCosine(row.cosine))};
    if (row.alike > 0) parts << tr("%Ln alike", nullptr, row.alike);
    if (row.moments > 0) parts << tr("%Ln moment(s)", nullptr, row.moments);
    if (isMarked(hit(row).row, true)) parts << tr("liked");
    if (isMarked(hit(row).row, false)) parts << tr("not liked");
    if (!row.isAbove) parts << tr("no better than chance");
    return parts.join(QStringLiteral(", "));
}

QVariant ResultModel::data(const QModelIndex& index, int role) const {
    const ResultRow* one = row(index);
    if (one == nullptr) return {};
    switch (role) {
        case Qt::DisplayRole:
            return text(*one, index.column());
        case SortRole:
            return sortValue(*one, index.column());
        case Qt::EditRole:
            if (index.column() == Relevance) return one->relevance;
            if (index.column() == Cosine) return one->cosine;
            return index.column() == Name ? shownPath(one->file) : text(*one, index.column());
        case Qt::AccessibleTextRole:
            return index.column() == Picture ? spoken(*one) : text(*one, index.column());
        case Qt::ToolTipRole:
            return QStringLiteral("%1\n%2 · %3")
                .arg(formatPath(one->file), formatSigma(one->relevance),
                     tr("cosine %1").arg(formatCosine(one->cosine)));
        case Qt::TextAlignmentRole:
            return static_cast<int>((isNumber(index.column()) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        default:
            return {};
    }
}

QVariant ResultModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((isNumber(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case Picture:
            return tr("Picture");
        case Name:
            return tr("Name");
        case Folder:
            return tr("Folder");
        case Relevance:
            return tr("Relevance");
        case Cosine:
            return tr("Cosine");
        case Date:
            return tr("Date");
        case Pixels:
            return tr("Pixels");
        case Type:
            return tr("Type");
        case Camera:
            return tr("Camera");
        default:
            return {};
    }
}

QStringList ResultModel::files(const QModelIndexList& rows) const {
    QStringList files;
    QSet<QString> known;
    for (const QModelIndex& index : rows) {
        const ResultRow* one = row(index);
        if (one == nullptr || known.contains(one->file)) continue;
        known.insert(one->file);
        files << one->file;
    }
    return files;
}

}  // namespace diagonal
