// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/comparison_model.h"

#include "ui/widgets/format.h"

namespace diagonal {

int ComparisonModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_items.size());
}

QVariant ComparisonModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const ComparisonItem& one = item(index.row());
    switch (role) {
        case Qt::DisplayRole:
            return one.name;
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole:
            if (one.isFailed()) return tr("%1: %2").arg(one.name, one.error);
            if (!one.result) return tr("%1, not compared yet").arg(one.name);
            if (one.result->agrees())
                return tr("%1: both say %2 (%3 and %4), distance %5")
                    .arg(one.name, one.leftLabel, formatPercent(one.result->left.probability),
                         formatPercent(one.result->right.probability), formatCosine(one.result->distance));
            return tr("%1: %2 (%3) against %4 (%5), distance %6")
                .arg(one.name, one.leftLabel, formatPercent(one.result->left.probability), one.rightLabel,
                     formatPercent(one.result->right.probability), formatCosine(one.result->distance));
        case ItemRole:
            return QVariant::fromValue(&one);
        default:
            return {};
    }
}

void ComparisonModel::insert(int row, std::vector<ComparisonItem> items) {
    if (items.empty()) return;
    beginInsertRows({}, row, row + static_cast<int>(items.size()) - 1);
    m_items.insert(m_items.begin() + row, std::make_move_iterator(items.begin()), std::make_move_iterator(items.end()));
    endInsertRows();
}

void ComparisonModel::remove(int first, int last) {
    beginRemoveRows({}, first, last);
    m_items.erase(m_items.begin() + first, m_items.begin() + last + 1);
    endRemoveRows();
}

void ComparisonModel::replace(int first, std::vector<ComparisonItem> items) {
    if (items.empty()) return;
    std::move(items.begin(), items.end(), m_items.begin() + first);
    Q_EMIT dataChanged(index(first), index(first + static_cast<int>(items.size()) - 1));
}

ComparisonCounts ComparisonModel::counts() const {
    ComparisonCounts counts;
    counts.all = rowCount();
    for (const ComparisonItem& one : m_items) {
        if (one.isFailed()) {
            ++counts.failed;
        } else if (!one.result) {
            ++counts.waiting;
        } else {
            ++(one.result->agrees() ? counts.agreeing : counts.differing);
            counts.meanDistance += one.result->distance;
            if (one.stale) ++counts.waiting;
        }
    }
    if (counts.compared() > 0) counts.meanDistance /= counts.compared();
    return counts;
}

ComparisonFilterModel::ComparisonFilterModel(ComparisonModel& comparisons, QObject* parent)
    : QSortFilterProxyModel(parent), m_comparisons(comparisons) {
    setSourceModel(&comparisons);
    sort(0);
}

void ComparisonFilterModel::setFilter(ComparisonFilter filter) {
    m_filter = filter;
    invalidateFilter();
}

bool ComparisonFilterModel::filterAcceptsRow(int row, const QModelIndex&) const {
    const ComparisonItem& one = m_comparisons.item(row);
    switch (m_filter) {
        case ComparisonFilter::All:
            return true;
        case ComparisonFilter::Disagree:
            return one.isCompared() && !one.result->agrees();
        case ComparisonFilter::Agree:
            return one.isCompared() && one.result->agrees();
        case ComparisonFilter::Failed:
            return one.isFailed();
    }
    return true;
}

bool ComparisonFilterModel::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    const ComparisonItem &a = m_comparisons.item(left.row()), &b = m_comparisons.item(right.row());
    const auto group = [](const ComparisonItem& one) { return one.isFailed() ? 2 : one.result ? 0 : 1; };
    if (group(a) != group(b)) return group(a) < group(b);
    if (group(a) > 0) return left.row() < right.row();
    // Rows move while results come, so what a result calls its picture is no order.
    PictureComparison first = *a.result, second = *b.result;
    first.picture = static_cast<size_t>(left.row());
    second.picture = static_cast<size_t>(right.row());
    return comesBefore(first, second);
}

}  // namespace diagonal
