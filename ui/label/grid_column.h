// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pictures/image_grid_model.h"
#include "ui/pictures/image_list.h"
#include "ui/widgets/panel.h"

namespace diagonal {

class ImageFilterChips;
class ImageGrid;
class TextLabel;

/// The left of the Label pane: filters with counts, order, thumbnails.
class GridColumn : public Panel {
    Q_OBJECT

  public:
    explicit GridColumn(ImageList& images, QWidget* parent = nullptr);

    ImageGrid& grid() { return *m_grid; }
    ImageGridModel& shown() { return m_shown; }
    ImageFilterChips& chips() { return *m_chips; }
    /// Rows of the list model, in the order shown.
    QList<int> selectedRows() const;
    int currentRow() const;  ///< of the list model; -1: none
    void chooseRow(int row);
    bool isShown(int row) const { return m_shown.indexOf(row).isValid(); }
    /// Among what is shown: "13 of 42".
    int position() const;
    void step(int by);

  private:
    void updateCounts();
    void showOrders();

    ImageList& m_images;
    ImageGridModel m_shown;
    ImageFilterChips* m_chips;
    ImageGrid* m_grid;
    TextLabel* m_none;
};

}  // namespace diagonal
