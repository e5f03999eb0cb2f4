// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pictures/image_rows_model.h"

#include <QElapsedTimer>
#include <algorithm>

namespace diagonal {

namespace {

constexpr int kLeastInterval = 1000, kRestPerWork = 10;  // of ten seconds at most one goes into ordering
constexpr size_t kMostPieces = 64;

}  // namespace

ImageRowsModel::ImageRowsModel(ImageList& images, QObject* parent) : QAbstractTableModel(parent), m_images(images) {
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &ImageRowsModel::refresh);
    connect(&images, &ImageList::appended, this, [this] { requestRefresh(0); });
    connect(&images, &ImageList::leaving, this, &ImageRowsModel::drop);
    connect(&images, &ImageList::rearranged, this, [this](const std::vector<int>& places) {
        for (Row& row : m_rows)
            row.image = places[static_cast<size_t>(row.image)];
        requestRefresh(0);
    });
    connect(&images, &ImageList::changed, this, &ImageRowsModel::contentChanged);
}

int ImageRowsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ImageRowsModel::imageRow(const QModelIndex& index) const {
    return index.isValid() && index.row() < rowCount() ? m_rows[static_cast<size_t>(index.row())].image : -1;
}

const ImageItem* ImageRowsModel::imageAt(const QModelIndex& index) const {
    const int row = imageRow(index);
    return row < 0 ? nullptr : &m_images.item(row);
}

QModelIndex ImageRowsModel::indexOf(int imageRow) const {
    const auto found = std::ranges::find(m_rows, imageRow, &Row::image);
    return found == m_rows.end() ? QModelIndex() : index(static_cast<int>(found - m_rows.begin()), 0);
}

void ImageRowsModel::contentChanged() {
    if (m_live && !m_rows.empty()) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    requestRefresh(m_interval);
}

void ImageRowsModel::requestRefresh(int milliseconds) {
    m_due = true;
    if (m_live && (!m_timer.isActive() || m_timer.remainingTime() > milliseconds)) m_timer.start(milliseconds);
}

void ImageRowsModel::settle() {
    if (m_due) refresh();
}

void ImageRowsModel::setLive(bool live) {
    if (live == m_live) return;
    m_live = live;
    m_timer.stop();
    if (live) settle();
}

void ImageRowsModel::refresh() {
    QElapsedTimer clock;
    clock.start();
    m_timer.stop();
    m_due = false;
    show(wantedRows());
    m_interval = std::max(kLeastInterval, kRestPerWork * static_cast<int>(clock.elapsed()));
    Q_EMIT refreshed();
}

// In steps, so that selections survive. What comes does so at the end, in one piece; what goes likewise where it is
// scattered, else where it stands, so that a view goes on with its neighbour.
void ImageRowsModel::show(std::vector<Row> wanted) {
    std::vector<bool> isUnwanted(static_cast<size_t>(m_images.rowCount()), true);
    for (const Row& row : wanted)
        isUnwanted[static_cast<size_t>(row.image)] = false;
    drop(isUnwanted);
    std::vector<bool> isThere(isUnwanted.size());
    for (const Row& row : m_rows)
        isThere[static_cast<size_t>(row.image)] = true;
    std::vector<Row> fresh;
    std::ranges::copy_if(wanted, std::back_inserter(fresh),
                         [&](const Row& row) { return !isThere[static_cast<size_t>(row.image)]; });
    if (!fresh.empty()) {
        beginInsertRows({}, rowCount(), rowCount() + static_cast<int>(fresh.size()) - 1);
        m_rows.insert(m_rows.end(), fresh.begin(), fresh.end());
        endInsertRows();
    }
    reorder(std::move(wanted));
}

/// isGone: by row of the list.
void ImageRowsModel::drop(const std::vector<bool>& isGone) {
    const auto goes = [&isGone](const Row& row) { return isGone[static_cast<size_t>(row.image)]; };
    std::vector<std::pair<int, int>> pieces;  // first and last
    for (int i = 0; i < rowCount(); ++i) {
        if (!goes(m_rows[static_cast<size_t>(i)])) continue;
        if (pieces.empty() || pieces.back().second != i - 1) pieces.emplace_back(i, i);
        pieces.back().second = i;
    }
    if (pieces.size() > kMostPieces) {
        std::vector<Row> order = m_rows;
        const auto tail = std::stable_partition(order.begin(), order.end(), std::not_fn(goes));
        pieces = {{static_cast<int>(tail - order.begin()), rowCount() - 1}};
        reorder(std::move(order));
    }
    for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece) {
        beginRemoveRows({}, piece->first, piece->second);
        m_rows.erase(m_rows.begin() + piece->first, m_rows.begin() + piece->second + 1);
        endRemoveRows();
    }
}

void ImageRowsModel::reorder(std::vector<Row> order) {
    if (std::ranges::equal(order, m_rows, {}, &Row::image, &Row::image)) {
        m_rows = std::move(order);  // groups may differ
        return;
    }
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    const QModelIndexList from = persistentIndexList();
    std::vector<int> places(from.isEmpty() ? 0 : static_cast<size_t>(m_images.rowCount()));
    if (!from.isEmpty())
        for (size_t i = 0; i < order.size(); ++i)
            places[static_cast<size_t>(order[i].image)] = static_cast<int>(i);
    QModelIndexList to;
    to.reserve(from.size());
    for (const QModelIndex& old : from)
        to << index(places[static_cast<size_t>(imageRow(old))], old.column());
    m_rows = std::move(order);
    changePersistentIndexList(from, to);
    Q_EMIT layoutChanged({}, VerticalSortHint);
}

}  // namespace diagonal
