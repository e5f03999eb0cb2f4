// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>

#include "ui/pictures/image_table_model.h"
#include "ui/widgets/panel.h"

class QComboBox;
class QLineEdit;
class QStackedWidget;

namespace diagonal {

class ElidedLabel;
class ImageFilterChips;
class ImageTable;
class LinkLabel;
class TableStrip;

/// The Table view of the Label pane: filters, table, counts and confusion.
class TableColumn : public Panel {
    Q_OBJECT

  public:
    explicit TableColumn(ImageList& images, QWidget* parent = nullptr);

    ImageTableModel& shown() { return m_shown; }
    ImageTable& table() { return *m_table; }
    TableStrip& strip() { return *m_strip; }
    ImageFilterChips& chips() { return *m_chips; }
    QLineEdit& search() { return *m_search; }
    /// Rows of the list model, in the order shown.
    QList<int> selectedRows() const;
    int currentRow() const;  ///< of the list model; -1: none
    /// Selects a row of the list model, or the first that is shown.
    void chooseRow(int row);
    /// Among what is shown.
    int position() const;
    void chooseAt(int position);  ///< or as near as there is a row
    void step(int by);
    QString selectionAsText() const;
    void clearFilters();

  Q_SIGNALS:
    void currentImageChanged();
    void opened();  ///< the current image is to be looked at

  private:
    QWidget* createHead();
    void applyFilter();
    void setFilter(const std::optional<QString>& label, const std::optional<QString>& truth);
    void updateHead();
    void updateLabels();

    ImageList& m_images;
    ImageTableModel m_shown;
    ImageFilterChips* m_chips;
    QLineEdit* m_search;
    QComboBox* m_labels;
    ElidedLabel* m_count;
    LinkLabel* m_clear;
    ImageTable* m_table;
    TableStrip* m_strip;
    QStackedWidget* m_pages;
    QTimer m_typing;
    std::optional<QString> m_truth;
    QStringList m_known;  ///< labels that the box has; empty: none
};

}  // namespace diagonal
