// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "ui/pictures/confusion.h"
#include "ui/pictures/image_rows_model.h"

namespace diagonal {

/// How far the best label leads the next, in percentage points.
double leadPoints(const ImageItem& image);

struct ImageTableFilter {
    ImageFilter state = ImageFilter::All;
    QStringList words;             ///< each in the name, the folder's name, the label or the error
    std::optional<QString> label;  ///< that was given; empty: none was
    std::optional<QString> truth;  ///< that the folder's name says

    bool operator==(const ImageTableFilter&) const = default;
    bool isActive() const { return *this != ImageTableFilter(); }
};

/// Images with their scores in columns. Starts in the order as added.
class ImageTableModel : public ImageRowsModel {
    Q_OBJECT

  public:
    enum Column { Picture, Name, Folder, Label, Probability, Cosine, Lead, Second, Pixels, Verdict, ColumnCount };

    using ImageRowsModel::ImageRowsModel;

    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    /// column -1: as added. Images without a value stand last, whatever the order.
    void sort(int column, Qt::SortOrder order) override;

    void setFilter(const ImageTableFilter& filter);
    const ImageTableFilter& filter() const { return m_filter; }
    static bool isNumber(int column);
    /// Tab-separated with a head line; numbers in full, for a spreadsheet.
    QString asText(const QModelIndexList& rows, const QList<int>& columns) const;
    /// True and given labels of all images, as far as their folders' names say the truth.
    Confusion confusion() const;

  protected:
    std::vector<Row> wantedRows() override;

  private:
    bool accepts(const ImageItem& image, const FolderLabels& folders) const;
    QString text(const ImageItem& image, int column) const;
    QString plainText(const ImageItem& image, int column) const;
    QString verdict(const ImageItem& image) const;
    QString second(const ImageItem& image) const;

    ImageTableFilter m_filter;
    int m_column = -1;
    Qt::SortOrder m_order = Qt::AscendingOrder;
};

}  // namespace diagonal
