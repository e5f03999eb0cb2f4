// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QSortFilterProxyModel>
#include <optional>

#include "engine/inference/comparison.h"

namespace diagonal {

/// A picture and what both sides say of it.
struct ComparisonItem {
    QString path, name;
    QString error;  ///< why a side could not read it
    QString leftLabel, rightLabel;
    std::optional<PictureComparison> result;  ///< none yet: it is to come
    bool stale = true;                        ///< the result belongs to earlier labels

    bool isFailed() const { return !error.isEmpty(); }
    bool isCompared() const { return !isFailed() && result.has_value(); }
};

struct ComparisonCounts {
    int all = 0, agreeing = 0, differing = 0, failed = 0, waiting = 0;
    double meanDistance = 0;
    int compared() const { return agreeing + differing; }
};

/// Pictures in the order of the list they come from. UI thread only.
class ComparisonModel : public QAbstractListModel {
    Q_OBJECT

  public:
    enum Role { ItemRole = Qt::UserRole };
    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

    const ComparisonItem& item(int row) const { return m_items[static_cast<size_t>(row)]; }
    void insert(int row, std::vector<ComparisonItem> items);
    void remove(int first, int last);
    /// In place of those from `first` on.
    void replace(int first, std::vector<ComparisonItem> items);

    ComparisonCounts counts() const;

  private:
    std::vector<ComparisonItem> m_items;
};

enum class ComparisonFilter { All, Disagree, Agree, Failed };

/// Disagreements first, the strongest first, then agreements; behind them what waits and what failed.
class ComparisonFilterModel : public QSortFilterProxyModel {
    Q_OBJECT

  public:
    explicit ComparisonFilterModel(ComparisonModel& comparisons, QObject* parent = nullptr);
    void setFilter(ComparisonFilter filter);
    ComparisonFilter filter() const { return m_filter; }

  protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

  private:
    ComparisonModel& m_comparisons;
    ComparisonFilter m_filter = ComparisonFilter::All;
};

}  // namespace diagonal

Q_DECLARE_METATYPE(const diagonal::ComparisonItem*)
