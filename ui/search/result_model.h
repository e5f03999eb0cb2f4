// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>

#include "ui/search/search_session.h"

namespace diagonal {

/// A hit, ready to be shown.
struct ResultRow {
    int hit = 0;            ///< of SearchResult::hits
    QString file, picture;  ///< path, and what its tile shows: a video's best frame (frameName)
    float cosine = 0, relevance = 0;
    bool isAbove = true, isVideo = false;
    int alike = 0, moments = 0;
};

/// What a search found, best first: what is above the line, and some of what is not.
class ResultModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Column { Picture, Name, Folder, Relevance, Cosine, Date, Pixels, Type, Camera, ColumnCount };
    enum Role { SortRole = Qt::UserRole };

    using QAbstractTableModel::QAbstractTableModel;

    /// nullptr: nothing. showsBelow: also hits below the line.
    void setAnswer(const SearchAnswerPtr& answer, bool showsBelow);
    const SearchAnswerPtr& answer() const { return m_answer; }
    void setStale(bool stale);
    bool isStale() const { return m_isStale; }

    const ResultRow* row(const QModelIndex& index) const;
    const ResultRow& row(int index) const { return m_rows[static_cast<size_t>(index)]; }
    const SearchHit& hit(const ResultRow& row) const { return m_answer->result.hits[static_cast<size_t>(row.hit)]; }
    const LibraryFile& file(const ResultRow& row) const;
    int above() const { return m_above; }
    /// Of alike pictures, all that are above the line; 0: none are alike, or there are more than are shown.
    int groups() const;
    /// The row that shows a row of the library, or has it folded in; -1: none.
    int rowOf(qint64 libraryRow) const;
    bool isMarked(qint64 libraryRow, bool liked) const { return (liked ? m_liked : m_disliked).contains(libraryRow); }
    void setMarks(const QSet<qint64>& liked, const QSet<qint64>& disliked);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    static bool isNumber(int column);

    /// Paths of these rows, each once.
    QStringList files(const QModelIndexList& rows) const;

  private:
    QString text(const ResultRow& row, int column) const;
    QVariant sortValue(const ResultRow& row, int column) const;
    QString spoken(const ResultRow& row) const;

    SearchAnswerPtr m_answer;
    std::vector<ResultRow> m_rows;
    QSet<qint64> m_liked, m_disliked;
    int m_above = 0;
    bool m_isStale = false;
};

/// How much of the bar a relevance fills.
double barOf(double relevance);

}  // namespace diagonal
