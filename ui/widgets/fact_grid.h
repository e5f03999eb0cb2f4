// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

class QGridLayout;

namespace diagonal {

/// Name and value; numbers stand tabular at the right.
struct Fact {
    QString name, value;
    bool isNumber = false;
    QString toolTip = {};
};

struct FactGroup {
    QString title;
    std::vector<Fact> facts;
};

/// Groups of facts side by side, as many as the width has room for.
class FactGrid : public QWidget {
    Q_OBJECT

  public:
    explicit FactGrid(QWidget* parent = nullptr);
    void setGroups(const std::vector<FactGroup>& groups);
    /// The value of a fact; empty when there is none of this name.
    QString value(const QString& name) const;

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void arrange();

    QGridLayout* m_grid;
    std::vector<FactGroup> m_groups;
    QList<QWidget*> m_widgets;
    int m_columns = 0;
};

}  // namespace diagonal
