// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/image_rows_model.h"

#include <QElapsedTimer>
#include <QSet>
#include <algorithm>

namespace diagonal {

namespace {

constexpr int kLeastInterval = 1000, kRestPerWork = 10;  // of ten seconds at most one goes into ordering
constexpr size_t kMostPieces = 64;

}  // namespace

ImageRowsModel::ImageRowsModel(ImageListModel& images, QObject* parent)
    : QAbstractTableModel(parent), m_images(images) {
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &ImageRowsModel::refresh);
    connect(&images, &QAbstractItemModel::rowsInserted, this, [this](const QModelIndex&, int first, int last) {
        for (int& row : m_rows)
            if (row >= first) row += last - first + 1;
        requestRefresh(0);
    });
    connect(&images, &QAbstractItemModel::rowsAboutToBeRemoved, this, [this](const QModelIndex&, int first, int last) {
        drop([first, last](int row) { return row >= first && row <= last; });
    });
    connect(&images, &QAbstractItemModel::rowsRemoved, this, [this](const QModelIndex&, int first, int last) {
        for (int& row : m_rows)
            if (row > last) row -= last - first + 1;
        requestRefresh(0);
    });
    connect(&images, &ImageListModel::dataChanged, this, [this] {
        if (!m_rows.empty()) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
        requestRefresh(m_interval);
    });
}

int ImageRowsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ImageRowsModel::imageRow(const QModelIndex& index) const {
    if (!index.isValid() || index.row() >= rowCount()) return -1;
    const int row = m_rows[static_cast<size_t>(index.row())];
    return row < m_images.rowCount() ? std::max(row, -1) : -1;
}

const ImageItem* ImageRowsModel::imageAt(const QModelIndex& index) const {
    const int row = imageRow(index);
    return row < 0 ? nullptr : &m_images.item(row);
}

QModelIndex ImageRowsModel::indexOf(int imageRow) const {
    const auto found = std::find(m_rows.begin(), m_rows.end(), imageRow);
    return imageRow < 0 || found == m_rows.end() ? QModelIndex() : index(static_cast<int>(found - m_rows.begin()), 0);
}

void ImageRowsModel::requestRefresh(int milliseconds) {
    if (!m_timer.isActive() || m_timer.remainingTime() > milliseconds) m_timer.start(milliseconds);
}

void ImageRowsModel::refresh() {
    QElapsedTimer clock;
    clock.start();
    m_timer.stop();
    show(wantedRows());
    m_interval = std::max(kLeastInterval, kRestPerWork * static_cast<int>(clock.elapsed()));
    Q_EMIT refreshed();
}

// In steps, so that selections survive. What comes does so at the end, in one piece; what goes likewise where it is
// scattered, else where it stands, so that a view goes on with its neighbour.
void ImageRowsModel::show(std::vector<int> wanted) {
    if (wanted == m_rows) return;
    const QSet<int> staying(wanted.begin(), wanted.end());
    drop([&staying](int row) { return !staying.contains(row); });
    const QSet<int> before(m_rows.begin(), m_rows.end());
    std::vector<int> fresh;
    std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(fresh),
                 [&before](int row) { return !before.contains(row); });
    if (!fresh.empty()) {
        beginInsertRows({}, rowCount(), rowCount() + static_cast<int>(fresh.size()) - 1);
        m_rows.insert(m_rows.end(), fresh.begin(), fresh.end());
        endInsertRows();
    }
    reorder(std::move(wanted));
}

void ImageRowsModel::drop(const std::function<bool(int)>& isGone) {
    std::vector<std::pair<int, int>> pieces;  // first and last
    for (int i = 0; i < rowCount(); ++i) {
        if (!isGone(m_rows[static_cast<size_t>(i)])) continue;
        if (pieces.empty() || pieces.back().second != i - 1) pieces.emplace_back(i, i);
        pieces.back().second = i;
    }
    if (pieces.size() > kMostPieces) {
        std::vector<int> order = m_rows;
        const auto tail =
            std::stable_partition(order.begin(), order.end(), [&isGone](int row) { return !isGone(row); });
        pieces = {{static_cast<int>(tail - order.begin()), rowCount() - 1}};
        reorder(std::move(order));
    }
    for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece) {
        beginRemoveRows({}, piece->first, piece->second);
        m_rows.erase(m_rows.begin() + piece->first, m_rows.begin() + piece->second + 1);
        endRemoveRows();
    }
}

void ImageRowsModel::reorder(std::vector<int> order) {
    if (order == m_rows) return;
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    const QModelIndexList from = persistentIndexList();
    QHash<int, int> places;
    if (!from.isEmpty())
        for (size_t i = 0; i < order.size(); ++i)
            places.insert(order[i], static_cast<int>(i));
    QModelIndexList to;
    for (const QModelIndex& old : from)
        to << index(places.value(m_rows[static_cast<size_t>(old.row())]), old.column());
    m_rows = std::move(order);
    changePersistentIndexList(from, to);
    Q_EMIT layoutChanged({}, VerticalSortHint);
}

}  // namespace diagonal
