// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pictures/confusion.h"

#include <algorithm>

#include "engine/inference/export.h"

namespace diagonal {

namespace {

QString keyOf(QString name) {
    return name.replace('_', ' ').replace('-', ' ').simplified().toCaseFolded();
}

}  // namespace

QString parentFolderName(const QString& path) {
    const qsizetype end = path.lastIndexOf('/');
    if (end <= 0) return {};
    const qsizetype begin = path.lastIndexOf('/', end - 1) + 1;
    return path.mid(begin, end - begin);
}

FolderLabels::FolderLabels(const QStringList& labels) {
    for (int i = 0; i < labels.size(); ++i)
        for (const QString& name : labels[i].split('|')) {
            const QString key = keyOf(name);
            if (!key.isEmpty() && !m_labels.contains(key)) m_labels.insert(key, i);
        }
}

int FolderLabels::labelOf(const QString& path) const {
    if (m_labels.isEmpty()) return -1;
    const QString folder = parentFolderName(path);
    auto found = m_folders.constFind(folder);
    if (found == m_folders.constEnd()) found = m_folders.insert(folder, m_labels.value(keyOf(folder), -1));
    return *found;
}

Confusion::Confusion(const QStringList& labels, const std::vector<std::pair<int, int>>& pairs) : m_labels(labels) {
    const auto size = static_cast<size_t>(labels.size());
    std::vector<bool> isTrue(size), isGiven(size + 1);
    for (const auto& [truth, given] : pairs) {
        isTrue[static_cast<size_t>(truth)] = true;
        isGiven[given == kNone ? size : static_cast<size_t>(given)] = true;
    }
    std::vector<size_t> rowOf(size), columnOf(size + 1);
    for (size_t label = 0; label < size; ++label)
        if (isTrue[label]) {
            rowOf[label] = columnOf[label] = m_rows.size();
            m_rows.push_back(static_cast<int>(label));
        }
    m_columns = m_rows;
    for (size_t label = 0; label <= size; ++label)
        if (isGiven[label] && (label == size || !isTrue[label])) {
            columnOf[label] = m_columns.size();
            m_columns.push_back(label == size ? kNone : static_cast<int>(label));
        }
    m_counts.resize(m_rows.size() * m_columns.size());
    m_totals.resize(m_rows.size());
    for (const auto& [truth, given] : pairs) {
        const size_t row = rowOf[static_cast<size_t>(truth)];
        const size_t column = columnOf[given == kNone ? size : static_cast<size_t>(given)];
        m_highest = std::max(m_highest, ++m_counts[row * m_columns.size() + column]);
        ++m_totals[row];
        ++m_known;
        if (truth == given) ++m_right;
    }
}

QString Confusion::rowText(int row) const {
    return m_labels.value(m_rows[static_cast<size_t>(row)]);
}

QString Confusion::columnText(int column) const {
    return m_labels.value(m_columns[static_cast<size_t>(column)]);
}

int Confusion::count(int row, int column) const {
    return m_counts[static_cast<size_t>(row) * m_columns.size() + static_cast<size_t>(column)];
}

std::string Confusion::csv(const QString& none) const {
    std::string text = "true label";
    for (int column = 0; column < columnCount(); ++column) {
        const QString name = columnText(column);
        text += "," + csvText((name.isEmpty() ? none : name).toStdString());
    }
    text += "\r\n";
    for (int row = 0; row < rowCount(); ++row) {
        text += csvText(rowText(row).toStdString());
        for (int column = 0; column < columnCount(); ++column)
            text += "," + std::to_string(count(row, column));
        text += "\r\n";
    }
    return text;
}

}  // namespace diagonal
