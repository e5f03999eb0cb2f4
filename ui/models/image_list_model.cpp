// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/image_list_model.h"

#include <QElapsedTimer>
#include <QFileInfo>
#include <algorithm>

#include "ui/widgets/format.h"

namespace diagonal {

namespace {

constexpr int kSliceMilliseconds = 25;

}  // namespace

ImageListModel::ImageListModel(QObject* parent) : QAbstractListModel(parent) {
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &ImageListModel::rescoreSlice);
}

int ImageListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_items.size());
}

QVariant ImageListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const ImageItem& one = item(index.row());
    switch (role) {
        case Qt::DisplayRole:
            return one.name;
        case Qt::ToolTipRole:
            if (one.isFailed()) return tr("%1: %2").arg(one.name, one.error);
            return one.hasScores() ? tr("%1\n%2, %3").arg(one.name, one.label, formatPercent(one.top.probability))
                                   : one.name;
        case Qt::AccessibleTextRole:
            if (one.isFailed()) return tr("%1, failed: %2").arg(one.name, one.error);
            if (!one.hasScores()) return tr("%1, not labelled yet").arg(one.name);
            return (one.top.sure ? tr("%1: %2, %3") : tr("%1: %2, %3, unsure"))
                .arg(one.name, one.label, formatPercent(one.top.probability));
        case ItemRole:
            return QVariant::fromValue(&one);
        case PathRole:
            return one.path;
        case LabelRole:
            return one.label;
        case ProbabilityRole:
            return one.top.probability;
        case CosineRole:
            return one.top.cosine;
        case SureRole:
            return one.top.sure;
        case ErrorRole:
            return one.error;
        default:
            return {};
    }
}

int ImageListModel::rowOf(quint64 id) const {
    return m_rows.value(id, -1);
}

int ImageListModel::append(const QStringList& paths) {
    std::vector<ImageItem> fresh;
    for (const QString& path : paths) {
        if (m_paths.contains(path)) continue;
        ImageItem one;
        one.id = m_nextId++;
        one.model = m_model;
        one.path = path;
        one.name = QFileInfo(path).fileName();
        m_paths.insert(path, one.id);
        fresh.push_back(std::move(one));
    }
    if (fresh.empty()) return 0;
    const size_t from = m_items.size();
    const bool scored = isScored();
    beginInsertRows({}, static_cast<int>(from), static_cast<int>(from + fresh.size() - 1));
    m_items.insert(m_items.end(), std::make_move_iterator(fresh.begin()), std::make_move_iterator(fresh.end()));
    rebuildRows(from);
    if (scored) m_next = m_items.size();
    endInsertRows();
    Q_EMIT scoresChanged();
    return static_cast<int>(m_items.size() - from);
}

void ImageListModel::appendFailed(const std::vector<std::pair<QString, QString>>& pathsAndReasons) {
    QStringList paths;
    QHash<QString, QString> reasons;
    for (const auto& [path, reason] : pathsAndReasons) {
        paths << path;
        reasons.insert(path, reason);
    }
    const int fresh = append(paths);
    if (fresh == 0) return;
    for (auto one = m_items.end() - fresh; one != m_items.end(); ++one) {
        if (one->name.isEmpty()) one->name = one->path;
        one->error = reasons.value(one->path);
        one->waiting = false;
        one->model = 0;
    }
    change(rowCount() - fresh, rowCount() - 1);
}

std::vector<std::pair<int, ImageItem>> ImageListModel::take(QList<int> rows) {
    std::sort(rows.begin(), rows.end());
    std::vector<std::pair<int, ImageItem>> taken;
    for (const int row : rows) {
        taken.emplace_back(row, item(row));
        m_paths.remove(item(row).path);
        m_rows.remove(item(row).id);
    }
    const bool scored = isScored();
    for (qsizetype last = rows.size() - 1; last >= 0;) {
        qsizetype first = last;
        while (first > 0 && rows[first - 1] == rows[first] - 1)
            --first;
        beginRemoveRows({}, rows[first], rows[last]);
        m_items.erase(m_items.begin() + rows[first], m_items.begin() + rows[last] + 1);
        endRemoveRows();
        last = first - 1;
    }
    rebuildRows();
    // A slice under way starts over: rows have moved.
    m_next = scored ? m_items.size() : 0;
    Q_EMIT scoresChanged();
    return taken;
}

void ImageListModel::restore(std::vector<std::pair<int, ImageItem>> items) {
    const bool scored = isScored();
    for (size_t i = 0; i < items.size();) {
        const int first = std::min(items[i].first, rowCount());
        size_t end = i + 1;
        while (end < items.size() && items[end].first == items[end - 1].first + 1)
            ++end;
        std::vector<ImageItem> run;
        for (; i < end; ++i)
            if (!m_paths.contains(items[i].second.path)) {
                m_paths.insert(items[i].second.path, items[i].second.id);
                run.push_back(std::move(items[i].second));
            }
        if (run.empty()) continue;
        for (ImageItem& one : run) {
            if (one.model != m_model && !one.isFailed()) one.waiting = true;
            if (one.waiting) one.embedding.clear();
            one.stale = true;
            score(one, true);
        }
        beginInsertRows({}, first, first + static_cast<int>(run.size()) - 1);
        m_items.insert(m_items.begin() + first, std::make_move_iterator(run.begin()),
                       std::make_move_iterator(run.end()));
        rebuildRows(static_cast<size_t>(first));
        endInsertRows();
    }
    m_next = scored ? m_items.size() : 0;
    if (!scored) m_timer.start(0);
    Q_EMIT scoresChanged();
}

