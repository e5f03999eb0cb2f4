// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/fact_grid.h"

#include <QGridLayout>

#include "ui/style/layouts.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/section_header.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

namespace {

constexpr int kGroupWidth = 250, kNameWidth = 108, kMostColumns = 3;

QWidget* makeGroup(const FactGroup& group) {
    auto* widget = new QWidget;
    auto* rows = new QGridLayout;
    rows->setHorizontalSpacing(px(12));
    rows->setVerticalSpacing(px(6));
    rows->setColumnStretch(1, 1);
    rows->setColumnMinimumWidth(0, px(kNameWidth));
    int line = 0;
    for (const Fact& fact : group.facts) {
        rows->addWidget(new TextLabel(fact.name, 12, 400, &Tokens::text2), line, 0, Qt::AlignTop);
        QWidget* value = nullptr;
        if (fact.isNumber) {
            value = new TabularLabel(fact.value, 12, 500);
        } else {
            auto* words = makeWrapped(fact.value, 12, 500);
            words->setTextInteractionFlags(Qt::TextSelectableByMouse);
            value = words;
        }
        value->setToolTip(fact.toolTip);
        value->setAccessibleName(fact.name + QStringLiteral(": ") + fact.value);
        rows->addWidget(value, line++, 1);
    }
    widget->setLayout(makeColumn({new SectionHeader(group.title), rows, stretch(1)}));
    return widget;
}

}  // namespace

FactGrid::FactGrid(QWidget* parent) : QWidget(parent), m_grid(new QGridLayout(this)) {
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(px(32));
    m_grid->setVerticalSpacing(px(8));
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void FactGrid::setGroups(const std::vector<FactGroup>& groups) {
    m_groups = groups;
    qDeleteAll(m_widgets);
    m_widgets.clear();
    for (const FactGroup& group : groups)
        m_widgets << makeGroup(group);
    m_columns = 0;
    arrange();
}

QString FactGrid::value(const QString& name) const {
    for (const FactGroup& group : m_groups)
        for (const Fact& fact : group.facts)
            if (fact.name == name) return fact.value;
    return {};
}

void FactGrid::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

void FactGrid::arrange() {
    const int columns = qBound(1, width() / px(kGroupWidth), kMostColumns);
    if (columns == m_columns) return;
    m_columns = columns;
    while (QLayoutItem* item = m_grid->takeAt(0))
        delete item;
    for (int column = 0; column < kMostColumns; ++column)
        m_grid->setColumnStretch(column, column < columns ? 1 : 0);
    for (int i = 0; i < m_widgets.size(); ++i)
        m_grid->addWidget(m_widgets[i], i / columns, i % columns);
    updateGeometry();
}

}  // namespace diagonal
