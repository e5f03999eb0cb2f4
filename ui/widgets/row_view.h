// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTreeView>
#include <vector>

namespace diagonal {

/// A list of painted rows under a real header: one column takes the room that the others leave.
class RowView : public QTreeView {
    Q_OBJECT

  public:
    /// widths: of the columns, in logical pixels; 0: shares what is left.
    explicit RowView(std::vector<int> widths, QWidget* parent = nullptr);
    void setModel(QAbstractItemModel* model) override;

  private:
    void fitColumns();

    std::vector<int> m_widths;
};

}  // namespace diagonal
