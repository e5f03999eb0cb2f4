// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QTimer>
#include <functional>
#include <vector>

#include "ui/models/image_list_model.h"

namespace diagonal {

/// Images of an ImageListModel, chosen and ordered by a subclass, perhaps with other rows between them. Kept as row
/// numbers, so that a hundred thousand are chosen and ordered anew in one go, and at most every second while scores
/// stream in. Make it before whatever reads it in answer to the list model's signals. UI thread only.
class ImageRowsModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    explicit ImageRowsModel(ImageListModel& images, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    const ImageListModel& images() const { return m_images; }
    /// Of the list model; -1: none.
    int imageRow(const QModelIndex& index) const;
    const ImageItem* imageAt(const QModelIndex& index) const;  ///< nullptr: none
    /// Where a row of the list model stands; invalid where it is not shown.
    QModelIndex indexOf(int imageRow) const;
    /// Chooses and orders anew, now.
    void refresh();

  Q_SIGNALS:
    void refreshed();

  protected:
    /// The rows to show: of the list model, or negative ones of the subclass's own, each once.
    virtual std::vector<int> wantedRows() = 0;
    const std::vector<int>& rows() const { return m_rows; }

  private:
    void requestRefresh(int milliseconds);
    void show(std::vector<int> wanted);
    void reorder(std::vector<int> order);
    void drop(const std::function<bool(int)>& isGone);

    ImageListModel& m_images;
    std::vector<int> m_rows;
    QTimer m_timer;
    int m_interval = 1000;
};

}  // namespace diagonal
