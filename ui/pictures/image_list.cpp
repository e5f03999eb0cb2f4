// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pictures/image_list.h"

#include <QElapsedTimer>
#include <QHash>
#include <algorithm>

#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"

namespace diagonal {

namespace {

constexpr int kSliceMilliseconds = 25;
constexpr int kStaleMilliseconds = 100;  // scores that come sooner replace the old ones at once: nothing flickers

}  // namespace

Verdict ImageItem::verdict() const {
    return stale && !isFailed() ? Verdict::Waiting : lastVerdict();
}

Verdict ImageItem::lastVerdict() const {
    if (isFailed()) return Verdict::Failed;
    if (!hasScores()) return Verdict::Waiting;
    if (!assigned) return Verdict::None;
    return top.sure ? Verdict::Sure : Verdict::Unsure;
}

bool passes(const ImageItem& image, ImageFilter filter) {
    switch (filter) {
        case ImageFilter::All:
            return true;
        case ImageFilter::Sure:
            return image.lastVerdict() == Verdict::Sure;
        case ImageFilter::Unsure:
            return image.lastVerdict() == Verdict::Unsure;
        case ImageFilter::Failed:
            return image.lastVerdict() == Verdict::Failed;
        case ImageFilter::None:
            return image.lastVerdict() == Verdict::None;
    }
    return true;
}

ImageList::ImageList(QObject* parent) : QObject(parent) {
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &ImageList::rescoreSlice);
    m_staleTimer.setSingleShot(true);
    connect(&m_staleTimer, &QTimer::timeout, this, [this] {
        if (rowCount() > 0) change(0, rowCount() - 1);
    });
}

int ImageList::rowOf(quint64 id) const {
    const auto found = std::ranges::lower_bound(m_items, id, {}, &ImageItem::id);
    return found == m_items.end() || found->id != id ? -1 : static_cast<int>(found - m_items.begin());
}

int ImageList::append(const QStringList& paths) {
    const size_t from = m_items.size();
    const bool scored = isScored();
    for (const QString& path : paths) {
        if (m_paths.contains(path)) continue;
        ImageItem one;
        one.id = m_nextId++;
        one.model = m_model;
        one.path = path;
        one.name = shownName(path);
        m_paths.insert(path);
        count(one, 1);
        m_items.push_back(std::move(one));
    }
    if (m_items.size() == from) return 0;
    if (scored) m_next = m_items.size();
    Q_EMIT appended(static_cast<int>(from), rowCount() - 1);
    Q_EMIT scoresChanged();
    return static_cast<int>(m_items.size() - from);
}

void ImageList::appendFailed(const std::vector<std::pair<QString, QString>>& pathsAndReasons) {
    QStringList paths;
    QHash<QString, QString> reasons;
    for (const auto& [path, reason] : pathsAndReasons) {
        paths << path;
        reasons.insert(path, reason);
    }
    const int fresh = append(paths);
    if (fresh == 0) return;
    for (auto one = m_items.end() - fresh; one != m_items.end(); ++one) {
        count(*one, -1);
        one->error = reasons.value(one->path);
        one->waiting = false;
        one->model = 0;
        count(*one, 1);
    }
    change(rowCount() - fresh, rowCount() - 1);
}

std::vector<ImageItem> ImageList::take(const QList<int>& rows) {
    std::vector<ImageItem> taken;
    if (rows.isEmpty()) return taken;
    std::vector<bool> isLeaving(m_items.size());
    for (const int row : rows)
        isLeaving[static_cast<size_t>(row)] = true;
    Q_EMIT leaving(isLeaving);
    const bool scored = isScored();
    // What stays is counted then, in place of what goes.
    const bool mostLeave = static_cast<size_t>(rows.size()) > m_items.size() / 2;
    taken.reserve(static_cast<size_t>(rows.size()));
    std::vector<int> places(m_items.size(), -1);
    size_t kept = 0;
    for (size_t row = 0; row < m_items.size(); ++row) {
        ImageItem& one = m_items[row];
        if (isLeaving[row]) {
            if (!mostLeave) {
                m_paths.remove(one.path);
                count(one, -1);
            }
            taken.push_back(std::move(one));
            continue;
        }
        places[row] = static_cast<int>(kept);
        if (kept != row) m_items[kept] = std::move(one);
        ++kept;
    }
    m_items.resize(kept);
    if (mostLeave) {
        m_paths.clear();
        for (const ImageItem& one : m_items)
            m_paths.insert(one.path);
        countAll();
    }
    // A slice under way starts over: rows have moved.
    m_next = scored ? m_items.size() : 0;
    Q_EMIT rearranged(places);
    Q_EMIT scoresChanged();
    return taken;
}

