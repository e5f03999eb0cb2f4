// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/search_session.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

#include "engine/base/error.h"
#include "engine/index/approximate_index.h"
#include "engine/inference/session.h"
#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"
#include "ui/pictures/frame_name.h"
#include "ui/shell/services.h"

namespace diagonal {

namespace {

constexpr int kSoon = 30, kSearcherSoon = 3000;
constexpr int64_t kMostHits = 600;
constexpr qsizetype kMostEmbeddings = 500;

/// Where a row stands in a later snapshot of the library, which may have been written anew without those that were no
/// longer used; -1: it is gone.
qint64 rowIn(const Snapshot& now, const Snapshot& before, qint64 row) {
    if (&now == &before) return row;
    if (row < 0 || row >= static_cast<qint64>(before.rows.size())) return -1;
    const LibraryRow& old = before.rows[static_cast<size_t>(row)];
    if (old.file < 0) return -1;
    const int64_t id = before.files[static_cast<size_t>(old.file)].id;
    const auto isSame = [&](const LibraryRow& one) {
        return one.file >= 0 && one.time == old.time && one.patch == old.patch &&
               now.files[static_cast<size_t>(one.file)].id == id;
    };
    if (row < static_cast<qint64>(now.rows.size()) && isSame(now.rows[static_cast<size_t>(row)])) return row;
    const auto found = std::ranges::find_if(now.rows, isSame);
    return found == now.rows.end() ? -1 : found - now.rows.begin();
}

QSet<qint64> rowsIn(const Snapshot& now, const Snapshot& before, const QSet<qint64>& rows) {
    QSet<qint64> found;
    for (const qint64 row : rows)
        if (const qint64 at = rowIn(now, before, row); at >= 0) found.insert(at);
    return found;
}

/// The row of a term that is one: where it stood, or where its picture or frame stands by now; -1: it is gone.
qint64 rowOfTerm(const Snapshot& snapshot, const SearchTerm& term) {
    const FrameName frame = frameOf(term.path);
    const std::string path = toPath(frame.file).native();
    const auto isIt = [&](const LibraryRow& row) {
        return row.file >= 0 && (!frame.isFrame() || frame.milliseconds == row.time) &&
               snapshot.paths.view(static_cast<size_t>(row.file)) == path;
    };
    if (term.row >= 0 && term.row < static_cast<qint64>(snapshot.rows.size()) &&
        isIt(snapshot.rows[static_cast<size_t>(term.row)]))
        return term.row;
    const auto found = std::ranges::find_if(snapshot.rows, isIt);
    return found == snapshot.rows.end() ? -1 : found - snapshot.rows.begin();
}

/// What rows have in common: the mean of their embeddings, of unit length.
std::vector<float> meanOf(const Searcher& searcher, const std::vector<int64_t>& rows) {
    std::vector<float> mean;
    for (const int64_t row : rows) {
        const std::vector<float> one = searcher.embedding(row);
        mean.resize(one.size());
        std::ranges::transform(mean, one, mean.begin(), std::plus<>());
    }
    const double square = std::inner_product(mean.begin(), mean.end(), mean.begin(), 0.0);
    if (square > 0)
        for (float& value : mean)
            value /= static_cast<float>(std::sqrt(square));
    return mean;
}

/// Reads the rows that are terms; those that are gone are noted, and no longer asked for. Not on the UI thread: they
/// lie on a disk.
void readRowTerms(SearchAnswer& answer) {
    for (size_t i = 0; i < answer.terms.size();) {
        const bool isRow = answer.terms[i].kind == SearchTerm::Kind::Row;
        const qint64 row = isRow ? rowOfTerm(answer.snapshot(), answer.terms[i]) : 0;
        if (row < 0) {
            answer.gone << answer.terms[i].key();
            answer.terms.erase(answer.terms.begin() + static_cast<std::ptrdiff_t>(i));
            answer.query.erase(answer.query.begin() + static_cast<std::ptrdiff_t>(i));
            continue;
        }
        if (isRow) answer.query[i].embedding = answer.searcher->embedding(row);
        ++i;
    }
}

}  // namespace

SearchSession::SearchSession(Services& services, QObject* parent) : QObject(parent), m_services(services) {
    m_options.top = kMostHits;
    m_options.all = true;
    m_soon.setSingleShot(true);
    m_soon.setInterval(kSoon);
    connect(&m_soon, &QTimer::timeout, this, &SearchSession::embedMissing);
    m_searcherSoon.setSingleShot(true);
    connect(&m_searcherSoon, &QTimer::timeout, this, &SearchSession::makeSearcher);
    connect(&services.engine(), &EngineService::modelChanged, this, &SearchSession::modelChanged);
    if (services.engine().model() != nullptr) modelChanged();
}

SearchSession::~SearchSession() = default;

void SearchSession::setBusy(bool& which, bool busy) {
    if (which == busy) return;
    which = busy;
    Q_EMIT busyChanged();
}

// The model: its identity, and what it makes of unrelated texts.

void SearchSession::modelChanged() {
    m_model = {};
    m_modelProblem.clear();
    m_unrelated.reset();
    m_searcher.reset();
    m_embeddings.clear();
    m_impossible.clear();
    forgetAnswer();
    Q_EMIT modelKnown();
    learnModel();
    Q_EMIT answered();
}

/// Nor is one taken that is on its way: it is of another model or library, or of what nobody asks any more.
void SearchSession::forgetAnswer() {
    ++m_forgotten;
    m_answer.reset();
    m_gone.clear();
    m_isStale = false;
    if (m_searchJob != 0) m_services.engine().cancel(std::exchange(m_searchJob, 0));
    setBusy(m_isSearching, false);
}

void SearchSession::learnModel() {
    struct Learned {
        LibraryModel model;
        std::vector<float> unrelated;
    };
    auto learned = std::make_shared<Learned>();
    EngineService::SliceHandler handler;
    handler.finished = [this, learned] {
        m_model = learned->model;
        m_unrelated = std::make_shared<const std::vector<float>>(std::move(learned->unrelated));
        Q_EMIT modelKnown();
        makeSearcher();
    };
    handler.failed = [this](const JobError& error) {
        m_modelProblem = error.problem;
        Q_EMIT failed(error);
        Q_EMIT answered();
    };
    m_services.engine().runWithModel(
        &m_modelOwner, {}, {},
        [learned, source = toPath(m_services.engine().modelSource()).native()](Session& session,
                                                                               const JobContext& job) {
            learned->model = {session.identity(),          source,
                              session.info().name,         session.info().embedDim,
                              session.options().precision, session.options().imageSize.value_or(0)};
            learned->unrelated = embedUnrelatedTexts(session, job);
            return false;
        },
        std::move(handler));
}

// The library.

void SearchSession::setSnapshot(std::shared_ptr<const Snapshot> snapshot, const QString& folder, bool searchable,
                                bool writable) {
    if (folder != m_folder) dropIndex();
    m_folder = folder;
    m_isWritable = writable;
    const bool isAnother = !snapshot || !m_snapshot || snapshot->model.identity != m_snapshot->model.identity ||
                           snapshot->sources.empty() != m_snapshot->sources.empty();
    if (snapshot == m_snapshot && searchable == m_isSearchable) return;
    m_snapshot = std::move(snapshot);
    m_isSearchable = searchable;
    if (isAnother || !searchable) {
        ++m_libraries;
        m_searcher.reset();
        m_searcherSoon.stop();
        forgetAnswer();
        clearMarks();
        Q_EMIT answered();
    }
    if (!m_snapshot || !searchable) return;
    // While a library grows, its background is not computed every second, but every few.
    if (!m_searcher)
        makeSearcher();
    else if (!m_searcherSoon.isActive())
        m_searcherSoon.start(kSearcherSoon);
}

void SearchSession::catchUp() {
    if (!isBehind() || !m_searcherSoon.isActive()) return;
    m_searcherSoon.stop();
    makeSearcher();
}

void SearchSession::makeSearcher() {
    if (!m_snapshot || !m_isSearchable || !m_unrelated || m_snapshot->rows.empty()) return;
    if (m_isMakingSearcher) {
        m_isSnapshotDue = true;
        return;
    }
    m_isMakingSearcher = true;
    m_isSnapshotDue = false;
    struct Made {
        std::shared_ptr<const Searcher> searcher;
        bool wantsIndex = false;
    };
    auto made = std::make_shared<Made>();
    EngineService::TaskHandler handler;
    const auto ended = [this] {
        m_isMakingSearcher = false;
        if (m_isSnapshotDue) makeSearcher();
    };
    handler.finished = [this, made, ended, unrelated = m_unrelated, library = m_libraries] {
        if (unrelated == m_unrelated && m_isSearchable && library == m_libraries) {
            m_searcher = made->searcher;
            if (made->wantsIndex) makeIndex(m_searcher->snapshot());
            refresh();
        } else {
            m_isSnapshotDue = true;
        }
        ended();
    };
    handler.failed = [this, ended](const JobError& error) {
        Q_EMIT failed(error);
        ended();
    };
    handler.cancelled = ended;
    m_services.engine().runTask(
        &m_searcherOwner, {},
        [made, snapshot = m_snapshot, unrelated = m_unrelated, folder = toPath(m_folder)](const JobContext& job) {
            auto searcher = std::make_shared<Searcher>(snapshot, *unrelated, job);
            const auto rows = static_cast<int64_t>(snapshot->rows.size());
            if (rows > ApproximateIndex::kExactRows && ApproximateIndex::whyNot().empty()) {
                const auto index = ApproximateIndex::open(folder, *snapshot);
                made->wantsIndex = ApproximateIndex::isWanted(rows, index.get());
                searcher->useIndex(index);
            }
            made->searcher = std::move(searcher);
        },
        std::move(handler));
}

/// A minute a million rows: meanwhile all rows are looked at, or those behind an older index one by one. Where it
/// failed or the person stopped it, there is none until the library is opened again.
void SearchSession::makeIndex(const std::shared_ptr<const Snapshot>& snapshot) {
    if (m_indexJob != 0 || !m_isWritable || m_isIndexRefused) return;
    EngineService::TaskHandler handler;
    const auto ended = [this](bool isRefused) {
        m_indexJob = 0;
        // Of a library that is closed it tells nothing; the one that is open may wait for its own.
        m_isIndexRefused = isRefused && !m_isIndexDropped;
        m_isIndexDropped = false;
        if (!m_isIndexRefused) makeSearcher();
    };
    handler.finished = [ended] { ended(false); };
    handler.failed = [this, ended](const JobError& error) {
        if (!m_isIndexDropped) Q_EMIT failed(error);
        ended(true);
    };
    handler.cancelled = [ended] { ended(true); };
    m_indexJob = m_services.engine().runLongTask(
        &m_indexOwner, tr("Indexing for quick search"), tr("rows/s"),
        [snapshot, folder = toPath(m_folder), unrelated = m_unrelated](const JobContext& job) {
            ApproximateIndex::build(*snapshot, folder, *unrelated, job);
        },
        std::move(handler));
}

/// That of a library which is no longer open.
void SearchSession::dropIndex() {
    m_isIndexRefused = false;
    if (m_indexJob == 0) return;
    m_isIndexDropped = true;
    m_services.engine().cancel(m_indexJob);
}

// The query.

/// What could not be embedded is tried again where it is asked for again.
void SearchSession::setTerms(const std::vector<SearchTerm>& terms) {
    const auto timesIn = [](const std::vector<SearchTerm>& all, const QString& key) {
        return std::ranges::count(all, key, &SearchTerm::key);
    };
    const bool isAsBefore = terms == m_terms;
    const qsizetype forgotten = m_impossible.removeIf([&](const auto& one) {
        const auto times = timesIn(terms, one.key());
        return isAsBefore || times == 0 || times > timesIn(m_terms, one.key());
    });
    if (isAsBefore && forgotten == 0) return;
    m_terms = terms;
    refresh();
}

QString SearchSession::problemOf(const SearchTerm& term) const {
    if (m_gone.contains(term.key())) return tr("The picture is no longer in the library");
    return m_impossible.value(term.key());
}

void SearchSession::cannotEmbed(const QStringList& keys, const JobError& error) {
    setBusy(m_isEmbedding, false);
    for (const QString& key : keys)
        m_impossible.insert(key, error.problem);
    Q_EMIT failed(error);
    embedMissing();
}

void SearchSession::setFilter(const SearchFilter& filter) {
    m_filter = filter;
    refresh();
}

void SearchSession::setLine(std::optional<double> line) {
    if (line == m_options.line) return;
    m_options.line = line;
    refresh();
}

void SearchSession::setFoldAlike(bool fold) {
    if (fold == m_options.foldAlike) return;
    m_options.foldAlike = fold;
    refresh();
}

void SearchSession::setTemplate(const QString& text) {
    if (text == m_template) return;
    m_template = text;
    m_embeddings.removeIf([](const auto& one) { return one.key().startsWith(QLatin1String("words ")); });
    refresh();
}

/// Rows that are marked are those of a snapshot.
void SearchSession::moveMarks(const std::shared_ptr<const Snapshot>& to) {
    const std::shared_ptr<const Snapshot> from = std::exchange(m_marked, to);
    if (!from || from == to) return;
    const QSet<qint64> liked = rowsIn(*to, *from, m_liked), disliked = rowsIn(*to, *from, m_disliked);
    if (liked == m_liked && disliked == m_disliked) return;
    m_liked = liked;
    m_disliked = disliked;
    Q_EMIT marksChanged();
}

void SearchSession::mark(qint64 row, bool liked) {
    if (m_answer) {
        const std::shared_ptr<const Snapshot> now = m_searcher ? m_searcher->snapshot() : m_snapshot;
        row = now ? rowIn(*now, m_answer->snapshot(), row) : -1;
        if (row < 0) return;
        moveMarks(now);
    }
    QSet<qint64>&to = liked ? m_liked : m_disliked, &from = liked ? m_disliked : m_liked;
    from.remove(row);
    // Once more takes it back.
    if (!to.remove(row)) to.insert(row);
    Q_EMIT marksChanged();
    refresh();
}

void SearchSession::clearMarks() {
    if (m_liked.isEmpty() && m_disliked.isEmpty()) return;
    m_liked.clear();
    m_disliked.clear();
    Q_EMIT marksChanged();
    refresh();
}

void SearchSession::refresh() {
    ++m_asked;
    m_isStale = m_answer != nullptr;
    if (isEmpty()) {
        m_soon.stop();
        forgetAnswer();
        setBusy(m_isEmbedding, false);
        Q_EMIT answered();
        return;
    }
    m_soon.start();
}

void SearchSession::embedMissing() {
    if (m_searcher) moveMarks(m_searcher->snapshot());
    if (isEmpty() || m_services.engine().model() == nullptr || !m_searcher) return;
    if (m_embeddings.size() > kMostEmbeddings) m_embeddings.clear();
    QStringList words;
    for (const SearchTerm& term : m_terms) {
        const QString key = term.key();
        if (m_embeddings.contains(key) || m_impossible.contains(key)) continue;
        if (term.kind == SearchTerm::Kind::Words) {
            words << term.text;
        } else if (term.kind == SearchTerm::Kind::Picture) {
            embedPictures();
            return;
        }
    }
    if (words.isEmpty()) return search();
    setBusy(m_isEmbedding, true);
    EngineService::TextHandler handler;
    handler.finished = [this, words, unrelated = m_unrelated, form = m_template](const Embeddings& rows,
                                                                                 const std::vector<size_t>&) {
        const bool isWanted = unrelated == m_unrelated && form == m_template;
        for (qsizetype i = 0; isWanted && i < words.size() && i < rows.count(); ++i) {
            const auto row = rows.row(i);
            m_embeddings.insert(QStringLiteral("words ") + words[i], {row.begin(), row.end()});
        }
        setBusy(m_isEmbedding, false);
        embedMissing();
    };
    handler.failed = [this, words](const JobError& error) {
        QStringList keys;
        for (const QString& text : words)
            keys << QStringLiteral("words ") + text;
        cannotEmbed(keys, error);
    };
    m_services.engine().embedLabels(&m_textOwner, words, m_template.isEmpty() ? QStringList() : QStringList(m_template),
                                    std::move(handler));
}

void SearchSession::embedPictures() {
    QStringList files;
    for (const SearchTerm& term : m_terms)
        if (term.kind == SearchTerm::Kind::Picture && !m_embeddings.contains(term.key()) &&
            !m_impossible.contains(term.key()) && !files.contains(term.path))
            files << term.path;
    setBusy(m_isEmbedding, true);
    EngineService::ImageBatchHandler handler;
    handler.results = [this, files, unrelated = m_unrelated](const std::vector<ImageEmbedding>& batch) {
        if (unrelated != m_unrelated) return;  // of the model that was open before
        for (const ImageEmbedding& one : batch) {
            const QString& path = files[static_cast<qsizetype>(one.index)];
            const QString key = QStringLiteral("picture ") + path;
            if (one.error.empty())
                m_embeddings.insert(key, one.values);
            else {
                m_impossible.insert(key, engineText(one.error));
                Q_EMIT failed({shownName(path), engineText(one.error), {}});
            }
        }
    };
    handler.finished = [this, files](bool cancelled) {
        setBusy(m_isEmbedding, false);
        for (const QString& path : files)
            if (cancelled && !m_embeddings.contains(QStringLiteral("picture ") + path))
                m_impossible.insert(QStringLiteral("picture ") + path, tr("Looking at it was stopped"));
        embedMissing();
    };
    handler.failed = [this, files](const JobError& error) {
        QStringList keys;
        for (const QString& path : files)
            keys << QStringLiteral("picture ") + path;
        cannotEmbed(keys, error);
    };
    m_services.engine().embedImages(&m_imageOwner, tr("Looking at the picture"), files, true, std::move(handler));
}

void SearchSession::search() {
    auto answer = std::make_shared<SearchAnswer>();
    answer->searcher = m_searcher;
    answer->filter = m_filter;
    answer->options = m_options;
    std::vector<qint64> liked(m_liked.begin(), m_liked.end()), disliked(m_disliked.begin(), m_disliked.end());
    double marksWeight = 1;
    for (const SearchTerm& term : m_terms) {
        if (term.kind == SearchTerm::Kind::Marks) {
            marksWeight = term.weight;
            continue;
        }
        QueryTerm part;
        part.weight = static_cast<float>(term.isMinus ? -term.weight : term.weight);
        part.kind = term.kind == SearchTerm::Kind::Words ? TermKind::Words : TermKind::Picture;
        part.name = term.text.toStdString();
        if (term.kind != SearchTerm::Kind::Row) {
            const auto found = m_embeddings.constFind(term.key());
            if (found == m_embeddings.constEnd()) continue;
            part.embedding = *found;
        }
        answer->terms.push_back(term);
        answer->query.push_back(std::move(part));
    }
    if (answer->query.empty() && liked.empty() && disliked.empty()) {
        forgetAnswer();
        Q_EMIT answered();
        return;
    }
    setBusy(m_isSearching, true);
    EngineService::TaskHandler handler;
    handler.finished = [this, answer, asked = m_asked, forgotten = m_forgotten] {
        if (forgotten != m_forgotten) return;
        m_searchJob = 0;
        m_answer = answer->query.empty() ? nullptr : answer;
        m_gone = {answer->gone.begin(), answer->gone.end()};
        m_isStale = m_answer && asked != m_asked;
        setBusy(m_isSearching, false);
        Q_EMIT answered();
    };
    handler.failed = [this, forgotten = m_forgotten](const JobError& error) {
        if (forgotten != m_forgotten) return;
        m_searchJob = 0;
        forgetAnswer();
        Q_EMIT answered();
        Q_EMIT failed(error);
    };
    const QString marks = tr("like what is marked");
    m_searchJob = m_services.engine().runTask(
        &m_searchOwner, {},
        [answer, liked, disliked, marks, marksWeight](const JobContext& job) {
            readRowTerms(*answer);
            if (!liked.empty() || !disliked.empty()) {
                const std::vector<int64_t> more(liked.begin(), liked.end()), less(disliked.begin(), disliked.end());
                SearchTerm term;
                term.kind = SearchTerm::Kind::Marks;
                term.text = marks;
                term.weight = marksWeight;
                term.isMinus = more.empty();
                QueryTerm learned;
                if (term.isMinus)
                    learned = {meanOf(*answer->searcher, less), 1, TermKind::Picture};
                else
                    learned = answer->searcher->learn(more, less);
                learned.weight = static_cast<float>(term.isMinus ? -marksWeight : marksWeight);
                learned.name = marks.toStdString();
                answer->terms.push_back(term);
                answer->query.push_back(std::move(learned));
            }
            if (answer->query.empty()) return;
            answer->result = answer->searcher->search(answer->query, answer->filter, answer->options, job);
        },
        std::move(handler));
}

}  // namespace diagonal
