// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "engine/inference/comparison.h"
#include "ui/pictures/image_rows_model.h"

namespace diagonal {

/// What both sides say of a picture.
struct Comparison {
    QString error;                            ///< why a side could not read it
    QString leftLabel, rightLabel;            ///< that are given; empty: none
    std::optional<PictureComparison> result;  ///< none yet: it is to come
    bool stale = true;                        ///< the result belongs to earlier labels
    bool due = true;                          ///< to be compared anew

    bool isFailed() const { return !error.isEmpty(); }
    bool isCompared() const { return !isFailed() && result.has_value(); }  ///< perhaps with earlier labels
    bool isCurrent() const { return isCompared() && !stale; }              ///< what counts
};

struct ComparisonCounts {
    int all = 0, agreeing = 0, differing = 0, failed = 0, waiting = 0;
    double distances = 0;  ///< their sum
    int compared() const { return agreeing + differing; }
    double meanDistance() const { return compared() > 0 ? distances / compared() : 0; }
};

enum class ComparisonFilter { All, Disagree, Agree, Failed };

/// The pictures of a list with what both sides say of them: disagreements first, the strongest first, then agreements;
/// behind them what waits and what failed. Holds nothing until it is live for the first time. UI thread only.
class ComparisonModel : public ImageRowsModel {
    Q_OBJECT

  public:
    enum { ComparisonRole = SubclassRole };
    enum Column { Picture, Left, Right, Distance, ColumnCount };

    explicit ComparisonModel(ImageList& images, QObject* parent = nullptr);

    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    /// Names of the sides, above their columns.
    void setSides(const QString& left, const QString& right);

    /// As many as the list has from then on.
    void begin();
    int count() const { return static_cast<int>(m_items.size()); }
    /// Of what a side gives, for people.
    static QString labelText(const QString& label) { return label.isEmpty() ? tr("No label") : label; }
    const Comparison& of(int imageRow) const { return m_items[static_cast<size_t>(imageRow)]; }
    void set(int imageRow, Comparison comparison);
    void markDue(int first, int last);
    /// Nothing is compared any more.
    void reset();
    const ComparisonCounts& counts() const { return m_counts; }

    void setFilter(ComparisonFilter filter);
    ComparisonFilter filter() const { return m_filter; }
    using ImageRowsModel::contentChanged;

  protected:
    std::vector<Row> wantedRows() override;

  private:
    void resize();
    void tally(const Comparison& one, int by);

    std::vector<Comparison> m_items;  ///< by row of the list
    ComparisonCounts m_counts;
    ComparisonFilter m_filter = ComparisonFilter::All;
    bool m_begun = false;
    QString m_left, m_right;
};

}  // namespace diagonal

Q_DECLARE_METATYPE(const diagonal::Comparison*)