void ImageList::restore(std::vector<ImageItem> items) {
    // A file that was added anew stays where it is.
    std::erase_if(items, [this](const ImageItem& one) { return m_paths.contains(one.path); });
    if (items.empty()) return;
    bool scored = isScored();
    std::vector<ImageItem> merged;
    merged.reserve(m_items.size() + items.size());
    std::vector<int> places;
    places.reserve(m_items.size());
    auto back = items.begin();
    const auto putBack = [&](quint64 before) {
        for (; back != items.end() && back->id < before; ++back) {
            m_paths.insert(back->path);
            if (back->model != m_model && !back->isFailed()) back->waiting = true;
            if (back->waiting) back->embedding.clear();
            back->stale = back->stale || back->waiting || m_labelsPending || back->cosinesWith != m_labelsNumber;
            scored = scored && back->scoredWith == m_scoringNumber;
            count(*back, 1);
            merged.push_back(std::move(*back));
        }
    };
    for (ImageItem& one : m_items) {
        putBack(one.id);
        places.push_back(static_cast<int>(merged.size()));
        merged.push_back(std::move(one));
    }
    putBack(m_nextId);
    m_items = std::move(merged);
    m_next = scored ? m_items.size() : 0;
    Q_EMIT rearranged(places);
    if (scored)
        Q_EMIT scoresChanged();
    else
        rescoreSlice();
}

void ImageList::relocate(quint64 id, const QString& path) {
    const int row = rowOf(id);
    if (row < 0) return;
    ImageItem& one = m_items[static_cast<size_t>(row)];
    m_paths.remove(one.path);
    one.path = path;
    one.name = shownName(path);
    m_paths.insert(path);
    change(row, row);
}

std::vector<std::pair<quint64, QString>> ImageList::waiting() const {
    std::vector<std::pair<quint64, QString>> files;
    if (m_counts.waiting == 0) return files;
    for (const ImageItem& one : m_items)
        if (one.waiting) files.emplace_back(one.id, one.path);
    return files;
}

void ImageList::setEmbeddings(const std::vector<std::pair<quint64, ImageEmbedding>>& results) {
    int first = rowCount(), last = -1;
    for (const auto& [id, result] : results) {
        const int row = rowOf(id);
        if (row < 0) continue;
        ImageItem& one = m_items[static_cast<size_t>(row)];
        count(one, -1);
        one.waiting = false;
        one.model = m_model;
        one.size = {result.width, result.height};
        one.error = engineText(result.error);
        one.embedding = result.values;
        one.familiar = result.familiar;
        one.cosinesWith = 0;
        if (one.isFailed()) one.top = {};
        count(one, 1);
        score(one);
        first = std::min(first, row);
        last = std::max(last, row);
    }
    if (last >= 0) change(first, last);
}

void ImageList::invalidateEmbeddings() {
    ++m_model;
    for (ImageItem& one : m_items) {
        if (one.isFailed() && one.model == 0) continue;  // never was a file to read
        one.embedding.clear();
        one.waiting = true;
        one.stale = true;
    }
    countAll();
    m_embeddings = {};
    m_labelsPending = true;
    if (rowCount() > 0) change(0, rowCount() - 1);
}

