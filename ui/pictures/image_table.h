// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableView>

#include "ui/pictures/image_table_model.h"

namespace diagonal {

/// The table of images: columns sort, move and hide, and stay so. Only what is seen is drawn and decoded.
class ImageTable : public QTableView {
    Q_OBJECT

  public:
    explicit ImageTable(ImageTableModel& model, QWidget* parent = nullptr);
    /// One index a selected row, from top to bottom.
    QModelIndexList selectedRows() const;
    /// What of the model is seen, from left to right, without the pictures.
    QList<int> shownColumns() const;
    /// Selects and shows one; an invalid index clears.
    void choose(const QModelIndex& index);
    void showColumnMenu(const QPoint& position);
    void resetColumns();

  Q_SIGNALS:
    void currentImageChanged();

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

  private:
    void saveColumns() const;

    ImageTableModel& m_model;
};

}  // namespace diagonal
