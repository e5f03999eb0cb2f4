// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/panel.h"

class QStackedWidget;

namespace diagonal {

class ConfusionView;
class ElidedLabel;
class IconButton;
class ImageTableModel;
class BarList;
class SegmentedControl;

/// Below the table: images per label, and where folders name labels, how often folder and label agree.
class TableStrip : public Panel {
    Q_OBJECT

  public:
    explicit TableStrip(ImageTableModel& table, QWidget* parent = nullptr);
    BarList& counts() { return *m_counts; }
    ConfusionView& confusion() { return *m_confusion; }
    bool isOpen() const { return m_open; }
    void setOpen(bool open);
    void showConfusion(bool shown);

  Q_SIGNALS:
    void labelChosen(const QString& label);  ///< empty: none
    void countsExported(const QByteArray& csv);

  private:
    void refresh();
    void showPage();

    ImageTableModel& m_table;
    SegmentedControl* m_tabs;
    ElidedLabel* m_note;
    IconButton* m_fold;
    QStackedWidget* m_pages;
    BarList* m_counts;
    ConfusionView* m_confusion;
    bool m_open = true;
};

}  // namespace diagonal