void ImageList::invalidateScores() {
    m_labelsPending = true;
    for (ImageItem& one : m_items)
        one.stale = true;
    countAll();
    m_staleTimer.start(kStaleMilliseconds);
}

void ImageList::setLabels(const QStringList& lines, Embeddings embeddings) {
    m_labels.clear();
    m_parsed.clear();
    for (const QString& line : lines) {
        m_parsed.push_back(parseLabel(line.toStdString()));
        m_labels << QString::fromStdString(m_parsed.back().name());
    }
    m_embeddings = std::move(embeddings);
    m_labelsPending = false;
    ++m_labelsNumber;
    for (ImageItem& one : m_items)
        one.stale = true;
    countAll();
    m_staleTimer.stop();
    rescore();
}

void ImageList::setTemperature(double temperature) {
    if (temperature == m_scoring.temperature) return;
    m_scoring.temperature = temperature;
    rescore();
}

void ImageList::setScore(Score score, double bias) {
    const Scoring scoring(m_scoring.temperature, score, bias);
    if (scoring == m_scoring) return;
    m_scoring = scoring;
    rescore();
}

void ImageList::score(ImageItem& one) {
    if (one.isFailed() || one.embedding.empty() || m_labelsPending) return;
    if (one.cosinesWith != m_labelsNumber) {
        one.cosines = std::make_shared<const std::vector<float>>(
            bestOfSynonyms(labelCosines(one.embedding, m_embeddings), m_parsed));
        one.cosinesWith = m_labelsNumber;
    }
    count(one, -1);
    one.top = topLabel(*one.cosines, m_scoring);
    one.assigned = isAssigned(one.top, m_parsed, m_scoring.score);
    one.label = one.hasScores() && one.top.best < m_labels.size() ? m_labels[one.top.best] : QString();
    one.stale = false;
    one.scoredWith = m_scoringNumber;
    count(one, 1);
}

void ImageList::rescore() {
    ++m_scoringNumber;
    m_next = 0;
    rescoreSlice();
}

void ImageList::rescoreSlice() {
    QElapsedTimer clock;
    clock.start();
    const size_t from = m_next;
    while (m_next < m_items.size() && (m_next % 64 != 0 || m_next == from || clock.elapsed() < kSliceMilliseconds)) {
        ImageItem& one = m_items[m_next++];
        if (one.scoredWith != m_scoringNumber) score(one);
    }
    if (m_next > from)
        change(static_cast<int>(from), static_cast<int>(m_next) - 1);
    else
        Q_EMIT scoresChanged();
    if (isScored())
        m_timer.stop();
    else
        m_timer.start(0);
}

std::vector<LabelScore> ImageList::ranking(int row) const {
    const ImageItem& one = item(row);
    return one.isFailed() || !one.cosines ? std::vector<LabelScore>() : rankLabels(*one.cosines, m_scoring);
}

/// by: 1, or -1 before what is counted changes.
void ImageList::count(const ImageItem& one, int by) {
    m_counts.all += by;
    if (one.waiting) m_counts.waiting += by;
    if (!one.waiting && !one.isFailed() && !one.familiar) m_counts.unfamiliar += by;
    const auto best = static_cast<size_t>(std::max(0, one.top.best));
    switch (one.verdict()) {
        case Verdict::Waiting:
            break;
        case Verdict::Sure:
            m_counts.sure += by;
            m_givenCounts[best] += by;
            break;
        case Verdict::Unsure:
            m_counts.unsure += by;
            m_givenCounts[best] += by;
            break;
        case Verdict::None:
            m_counts.none += by;
            m_givenCounts.back() += by;
            break;
        case Verdict::Failed:
            m_counts.failed += by;
            break;
    }
}

void ImageList::countAll() {
    m_counts = {};
    m_givenCounts.assign(m_parsed.size() + 1, 0);
    for (const ImageItem& one : m_items)
        count(one, 1);
}

void ImageList::change(int first, int last) {
    Q_EMIT changed(first, last);
    Q_EMIT scoresChanged();
}

}  // namespace diagonal
