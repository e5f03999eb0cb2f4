// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/image_filter_model.h"

#include <QLocale>

#include "ui/models/image_list_model.h"

namespace diagonal {

namespace {

// Failed and unlabelled images stand behind the labelled ones.
double lead(const ImageItem& one, double without) {
    return one.isFailed() || !one.hasScores() ? without : one.top.probability - one.top.secondProbability;
}

ImageGroup::Kind kindOf(const ImageItem& image) {
    using Kind = ImageGroup::Kind;
    return image.isFailed()     ? Kind::Failed
           : !image.hasScores() ? Kind::Unlabelled
           : image.assigned     ? Kind::Label
                                : Kind::NoLabel;
}

}  // namespace

QString ImageGroup::name() const {
    switch (kind) {
        case Kind::Label:
            return label;
        case Kind::NoLabel:
            return ImageFilterModel::tr("No label");
        case Kind::Unlabelled:
            return ImageFilterModel::tr("Not labelled yet");
        case Kind::Failed:
            return ImageFilterModel::tr("Not readable");
    }
    return {};
}

bool passes(const ImageItem& image, ImageFilter filter) {
    switch (filter) {
        case ImageFilter::All:
            return true;
        case ImageFilter::Sure:
            return !image.isFailed() && image.hasScores() && image.top.sure;
        case ImageFilter::Unsure:
            return !image.isFailed() && image.hasScores() && !image.top.sure;
        case ImageFilter::Failed:
            return image.isFailed();
    }
    return true;
}

// The C locale compares bytes; English puts 9 before 10.
QCollator naturalCollator() {
    QCollator collator(QLocale().language() == QLocale::C ? QLocale(QLocale::English) : QLocale());
    collator.setNumericMode(true);
    collator.setCaseSensitivity(Qt::CaseInsensitive);
    return collator;
}

ImageFilterModel::ImageFilterModel(QObject* parent) : QSortFilterProxyModel(parent), m_collator(naturalCollator()) {
}

void ImageFilterModel::setFilter(ImageFilter filter) {
    m_filter = filter;
    invalidateFilter();
}

void ImageFilterModel::setOrder(ImageOrder order) {
    m_order = order;
    sortAnew();
}

void ImageFilterModel::setGrouped(bool grouped) {
    m_grouped = grouped;
    sortAnew();
}

void ImageFilterModel::sortAnew() {
    sort(-1);
    if (m_grouped || m_order != ImageOrder::AsAdded) sort(0);
}

const ImageItem& ImageFilterModel::itemAt(int row) const {
    return static_cast<const ImageListModel*>(sourceModel())->item(mapToSource(index(row, 0)).row());
}

std::vector<ImageGroup> ImageFilterModel::groups() const {
    std::vector<ImageGroup> groups;
    if (!m_grouped) return groups;
    for (int row = 0; row < rowCount(); ++row) {
        const ImageItem& image = itemAt(row);
        const ImageGroup::Kind kind = kindOf(image);
        const bool labelled = kind == ImageGroup::Kind::Label;
        if (groups.empty() || groups.back().kind != kind || (labelled && groups.back().label != image.label))
            groups.push_back({kind, labelled ? image.label : QString(), row, 0});
        ++groups.back().count;
    }
    return groups;
}

bool ImageFilterModel::filterAcceptsRow(int row, const QModelIndex&) const {
    return passes(static_cast<const ImageListModel*>(sourceModel())->item(row), m_filter);
}

bool ImageFilterModel::lessThan(const QModelIndex& left, const QModelIndex& right) const {
    const auto* images = static_cast<const ImageListModel*>(sourceModel());
    const ImageItem& a = images->item(left.row());
    const ImageItem& b = images->item(right.row());
    if (m_grouped) {
        const ImageGroup::Kind kind = kindOf(a), other = kindOf(b);
        if (kind != other) return kind < other;
        if (kind == ImageGroup::Kind::Label && a.label != b.label) return a.label < b.label;
    }
    switch (m_order) {
        case ImageOrder::Name:
            if (const int order = m_collator.compare(a.name, b.name); order != 0) return order < 0;
            break;
        case ImageOrder::Label:
            if (a.label != b.label)
                return a.label.isEmpty() || b.label.isEmpty() ? !a.label.isEmpty() : a.label < b.label;
            if (a.top.probability != b.top.probability) return a.top.probability > b.top.probability;
            break;
        case ImageOrder::LeastSure:
            if (lead(a, 2) != lead(b, 2)) return lead(a, 2) < lead(b, 2);
            break;
        case ImageOrder::MostSure:
            if (lead(a, -1) != lead(b, -1)) return lead(a, -1) > lead(b, -1);
            break;
        case ImageOrder::AsAdded:
            break;
    }
    return left.row() < right.row();
}

}  // namespace diagonal
