// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <memory>

#include "engine/index/search.h"

class QHBoxLayout;
class QCheckBox;
class QComboBox;

namespace diagonal {

class LineSlider;
class SegmentedControl;
class TabularLabel;
class TextLabel;

/// Below the query: which files are looked at, the library's background with the line, and how hits are shown.
class FilterBar : public QWidget {
    Q_OBJECT

  public:
    explicit FilterBar(QWidget* parent = nullptr);

    /// Folders, years, types and cameras that can be chosen.
    void setSnapshot(const std::shared_ptr<const Snapshot>& snapshot);
    /// Without the sources, which the folder panel chooses.
    SearchFilter filter() const;
    bool isFiltering() const;
    void reset();
    /// Of the last answer; nullptr: none.
    void showResult(const SearchResult* result);
    LineSlider& line() { return *m_line; }
    bool foldsAlike() const;
    bool showsTable() const;
    void setShowsTable(bool table);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void filterChanged();
    void lineChanged();
    void foldChanged(bool fold);
    void viewChanged(bool table);

  protected:
    /// In a narrow window the line stands below the filters.
    void resizeEvent(QResizeEvent* event) override;

  private:
    QComboBox* makeBox(const QString& name);
    void fill(QComboBox* box, const QString& any, const QList<std::pair<QString, QVariant>>& items);
    void chooseFolder();
    void chooseDates();
    void showLine();
    void arrange();

    QWidget *m_boxes, *m_rest;
    QHBoxLayout* m_row;
    QComboBox *m_folder, *m_date, *m_type, *m_size, *m_camera;
    LineSlider* m_line;
    TextLabel *m_lineName, *m_lineState;
    TabularLabel* m_lineValue;
    QCheckBox* m_fold;
    SegmentedControl* m_view;
};

}  // namespace diagonal
