// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCollator>
#include <QSortFilterProxyModel>

namespace diagonal {

struct ImageItem;

enum class ImageFilter { All, Sure, Unsure, Failed };
bool passes(const ImageItem& image, ImageFilter filter);
enum class ImageOrder { AsAdded, Name, Label, LeastSure, MostSure };

/// For names and labels in the person's language: 9 before 10, case does not count.
QCollator naturalCollator();

/// The images of an ImageListModel that a person wants to see, in the order wanted.
class ImageFilterModel : public QSortFilterProxyModel {
    Q_OBJECT

  public:
    explicit ImageFilterModel(QObject* parent = nullptr);
    void setFilter(ImageFilter filter);
    ImageFilter filter() const { return m_filter; }
    void setOrder(ImageOrder order);
    ImageOrder order() const { return m_order; }

  protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

  private:
    ImageFilter m_filter = ImageFilter::All;
    ImageOrder m_order = ImageOrder::AsAdded;
    QCollator m_collator;
};

}  // namespace diagonal
