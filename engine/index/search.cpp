// SPDX-License-Identifier: Apache-2.0
#include "engine/index/search.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <limits>
#include <tuple>
#include <utility>

#include "engine/index/approximate_index.h"
#include "engine/index/background.h"
#include "engine/index/hit_list.h"
#include "engine/index/learned_direction.h"
#include "engine/index/moments.h"
#include "engine/index/query.h"
#include "engine/index/row_products.h"
#include "engine/index/row_ranking.h"

namespace diagonal {

namespace {

constexpr int64_t kFewRows = 20;        ///< chance cannot be told by fewer
constexpr int64_t kFirstRanked = 1000;  ///< rows that are ranked at least: room for what folds
constexpr double kEverything = -1e30;

}  // namespace

struct Searcher::Impl {
    std::shared_ptr<const Snapshot> snapshot;
    std::vector<int64_t> alive;
    std::vector<int64_t> fileBegin, fileRows;  ///< rows of file i: fileRows from fileBegin[i] to fileBegin[i + 1]
    std::vector<LibraryCue> cues;              ///< by file and time
    std::optional<Background> background;
    std::shared_ptr<const ApproximateIndex> index;  ///< may be null

    void listRows();
    void listCues();
    bool isSmall() const { return static_cast<int64_t>(alive.size()) < kFewRows; }
    std::span<const int64_t> rowsOf(int32_t file) const;
    std::span<const LibraryCue> cuesOf(int32_t file) const;
    /// Its frames with what `relevance` says of a row; cosines are left out.
    std::vector<CurvePoint> curveOf(int32_t file, const std::function<float(int64_t)>& relevance) const;
    /// Videos with something above the line, or with the words in their subtitles. Moments begin at `momentLine`, or at
    /// the best of a video that does not reach it.
    HitList::Videos findVideos(std::span<const float> scores, const std::vector<char>& passes, double line,
                               double momentLine, std::span<const QueryTerm> terms) const;
    void findInCues(HitList::Videos& videos, std::span<const float> scores, const std::vector<char>& passes,
                    const std::string& words) const;
    void addCues(std::vector<Moment>& moments, std::span<const size_t> found, std::span<const float> scores) const;
    int64_t rowAt(int32_t file, int32_t time, std::span<const float> scores) const;
    /// Relevances of all rows; with an index of some, the others are -infinity.
    std::vector<float> scoresOf(const Query& query, bool useIndex, int64_t top, const JobContext& job) const;
    SearchResult search(std::span<const QueryTerm> terms, const SearchFilter& filter, const SearchOptions& options,
                        const JobContext& job) const;
};

void Searcher::Impl::listRows() {
    const size_t files = snapshot->files.size();
    fileBegin.assign(files + 1, 0);
    for (size_t i = 0; i < snapshot->rows.size(); ++i) {
        const int32_t file = snapshot->rows[i].file;
        if (file < 0) continue;
        alive.push_back(static_cast<int64_t>(i));
        ++fileBegin[static_cast<size_t>(file) + 1];
    }
    for (size_t i = 0; i < files; ++i)
        fileBegin[i + 1] += fileBegin[i];
    fileRows.resize(alive.size());
    std::vector<int64_t> next = fileBegin;
    for (const int64_t row : alive)
        fileRows[static_cast<size_t>(next[static_cast<size_t>(snapshot->rows[static_cast<size_t>(row)].file)]++)] = row;
    const auto isEarlier = [&](int64_t a, int64_t b) {
        const LibraryRow &x = snapshot->rows[static_cast<size_t>(a)], &y = snapshot->rows[static_cast<size_t>(b)];
        return std::tie(x.time, x.patch, a) < std::tie(y.time, y.patch, b);
    };
    for (size_t i = 0; i < files; ++i)
        std::sort(fileRows.begin() + fileBegin[i], fileRows.begin() + fileBegin[i + 1], isEarlier);
}

void Searcher::Impl::listCues() {
    cues = snapshot->cues;
    std::ranges::stable_sort(cues, [](const LibraryCue& a, const LibraryCue& b) {
        return std::tie(a.file, a.start) < std::tie(b.file, b.start);
    });
}

std::span<const int64_t> Searcher::Impl::rowsOf(int32_t file) const {
    if (file < 0 || static_cast<size_t>(file) >= snapshot->files.size()) return {};
    const int64_t* const begin = fileRows.data() + fileBegin[static_cast<size_t>(file)];
    return {begin, fileRows.data() + fileBegin[static_cast<size_t>(file) + 1]};
}

std::span<const LibraryCue> Searcher::Impl::cuesOf(int32_t file) const {
    const auto first = std::ranges::lower_bound(cues, file, {}, &LibraryCue::file);
    auto last = first;
    while (last != cues.end() && last->file == file)
        ++last;
    return {first, last};
}

std::vector<CurvePoint> Searcher::Impl::curveOf(int32_t file, const std::function<float(int64_t)>& relevance) const {
    std::vector<CurvePoint> points;
    for (const int64_t i : rowsOf(file)) {
        const LibraryRow& row = snapshot->rows[static_cast<size_t>(i)];
        const CurvePoint point{row.time, row.start, row.stop, 0, relevance(i), i};
        if (points.empty() || points.back().time != row.time)
            points.push_back(point);
        else if (point.relevance > points.back().relevance)
            points.back() = point;
    }
    return points;
}

HitList::Videos Searcher::Impl::findVideos(std::span<const float> scores, const std::vector<char>& passes, double line,
                                           double momentLine, std::span<const QueryTerm> terms) const {
    HitList::Videos videos;
    for (size_t i = 0; i < snapshot->files.size(); ++i) {
        if (snapshot->files[i].kind != MediaKind::Video || (!passes.empty() && passes[i] == 0)) continue;
        const auto file = static_cast<int32_t>(i);
        const auto relevance = [&](int64_t row) { return scores[static_cast<size_t>(row)]; };
        if (std::ranges::none_of(rowsOf(file), [&](int64_t row) { return relevance(row) >= line; })) continue;
        double best = kEverything;
        for (const int64_t row : rowsOf(file))
            if (relevance(row) > best) best = relevance(row);
        videos[file].moments = momentsOf(curveOf(file, relevance), std::min(momentLine, best));
    }
    for (const QueryTerm& term : terms)
        if (term.kind == TermKind::Words && term.weight > 0 && !term.name.empty())
            findInCues(videos, scores, passes, term.name);
    for (auto& [file, video] : videos)
        std::ranges::sort(video.moments, {}, &Moment::start);
    return videos;
}

void Searcher::Impl::findInCues(HitList::Videos& videos, std::span<const float> scores, const std::vector<char>& passes,
                                const std::string& words) const {
    const std::vector<size_t> found = findCues(cues, words);
    for (size_t first = 0, next = 0; first < found.size(); first = next) {
        const int32_t file = cues[found[first]].file;
        while (next < found.size() && cues[found[next]].file == file)
            ++next;
        if (rowsOf(file).empty() || (!passes.empty() && passes[static_cast<size_t>(file)] == 0)) continue;
        addCues(videos[file].moments, std::span(found).subspan(first, next - first), scores);
    }
}

/// Cues of one video, in order of time. Moments never overlap, so that of those in order of time one search finds the
/// one that holds a cue, and of new ones only the last can.
void Searcher::Impl::addCues(std::vector<Moment>& moments, std::span<const size_t> found,
                             std::span<const float> scores) const {
    std::ranges::sort(moments, {}, &Moment::start);
    const auto known = static_cast<ptrdiff_t>(moments.size());
    for (const size_t i : found) {
        const LibraryCue& cue = cues[i];
        const auto holds = [&](const Moment& moment) { return moment.start < cue.stop && cue.start < moment.stop; };
        Moment* holding = nullptr;
        const auto end = moments.begin() + known;
        const auto place =
            std::partition_point(moments.begin(), end, [&](const Moment& one) { return one.stop <= cue.start; });
        if (place != end && holds(*place))
            holding = &*place;
        else if (std::ssize(moments) > known && holds(moments.back()))
            holding = &moments.back();
        if (holding == nullptr) {
            const int32_t middle = static_cast<int32_t>((int64_t{cue.start} + cue.stop) / 2);
            moments.push_back({cue.start, cue.stop, middle, rowAt(cue.file, middle, scores), 0, 0, cue.text});
        } else if (holding->cue.empty()) {
            holding->cue = cue.text;
        }
    }
}

/// The row of the frame that stands for a time (ms), else of the nearest one; of its parts the best. The file has rows.
int64_t Searcher::Impl::rowAt(int32_t file, int32_t time, std::span<const float> scores) const {
    const auto rows = rowsOf(file);
    const auto timeOf = [&](int64_t row) { return snapshot->rows[static_cast<size_t>(row)].time; };
    // Frames stand within what they stand for: it is the last one before or the first one behind.
    const auto behind = std::ranges::upper_bound(rows, time, {}, timeOf);
    auto first = behind, last = behind;
    if (behind != rows.begin()) first = std::ranges::lower_bound(rows, timeOf(*std::prev(behind)), {}, timeOf);
    if (behind != rows.end()) last = std::ranges::upper_bound(rows, timeOf(*behind), {}, timeOf);
    return *std::ranges::min_element(first, last, {}, [&](int64_t at) {
        const LibraryRow& frame = snapshot->rows[static_cast<size_t>(at)];
        const bool isInside = frame.start <= time && time < frame.stop;
        return std::pair(isInside ? 0 : std::abs(frame.time - time), -scores[static_cast<size_t>(at)]);
    });
}

std::vector<float> Searcher::Impl::scoresOf(const Query& query, bool useIndex, int64_t top,
                                            const JobContext& job) const {
    const Snapshot& rows = *snapshot;
    if (!useIndex) {
        std::vector<float> scores(rows.rows.size());
        multiplyRows(rows, query.direction(), scores, job);
        const auto offset = static_cast<float>(query.offset());
        for (float& score : scores)
            score -= offset;
        return scores;
    }
    std::vector<float> scores(rows.rows.size(), -std::numeric_limits<float>::infinity());
    std::vector<float> values(static_cast<size_t>(rows.model.dim));
    const auto score = [&](int64_t row) {
        float& one = scores[static_cast<size_t>(row)];
        if (std::isfinite(one)) return;
        readRows(rows, row, 1, values.data());
        one = query.relevance(values.data());
    };
    std::vector<int64_t> looked =
        index->candidates(query.direction(), std::max(ApproximateIndex::kCandidates, 4 * top));
    std::ranges::sort(looked);  // as they lie on the disk
    for (const int64_t row : looked) {
        score(row);
        // Of a video all frames: its moments are told apart by them.
        const int32_t file = rows.rows[static_cast<size_t>(row)].file;
        if (file >= 0 && rows.files[static_cast<size_t>(file)].kind == MediaKind::Video)
            std::ranges::for_each(rowsOf(file), score);
    }
    for (int64_t row = index->rows(); row < static_cast<int64_t>(scores.size()); ++row)
        score(row);
    job.throwIfStopped();
    return scores;
}

SearchResult Searcher::Impl::search(std::span<const QueryTerm> terms, const SearchFilter& filter,
                                    const SearchOptions& options, const JobContext& job) const {
    const Snapshot& rows = *snapshot;
    const Query query(*background, rows.model.dim, terms);
    const std::vector<char> passes = filesThrough(rows, filter);
    const bool useIndex = index != nullptr && passes.empty();
    const std::vector<float> scores = scoresOf(query, useIndex, options.top, job);

    SearchResult result;
    if (useIndex) result.recall = index->recall();
    result.isSmall = isSmall() && !options.line;
    result.background = query.background();
    int64_t most = std::max(4 * options.top, kFirstRanked);
    // How many rows are looked at decides where the line is.
    result.looked = rankRows(rows, scores, passes, 0, 0, 1).looked;
    result.line = options.line.value_or(query.line(static_cast<double>(std::max<int64_t>(result.looked, 1))));
    const double line = result.isSmall ? kEverything : result.line;
    result.chance = query.tail(result.line) * static_cast<double>(result.looked);
    const HitList::Videos videos = findVideos(scores, passes, line, result.line, terms);
    int64_t inVideos = 0;
    for (const auto& [file, video] : videos) {
        result.momentsAbove += static_cast<int64_t>(video.moments.size());
        for (const int64_t row : rowsOf(file))
            inVideos += scores[static_cast<size_t>(row)] >= line ? 1 : 0;
    }

    for (;; most *= 4) {
        job.throwIfStopped();
        const RankedRows ranked = rankRows(rows, scores, passes, line, options.all ? kEverything : line, most);
        HitList hits(rows, query, videos, options, line);
        for (const int64_t row : ranked.rows) {
            job.throwIfStopped();
            hits.add(row, scores[static_cast<size_t>(row)]);
        }
        result.above = ranked.above;
        if (!hits.isFull() && !ranked.isAll) continue;
        // Those that are here for their subtitles alone.
        for (const auto& [file, video] : videos)
            hits.addFound(file);
        result.hits = hits.take();
        break;
    }
    result.picturesAbove = result.above - inVideos;
    return result;
}

Searcher::Searcher(std::shared_ptr<const Snapshot> snapshot, const std::vector<float>& unrelated, const JobContext& job)
    : m_impl(std::make_unique<Impl>()) {
    m_impl->snapshot = std::move(snapshot);
    const Snapshot& rows = *m_impl->snapshot;
    if (rows.model.dim <= 0 || unrelated.size() % static_cast<size_t>(rows.model.dim) != 0)
        throw Error("library", "has rows of " + std::to_string(rows.model.dim) + " numbers, the model gives others",
                    "Open the model that made the library");
    m_impl->listRows();
    m_impl->listCues();
    m_impl->background.emplace(rows, unrelated, m_impl->alive, job);
}

Searcher::~Searcher() = default;

void Searcher::useIndex(std::shared_ptr<const ApproximateIndex> index) {
    m_impl->index = std::move(index);
}

const std::shared_ptr<const Snapshot>& Searcher::snapshot() const {
    return m_impl->snapshot;
}

SearchResult Searcher::search(std::span<const QueryTerm> terms, const SearchFilter& filter,
                              const SearchOptions& options, const JobContext& job) const {
    const auto start = std::chrono::steady_clock::now();
    SearchResult result = m_impl->search(terms, filter, options, job);
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
}

QueryTerm Searcher::learn(std::span<const int64_t> liked, std::span<const int64_t> disliked) const {
    if (liked.empty()) throw Error("query", "no picture is marked as one to find more of", "Mark one");
    const auto values = [&](std::span<const int64_t> rows) {
        std::vector<float> result(rows.size() * static_cast<size_t>(m_impl->snapshot->model.dim));
        readRows(*m_impl->snapshot, rows, result.data());
        return result;
    };
    return {learnDirection(values(liked), values(disliked), m_impl->background->sample(), m_impl->background->mean()),
            1,
            TermKind::Learned,
            {}};
}

std::vector<CurvePoint> Searcher::curve(int32_t file, std::span<const QueryTerm> terms) const {
    const Query query(*m_impl->background, m_impl->snapshot->model.dim, terms);
    std::vector<CurvePoint> points =
        m_impl->curveOf(file, [&](int64_t row) { return query.relevance(embedding(row).data()); });
    for (CurvePoint& point : points)
        point.cosine = query.cosine(embedding(point.row).data());
    return points;
}

SearchHit Searcher::explain(int64_t row, std::span<const QueryTerm> terms) const {
    SearchHit hit;
    hit.row = row;
    hit.file = m_impl->snapshot->rows[static_cast<size_t>(row)].file;
    const Query query(*m_impl->background, m_impl->snapshot->model.dim, terms);
    query.explain(embedding(row).data(), hit);
    hit.isAbove = m_impl->isSmall() || hit.relevance >= query.line(static_cast<double>(m_impl->alive.size()));
    return hit;
}

std::span<const int64_t> Searcher::rowsOf(int32_t file) const {
    return m_impl->rowsOf(file);
}

std::vector<float> Searcher::embedding(int64_t row) const {
    std::vector<float> values(static_cast<size_t>(m_impl->snapshot->model.dim));
    readRows(*m_impl->snapshot, row, 1, values.data());
    return values;
}

}  // namespace diagonal
