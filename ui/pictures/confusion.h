// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QStringList>
#include <utility>
#include <vector>

namespace diagonal {

/// The name of the folder that a file lies in.
QString parentFolderName(const QString& path);

/// Which label the folder of a picture names. Case does not count, `_` and `-` are blanks, and of "cat | kitten" either
/// name will do.
class FolderLabels {
  public:
    explicit FolderLabels(const QStringList& labels = {});
    /// Index of the label; -1: the folder is none.
    int labelOf(const QString& path) const;

  private:
    QHash<QString, int> m_labels;
    mutable QHash<QString, int> m_folders;  ///< what was looked up already
};

/// How often pictures of one true label were given each label.
class Confusion {
  public:
    static constexpr int kNone = -1;  ///< no label was given

    Confusion() = default;
    /// Pairs of true and given label, both indices of `labels`; the given one may be kNone.
    Confusion(const QStringList& labels, const std::vector<std::pair<int, int>>& pairs);

    bool isEmpty() const { return m_rows.empty(); }
    int rowCount() const { return static_cast<int>(m_rows.size()); }
    int columnCount() const { return static_cast<int>(m_columns.size()); }
    /// Rows: labels that are true of some picture, in the order of the labels. Columns: the same, then what was given
    /// besides; last the pictures without a label, whose text is empty.
    QString rowText(int row) const;
    QString columnText(int column) const;
    int count(int row, int column) const;
    int rowTotal(int row) const { return m_totals[static_cast<size_t>(row)]; }
    /// The cell where true and given label agree.
    bool isRight(int row, int column) const { return row == column; }

    int known() const { return m_known; }  ///< pictures whose true label is known
    int right() const { return m_right; }
    double accuracy() const { return m_known == 0 ? 0 : static_cast<double>(m_right) / m_known; }
    int highest() const { return m_highest; }

    /// Head line of the given labels, a line a true label. `none` names the column of pictures without a label.
    std::string csv(const QString& none) const;

  private:
    QStringList m_labels;
    std::vector<int> m_rows, m_columns;  ///< indices of labels, or kNone
    std::vector<int> m_counts, m_totals;
    int m_known = 0, m_right = 0, m_highest = 0;
};

}  // namespace diagonal
