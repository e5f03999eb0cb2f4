// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QObject>
#include <QSet>
#include <QTimer>
#include <memory>
#include <optional>

#include "engine/index/library.h"
#include "engine/index/search.h"
#include "ui/jobs/engine_service.h"
#include "ui/search/search_query.h"

namespace diagonal {

class Services;

/// What was found, with all that is needed to show it.
struct SearchAnswer {
    std::shared_ptr<const Searcher> searcher;
    std::vector<SearchTerm> terms;  ///< as asked; those of the hits are in this order
    std::vector<QueryTerm> query;
    SearchResult result;
    SearchFilter filter;
    SearchOptions options;
    QStringList gone = {};  ///< keys of terms whose row is no longer in the library
    /// More is above the line than the hits that are shown.
    bool isCut() const {
        return std::ssize(result.hits) >= options.top && !result.hits.empty() && result.hits.back().isAbove;
    }
    const Snapshot& snapshot() const { return *searcher->snapshot(); }
};
using SearchAnswerPtr = std::shared_ptr<const SearchAnswer>;

/// A query and its answer. Words and pictures are embedded by the open model as they come, the search runs on a worker
/// thread; a newer query supersedes an older one, whose answer stays to be seen until then. UI thread only.
class SearchSession : public QObject {
    Q_OBJECT

  public:
    explicit SearchSession(Services& services, QObject* parent = nullptr);
    ~SearchSession() override;

    /// What the library in `folder` holds now; nullptr: nothing to search. searchable: its rows are of the open model.
    /// An index of many rows is kept in the folder, where that can be written.
    void setSnapshot(std::shared_ptr<const Snapshot> snapshot, const QString& folder, bool searchable, bool writable);
    void setTerms(const std::vector<SearchTerm>& terms);
    const std::vector<SearchTerm>& terms() const { return m_terms; }
    void setFilter(const SearchFilter& filter);
    const SearchFilter& filter() const { return m_filter; }
    /// Relevance from which a hit counts; none: by itself.
    void setLine(std::optional<double> line);
    std::optional<double> line() const { return m_options.line; }
    void setFoldAlike(bool fold);
    /// What words are put into, "a photo of {}."; empty: nothing.
    void setTemplate(const QString& text);

    /// Marks by which "more like these, not like those" is learned: rows of the present snapshot's files.
    void mark(qint64 row, bool liked);
    void clearMarks();
    const QSet<qint64>& liked() const { return m_liked; }
    const QSet<qint64>& disliked() const { return m_disliked; }

    /// Of the open model: identity, name, width. Empty until that is known.
    const LibraryModel& model() const { return m_model; }
    /// The library's background is being computed, or the model is not known yet.
    bool isPreparing() const {
        return m_snapshot && m_isSearchable && m_modelProblem.isEmpty() && !m_searcher && !m_snapshot->rows.empty();
    }
    /// Why the open model searches nothing, as a sentence; empty: it does.
    QString modelProblem() const { return m_modelProblem; }
    /// Why a term says nothing in the answer, as a sentence; empty: it does.
    QString problemOf(const SearchTerm& term) const;
    /// What joined the library since is not searched yet: while it grows it follows every few seconds.
    bool isBehind() const { return m_searcher && m_searcher->snapshot() != m_snapshot; }
    /// Follows at once.
    void catchUp();
    bool isEmpty() const { return m_terms.empty() && m_liked.isEmpty() && m_disliked.isEmpty(); }
    bool isBusy() const { return m_isSearching || m_isEmbedding; }
    /// nullptr: nothing was asked, or nothing can be.
    SearchAnswerPtr answer() const { return m_answer; }
    /// The answer is of another query than the present one.
    bool isStale() const { return m_isStale; }

  Q_SIGNALS:
    void modelKnown();  ///< or no longer: another one is open
    void answered();
    void busyChanged();
    void marksChanged();
    void failed(const diagonal::JobError& error);

  private:
    void modelChanged();
    void learnModel();
    void forgetAnswer();
    void cannotEmbed(const QStringList& keys, const JobError& error);
    void makeSearcher();
    void makeIndex(const std::shared_ptr<const Snapshot>& snapshot);
    void dropIndex();
    void refresh();
    void moveMarks(const std::shared_ptr<const Snapshot>& to);
    void embedMissing();
    void embedPictures();
    void search();
    void setBusy(bool& which, bool busy);

    Services& m_services;
    QObject m_modelOwner, m_searcherOwner, m_textOwner, m_imageOwner, m_searchOwner, m_indexOwner;
    LibraryModel m_model;
    std::shared_ptr<const std::vector<float>> m_unrelated;
    std::shared_ptr<const Snapshot> m_snapshot;
    std::shared_ptr<const Searcher> m_searcher;
    QString m_folder;
    int m_libraries = 0;  ///< counts those that were shown: a folder may hold another one by now
    bool m_isWritable = false, m_isIndexDropped = false, m_isIndexRefused = false;
    JobId m_indexJob = 0;
    bool m_isSearchable = false, m_isMakingSearcher = false, m_isSnapshotDue = false;
    std::vector<SearchTerm> m_terms;
    SearchFilter m_filter;
    SearchOptions m_options;
    QString m_template;
    QHash<QString, std::vector<float>> m_embeddings;  ///< by key, of the open model and template
    QHash<QString, QString> m_impossible;             ///< what cannot be embedded, and why
    QSet<QString> m_gone;                             ///< keys of rows that the last search did not find
    QSet<qint64> m_liked, m_disliked;
    std::shared_ptr<const Snapshot> m_marked;  ///< whose rows those are
    SearchAnswerPtr m_answer;
    int m_asked = 0;      ///< counts what was asked: an answer to less is stale
    int m_forgotten = 0;  ///< counts when answers were: one that comes later from before means nothing
    JobId m_searchJob = 0;
    QString m_modelProblem;
    QTimer m_soon, m_searcherSoon;
    bool m_isSearching = false, m_isEmbedding = false, m_isStale = false;
};

}  // namespace diagonal