void ImageListModel::relocate(quint64 id, const QString& path) {
    const int row = rowOf(id);
    if (row < 0) return;
    ImageItem& one = m_items[static_cast<size_t>(row)];
    m_paths.remove(one.path);
    one.path = path;
    one.name = QFileInfo(path).fileName();
    m_paths.insert(path, id);
    change(row, row);
}

std::vector<std::pair<quint64, QString>> ImageListModel::waiting() const {
    std::vector<std::pair<quint64, QString>> files;
    for (const ImageItem& one : m_items)
        if (one.waiting) files.emplace_back(one.id, one.path);
    return files;
}

void ImageListModel::setEmbeddings(const std::vector<std::pair<quint64, ImageEmbedding>>& results) {
    int first = rowCount(), last = -1;
    for (const auto& [id, result] : results) {
        const int row = rowOf(id);
        if (row < 0) continue;
        ImageItem& one = m_items[static_cast<size_t>(row)];
        one.waiting = false;
        one.model = m_model;
        one.size = {result.width, result.height};
        one.error = QString::fromStdString(result.error);
        one.embedding = result.values;
        one.familiar = result.familiar;
        if (one.isFailed()) one.top = {};
        score(one, true);
        first = std::min(first, row);
        last = std::max(last, row);
    }
    if (last >= 0) change(first, last);
}

void ImageListModel::invalidateEmbeddings() {
    ++m_model;
    for (ImageItem& one : m_items) {
        if (one.isFailed() && one.model == 0) continue;  // never was a file to read
        one.embedding.clear();
        one.waiting = true;
        one.stale = true;
    }
    m_embeddings = {};
    m_labelsPending = true;
    if (rowCount() > 0) change(0, rowCount() - 1);
}

void ImageListModel::invalidateScores() {
    m_labelsPending = true;
    for (ImageItem& one : m_items)
        one.stale = true;
    if (rowCount() > 0) change(0, rowCount() - 1);
}

void ImageListModel::setLabels(const QStringList& lines, Embeddings embeddings) {
    m_labels.clear();
    m_parsed.clear();
    for (const QString& line : lines) {
        m_parsed.push_back(parseLabel(line.toStdString()));
        m_labels << QString::fromStdString(m_parsed.back().name());
    }
    m_embeddings = std::move(embeddings);
    m_labelsPending = false;
    rescore(true);
}

void ImageListModel::setTemperature(double temperature) {
    if (temperature == m_scoring.temperature) return;
    m_scoring.temperature = temperature;
    rescore(false);
}

void ImageListModel::setScore(Score score, double bias) {
    const Scoring scoring(m_scoring.temperature, score, bias);
    if (scoring == m_scoring) return;
    m_scoring = scoring;
    rescore(false);
}

void ImageListModel::score(ImageItem& one, bool cosinesToo) const {
    if (one.isFailed() || one.embedding.empty() || m_labelsPending) return;
    if (cosinesToo || one.cosines.empty())
        one.cosines = bestOfSynonyms(labelCosines(one.embedding, m_embeddings), m_parsed);
    one.top = topLabel(one.cosines, m_scoring);
    one.assigned = isAssigned(one.top, m_parsed, m_scoring.score);
    one.label = one.hasScores() && one.top.best < m_labels.size() ? m_labels[one.top.best] : QString();
    one.stale = false;
}

void ImageListModel::rescore(bool cosinesToo) {
    // What is not yet done of an earlier, fuller pass must stay full.
    m_cosinesToo = cosinesToo || (m_cosinesToo && !isScored());
    m_next = 0;
    rescoreSlice();
}

void ImageListModel::rescoreSlice() {
    QElapsedTimer clock;
    clock.start();
    const size_t from = m_next;
    while (m_next < m_items.size() && (m_next % 64 != 0 || m_next == from || clock.elapsed() < kSliceMilliseconds))
        score(m_items[m_next++], m_cosinesToo);
    if (m_next > from)
        change(static_cast<int>(from), static_cast<int>(m_next) - 1);
    else
        Q_EMIT scoresChanged();
    if (isScored())
        m_timer.stop();
    else
        m_timer.start(0);
}

std::vector<LabelScore> ImageListModel::ranking(int row) const {
    const ImageItem& one = item(row);
    return one.isFailed() ? std::vector<LabelScore>() : rankLabels(one.cosines, m_scoring);
}

ImageCounts ImageListModel::counts() const {
    ImageCounts counts;
    counts.all = rowCount();
    for (const ImageItem& one : m_items) {
        if (one.waiting) ++counts.waiting;
        if (!one.waiting && !one.isFailed() && !one.familiar) ++counts.unfamiliar;
        if (one.isFailed())
            ++counts.failed;
        else if (one.hasScores())
            ++(one.top.sure ? counts.sure : counts.unsure);
    }
    return counts;
}

std::vector<int> ImageListModel::topCounts() const {
    std::vector<int> counts(static_cast<size_t>(m_labels.size()));
    for (const ImageItem& one : m_items)
        if (!one.isFailed() && !one.stale && one.hasScores() && one.top.best < m_labels.size() &&
            (one.assigned || m_parsed[static_cast<size_t>(one.top.best)].isNegative))
            ++counts[static_cast<size_t>(one.top.best)];
    return counts;
}

void ImageListModel::rebuildRows(size_t from) {
    for (size_t row = from; row < m_items.size(); ++row)
        m_rows.insert(m_items[row].id, static_cast<int>(row));
}

void ImageListModel::change(int first, int last) {
    Q_EMIT dataChanged(index(first), index(last));
    Q_EMIT scoresChanged();
}

}  // namespace diagonal
