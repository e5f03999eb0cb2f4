// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QTimer>
#include <vector>

#include "ui/pictures/image_list.h"

namespace diagonal {

/// Images of an ImageList, chosen and ordered by a subclass. Kept as row numbers, so that a hundred thousand are chosen
/// and ordered anew in one go, and at most every second while scores stream in. Make it before whatever reads it in
/// answer to the list's signals. UI thread only.
class ImageRowsModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Role { ItemRole = Qt::UserRole, SubclassRole };

    explicit ImageRowsModel(ImageList& images, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    const ImageList& images() const { return m_images; }
    /// Of the list; -1: none.
    int imageRow(const QModelIndex& index) const;
    const ImageItem* imageAt(const QModelIndex& index) const;  ///< nullptr: none
    /// Where a row of the list stands; invalid where it is not shown.
    QModelIndex indexOf(int imageRow) const;
    /// Chooses and orders anew, now.
    void refresh();
    /// Refreshes where that is due.
    void settle();
    /// Whether anybody looks: else nothing is ordered anew until somebody does, or settle() is called.
    void setLive(bool live);

  Q_SIGNALS:
    void refreshed();

  protected:
    struct Row {
        int image = 0;  ///< row of the list
        int group = 0;  ///< a number of the subclass's own, that stays with the row
    };

    /// What to show, each image once.
    virtual std::vector<Row> wantedRows() = 0;
    const std::vector<Row>& rows() const { return m_rows; }
    /// What is shown of images changed: to be painted now, to be ordered anew before long.
    void contentChanged();

  private:
    void requestRefresh(int milliseconds);
    void show(std::vector<Row> wanted);
    void reorder(std::vector<Row> order);
    void drop(const std::vector<bool>& isGone);

    ImageList& m_images;
    std::vector<Row> m_rows;
    QTimer m_timer;
    int m_interval = 1000;
    bool m_live = true, m_due = false;
};

}  // namespace diagonal
