// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pictures/image_rows_model.h"

namespace diagonal {

enum class ImageOrder { AsAdded, Name, Label, LeastSure, MostSure };

/// Rows of an ImageGridModel, one after the other, that belong together.
struct ImageGroup {
    enum class Kind { Label, NoLabel, Unlabelled, Failed };

    Kind kind = Kind::Label;
    QString label;  ///< of Kind::Label
    int first = 0, count = 0;

    QString name() const;
};

/// The images that a person wants to see, in the order wanted.
class ImageGridModel : public ImageRowsModel {
    Q_OBJECT

  public:
    using ImageRowsModel::ImageRowsModel;

    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

    void setFilter(ImageFilter filter);
    ImageFilter filter() const { return m_filter; }
    void setOrder(ImageOrder order);
    ImageOrder order() const { return m_order; }
    /// Images of one label stand together, in the order wanted.
    void setGrouped(bool grouped);
    bool isGrouped() const { return m_grouped; }
    /// As they were when the rows were last ordered; empty where nothing is grouped.
    std::vector<ImageGroup> groups() const;

  protected:
    std::vector<Row> wantedRows() override;

  private:
    void putInOrder(std::vector<int>& rows) const;

    ImageFilter m_filter = ImageFilter::All;
    ImageOrder m_order = ImageOrder::AsAdded;
    bool m_grouped = false;
    std::vector<ImageGroup> m_groups;  ///< by the rows' group number, without places
};

}  // namespace diagonal
