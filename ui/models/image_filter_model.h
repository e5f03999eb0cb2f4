// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCollator>
#include <QSortFilterProxyModel>
#include <vector>

namespace diagonal {

struct ImageItem;

enum class ImageFilter { All, Sure, Unsure, Failed };
bool passes(const ImageItem& image, ImageFilter filter);
enum class ImageOrder { AsAdded, Name, Label, LeastSure, MostSure };

/// Rows of an ImageFilterModel, one after the other, that belong together.
struct ImageGroup {
    enum class Kind { Label, NoLabel, Unlabelled, Failed };

    Kind kind = Kind::Label;
    QString label;  ///< of Kind::Label
    int first = 0, count = 0;

    QString name() const;
};

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
    /// Images of one label stand together, in the order wanted.
    void setGrouped(bool grouped);
    bool isGrouped() const { return m_grouped; }
    /// Empty where nothing is grouped. Takes a while with a hundred thousand rows.
    std::vector<ImageGroup> groups() const;

  protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

  private:
    void sortAnew();
    const ImageItem& itemAt(int row) const;

    ImageFilter m_filter = ImageFilter::All;
    ImageOrder m_order = ImageOrder::AsAdded;
    bool m_grouped = false;
    QCollator m_collator;
};

}  // namespace diagonal
