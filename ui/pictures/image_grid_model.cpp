// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pictures/image_grid_model.h"

#include <QHash>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "ui/base/paths.h"
#include "ui/pictures/image_order.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

ImageGroup groupOf(const ImageItem& image) {
    using Kind = ImageGroup::Kind;
    switch (image.verdict()) {
        case Verdict::Failed:
            return {Kind::Failed, {}};
        case Verdict::Waiting:
            return {Kind::Unlabelled, {}};
        case Verdict::None:
            return {Kind::NoLabel, {}};
        default:
            return {Kind::Label, image.label};
    }
}

QString spokenText(const ImageItem& one) {
    if (one.isFailed()) return ImageGridModel::tr("%1, failed: %2").arg(nameInSentence(one.path), one.error);
    if (!one.hasScores()) return ImageGridModel::tr("%1, not labelled yet").arg(nameInSentence(one.path));
    if (!one.assigned) return ImageGridModel::tr("%1: no label").arg(nameInSentence(one.path));
    return (one.top.sure ? ImageGridModel::tr("%1: %2, %3") : ImageGridModel::tr("%1: %2, %3, unsure"))
        .arg(nameInSentence(one.path), one.label, formatPercent(one.top.probability));
}

}  // namespace

QString ImageGroup::name() const {
    switch (kind) {
        case Kind::Label:
            return label;
        case Kind::NoLabel:
            return ImageGridModel::tr("No label");
        case Kind::Unlabelled:
            return ImageGridModel::tr("Not labelled yet");
        case Kind::Failed:
            return ImageGridModel::tr("Not readable");
    }
    return {};
}

int ImageGridModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : 1;
}

QVariant ImageGridModel::data(const QModelIndex& index, int role) const {
    const ImageItem* image = imageAt(index);
    if (image == nullptr) return {};
    switch (role) {
        case Qt::DisplayRole:
            return image->name;
        case Qt::ToolTipRole:
            if (image->isFailed()) return tr("%1: %2").arg(image->name, image->error);
            if (!image->hasScores()) return image->name;
            if (!image->assigned)
                return tr("%1\nNo label: “%2” is on top, but is not given").arg(image->name, image->label);
            return tr("%1\n%2, %3").arg(image->name, image->label, formatPercent(image->top.probability));
        case Qt::AccessibleTextRole:
            return spokenText(*image);
        case ItemRole:
            return QVariant::fromValue(image);
        default:
            return {};
    }
}

void ImageGridModel::setFilter(ImageFilter filter) {
    m_filter = filter;
    refresh();
}

void ImageGridModel::setOrder(ImageOrder order) {
    m_order = order;
    refresh();
}

void ImageGridModel::setGrouped(bool grouped) {
    m_grouped = grouped;
    refresh();
}

std::vector<ImageGroup> ImageGridModel::groups() const {
    std::vector<ImageGroup> groups;
    if (!m_grouped) return groups;
    int last = -1;
    for (int row = 0; row < rowCount(); ++row) {
        const int group = rows()[static_cast<size_t>(row)].group;
        if (group != last) {
            groups.push_back(
                m_groups[std::min(static_cast<size_t>(group), m_groups.size() - 1)]);  // a row on its way out
            groups.back().first = row;
        }
        last = group;
        ++groups.back().count;
    }
    return groups;
}

std::vector<ImageRowsModel::Row> ImageGridModel::wantedRows() {
    std::vector<int> wanted;
    for (int row = 0; row < images().rowCount(); ++row)
        if (passes(images().item(row), m_filter)) wanted.push_back(row);
    putInOrder(wanted);
    std::vector<Row> result;
    result.reserve(wanted.size());
    for (const int row : wanted)
        result.push_back({row, 0});
    if (!m_grouped) return result;

    std::vector<ImageGroup> groups;
    QHash<std::pair<int, QString>, int> numbers;
    for (Row& row : result) {
        const ImageGroup group = groupOf(images().item(row.image));
        int& number = numbers[{static_cast<int>(group.kind), group.label}];  // 0: new
        if (number == 0) {
            groups.push_back(group);
            number = static_cast<int>(groups.size());
        }
        row.group = number - 1;
    }
    std::vector<int> order(groups.size()), places(groups.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::sort(order, {}, [&groups](int i) {
        const ImageGroup& group = groups[static_cast<size_t>(i)];
        return std::pair(group.kind, group.label);
    });
    m_groups.clear();
    for (size_t i = 0; i < order.size(); ++i) {
        places[static_cast<size_t>(order[i])] = static_cast<int>(i);
        m_groups.push_back(groups[static_cast<size_t>(order[i])]);
    }
    for (Row& row : result)
        row.group = places[static_cast<size_t>(row.group)];
    std::ranges::stable_sort(result, {}, &Row::group);
    return result;
}

void ImageGridModel::putInOrder(std::vector<int>& rows) const {
    const auto item = [this](int row) -> const ImageItem& { return images().item(row); };
    // Failed and unlabelled images stand behind the labelled ones.
    const auto scored = [&item](int row, double value) {
        return item(row).isFailed() || !item(row).hasScores() ? std::nan("") : value;
    };
    const auto lead = [&](int row) { return scored(row, item(row).top.probability - item(row).top.secondProbability); };
    switch (m_order) {
        case ImageOrder::AsAdded:
            break;
        case ImageOrder::Name:
            orderByText(rows, Qt::AscendingOrder, [&](int row) { return item(row).name; });
            break;
        case ImageOrder::Label:
            orderByNumber(rows, Qt::DescendingOrder, [&](int row) { return scored(row, item(row).top.probability); });
            orderByText(rows, Qt::AscendingOrder, [&](int row) { return item(row).givenLabel(); });
            break;
        case ImageOrder::LeastSure:
            orderByNumber(rows, Qt::AscendingOrder, lead);
            break;
        case ImageOrder::MostSure:
            orderByNumber(rows, Qt::DescendingOrder, lead);
            break;
    }
}

}  // namespace diagonal
