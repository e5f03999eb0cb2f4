// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model_pane/model_list_model.h"

#include <algorithm>

#include "ui/widgets/format.h"

namespace diagonal {

QString groupTitle(ModelEntry::Group group) {
    switch (group) {
        case ModelEntry::Group::Open:
            return ModelListModel::tr("Open now");
        case ModelEntry::Group::Recent:
            return ModelListModel::tr("Recent");
        case ModelEntry::Group::Here:
            return ModelListModel::tr("On this computer");
        case ModelEntry::Group::Offered:
            return ModelListModel::tr("To get");
    }
    return {};
}

QString downloadText(const JobState& job) {
    if (job.cancelling) return ModelListModel::tr("Stopping");
    if (job.total <= 0) return ModelListModel::tr("Connecting");
    QStringList parts{ModelListModel::tr("%1 of %2").arg(formatBytes(job.done), formatBytes(job.total))};
    if (job.perSecond > 0) parts << ModelListModel::tr("%1/s").arg(formatBytes(static_cast<qint64>(job.perSecond)));
    if (job.secondsLeft >= 0 && job.done < job.total)
        parts << ModelListModel::tr("%1 left").arg(formatTimeLeft(job.secondsLeft));
    return parts.join(QStringLiteral(" · "));
}

int ModelListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant ModelListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const Row& row = m_rows[static_cast<size_t>(index.row())];
    const ModelEntry& entry = m_entries[row.entry];
    if (role == HeadRole) return row.isHead;
    if (row.isHead) return role == Qt::DisplayRole ? groupTitle(entry.group) : QVariant();
    switch (role) {
        case Qt::DisplayRole:
            return entry.name;
        case Qt::ToolTipRole: {
            QStringList lines{entry.name};
            if (!entry.note.isEmpty()) lines << entry.note;
            if (!entry.path.isEmpty() && formatPath(entry.path) != entry.note) lines << formatPath(entry.path);
            const QString error = m_downloads.value(entry.hubName).error;
            if (!error.isEmpty()) lines << error;
            return lines.join(QLatin1Char('\n'));
        }
        case Qt::AccessibleTextRole: {
            QStringList parts{groupTitle(entry.group), entry.name, entry.note};
            if (entry.path.isEmpty() && entry.bytes > 0) parts << formatBytes(entry.bytes);
            return parts.join(QStringLiteral(", "));
        }
        case EntryRole:
            return QVariant::fromValue(entry);
        case DownloadRole:
            return QVariant::fromValue(m_downloads.value(entry.hubName));
        default:
            return {};
    }
}

Qt::ItemFlags ModelListModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) return Qt::NoItemFlags;
    if (m_rows[static_cast<size_t>(index.row())].isHead) return Qt::ItemNeverHasChildren;
    return Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
}

void ModelListModel::setEntries(std::vector<ModelEntry> entries) {
    std::stable_sort(entries.begin(), entries.end(),
                     [](const ModelEntry& a, const ModelEntry& b) { return a.group < b.group; });
    beginResetModel();
    m_entries = std::move(entries);
    rebuild();
    endResetModel();
}

void ModelListModel::setFilter(const QString& filter) {
    beginResetModel();
    m_filter = filter.simplified();
    rebuild();
    endResetModel();
}

bool ModelListModel::matches(const ModelEntry& entry) const {
    const QString text = entry.name + QLatin1Char(' ') + entry.note + QLatin1Char(' ') + entry.where;
    const QStringList words = m_filter.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    return std::all_of(words.begin(), words.end(),
                       [&](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
}

void ModelListModel::rebuild() {
    m_rows.clear();
    int group = -1;
    for (size_t i = 0; i < m_entries.size(); ++i) {
        if (!matches(m_entries[i])) continue;
        if (group != static_cast<int>(m_entries[i].group)) {
            group = static_cast<int>(m_entries[i].group);
            m_rows.push_back({true, i});
        }
        m_rows.push_back({false, i});
    }
}

void ModelListModel::setDownload(const QString& hubName, const DownloadState& state) {
    m_downloads[hubName] = state;
    const QModelIndex row = indexOf(hubName);
    if (row.isValid()) Q_EMIT dataChanged(row, row);
}

const ModelEntry* ModelListModel::entry(const QModelIndex& index) const {
    if (!index.isValid() || m_rows[static_cast<size_t>(index.row())].isHead) return nullptr;
    return &m_entries[m_rows[static_cast<size_t>(index.row())].entry];
}

QModelIndex ModelListModel::indexOf(const QString& key) const {
    for (size_t i = 0; i < m_rows.size(); ++i)
        if (!m_rows[i].isHead && m_entries[m_rows[i].entry].key() == key) return index(static_cast<int>(i));
    return {};
}

}  // namespace diagonal
