// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/item_models/comparison_model.h"

#include <algorithm>

#include "ui/widgets/format.h"

namespace diagonal {

ComparisonModel::ComparisonModel(ImageList& images, QObject* parent) : ImageRowsModel(images, parent) {
    connect(&images, &ImageList::appended, this, &ComparisonModel::resize);
    connect(&images, &ImageList::rearranged, this, [this](const std::vector<int>& places) {
        if (!m_begun) return;
        std::vector<Comparison> items(static_cast<size_t>(this->images().rowCount()));
        for (size_t row = 0; row < places.size(); ++row)
            if (places[row] >= 0) items[static_cast<size_t>(places[row])] = std::move(m_items[row]);
        m_items = std::move(items);
        m_counts = {};
        for (const Comparison& one : m_items)
            tally(one, 1);
    });
}

void ComparisonModel::begin() {
    if (m_begun) return;
    m_begun = true;
    resize();
    refresh();
}

void ComparisonModel::resize() {
    if (!m_begun) return;
    while (count() < images().rowCount()) {
        m_items.emplace_back();
        tally(m_items.back(), 1);
    }
}

int ComparisonModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ComparisonModel::data(const QModelIndex& index, int role) const {
    const int row = imageRow(index);
    if (row < 0) return {};
    const ImageItem& image = images().item(row);
    const Comparison& one = of(row);
    switch (role) {
        case Qt::DisplayRole:
            if (index.column() == Left || index.column() == Right)
                return !one.result ? QString() : labelText(index.column() == Left ? one.leftLabel : one.rightLabel);
            return index.column() == Picture ? image.name : one.result ? formatCosine(one.result->distance) : QString();
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole:
            if (one.isFailed()) return tr("%1: %2").arg(image.name, one.error);
            if (!one.result) return tr("%1, not compared yet").arg(image.name);
            if (one.result->agrees())
                return tr("%1: both say %2 (%3 and %4), distance %5")
                    .arg(image.name, labelText(one.leftLabel), formatPercent(one.result->left.probability),
                         formatPercent(one.result->right.probability), formatCosine(one.result->distance));
            return tr("%1: %2 (%3) against %4 (%5), distance %6")
                .arg(image.name, labelText(one.leftLabel), formatPercent(one.result->left.probability),
                     labelText(one.rightLabel), formatPercent(one.result->right.probability),
                     formatCosine(one.result->distance));
        case ItemRole:
            return QVariant::fromValue(&image);
        case ComparisonRole:
            return QVariant::fromValue(&one);
        default:
            return {};
    }
}

QVariant ComparisonModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((section == Distance ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    switch (section) {
        case Picture:
            return tr("Picture");
        case Left:
            return m_left;
        case Right:
            return m_right;
        default:
            return tr("Distance");
    }
}

void ComparisonModel::setSides(const QString& left, const QString& right) {
    m_left = left;
    m_right = right;
    Q_EMIT headerDataChanged(Qt::Horizontal, Left, Right);
}

void ComparisonModel::set(int imageRow, Comparison comparison) {
    Comparison& one = m_items[static_cast<size_t>(imageRow)];
    tally(one, -1);
    one = std::move(comparison);
    tally(one, 1);
}

void ComparisonModel::markDue(int first, int last) {
    for (int row = first; row <= std::min(last, count() - 1); ++row)
        m_items[static_cast<size_t>(row)].due = true;
}

void ComparisonModel::reset() {
    m_items.clear();
    m_counts = {};
    resize();
    contentChanged();
}

/// by: 1, or -1 before what is counted changes.
void ComparisonModel::tally(const Comparison& one, int by) {
    m_counts.all += by;
    if (one.isFailed()) {
        m_counts.failed += by;
    } else if (!one.isCurrent()) {
        m_counts.waiting += by;
    } else {
        (one.result->agrees() ? m_counts.agreeing : m_counts.differing) += by;
        m_counts.distances += by * one.result->distance;
    }
}

void ComparisonModel::setFilter(ComparisonFilter filter) {
    m_filter = filter;
    refresh();
}

std::vector<ImageRowsModel::Row> ComparisonModel::wantedRows() {
    const auto isWanted = [this](const Comparison& one) {
        switch (m_filter) {
            case ComparisonFilter::Disagree:
                return one.isCurrent() && !one.result->agrees();
            case ComparisonFilter::Agree:
                return one.isCurrent() && one.result->agrees();
            case ComparisonFilter::Failed:
                return one.isFailed();
            default:
                return true;
        }
    };
    std::vector<PictureComparison> compared;
    std::vector<Row> waiting, failed, rows;
    for (int row = 0; row < count(); ++row) {
        const Comparison& one = of(row);
        if (!isWanted(one)) continue;
        if (one.isFailed()) {
            failed.push_back({row});
        } else if (!one.result) {
            waiting.push_back({row});
        } else {
            // Rows move while results come, so what a result calls its picture is no order.
            compared.push_back(*one.result);
            compared.back().picture = static_cast<size_t>(row);
        }
    }
    std::ranges::sort(compared, comesBefore);
    for (const PictureComparison& one : compared)
        rows.push_back({static_cast<int>(one.picture)});
    rows.insert(rows.end(), waiting.begin(), waiting.end());
    rows.insert(rows.end(), failed.begin(), failed.end());
    return rows;
}

}  // namespace diagonal
