// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QActionGroup>
#include <QSplitter>

#include "engine/base/file.h"
#include "ui/base/paths.h"
#include "ui/base/settings.h"
#include "ui/label/compare_view.h"
#include "ui/label/confusion_view.h"
#include "ui/label/grid_column.h"
#include "ui/label/image_filter_chips.h"
#include "ui/label/label_pane.h"
#include "ui/label/table_column.h"
#include "ui/label/table_strip.h"
#include "ui/pictures/image_grid.h"
#include "ui/pictures/image_table.h"
#include "ui/shell/save_as.h"
#include "ui/shell/services.h"
#include "ui/widgets/format.h"
#include "ui/widgets/row_view.h"
#include "ui/widgets/segmented_control.h"

namespace diagonal {

namespace {

const QString kConfusionEnding = QStringLiteral(".confusion.csv");

}  // namespace

// The views, in the order of the toolbar: one line each.
void LabelPane::createViews() {
    m_views = new SegmentedControl;
    m_views->setAccessibleName(tr("View"));
    m_viewActions = new QActionGroup(this);
    addView("picture", tr("Picture"), "ui/picture", {"Alt+1"}, m_columns);
    addView("table", tr("Table"), "ui/table", {"Alt+2"}, m_table);
    addView("compare", tr("Compare"), "ui/compare", {"Alt+3"}, m_compare);

    m_views->setCurrentIndex(0);
    connect(m_views, &SegmentedControl::activated, this, [this](int view) { showView(m_viewList[view].id); });
    connect(m_table, &TableColumn::opened, this, [this] { showView("picture"); });
    connect(&m_table->strip(), &TableStrip::countsExported, this, [this](const QByteArray& csv) {
        saveAs(m_services, this, tr("Export"), QStringLiteral("counts.csv"), {tr("CSV"), QStringLiteral(".csv")}, csv);
    });
    connect(&m_table->strip().confusion(), &ConfusionView::exportClicked, this, [this](const QByteArray& csv) {
        saveAs(m_services, this, tr("Export"), "labels" + kConfusionEnding, {tr("CSV"), QStringLiteral(".csv")}, csv);
    });
}

void LabelPane::addView(const QString& id, const QString& text, const QString& icon, const QKeySequence& keys,
                        QWidget* page) {
    QAction* action = makeAction(text, keys, [this, id] { showView(id); });
    action->setCheckable(true);
    action->setChecked(m_viewList.isEmpty());
    m_viewActions->addAction(action);
    const int segment = m_views->addSegment(text, id, icon);
    m_views->setSegmentToolTip(segment, tr("%1 (%2)").arg(text, keys.toString(QKeySequence::NativeText)));
    addPage(page);
    m_viewList << View{id, page, action};
}

void LabelPane::showView(const QString& id) {
    const auto view =
        std::find_if(m_viewList.begin(), m_viewList.end(), [&id](const View& one) { return one.id == id; });
    if (view == m_viewList.end()) return;
    const int row = currentRow();
    m_views->setCurrentIndex(static_cast<int>(view - m_viewList.begin()));
    view->action->setChecked(true);
    settings().setValue("label/view", id);
    chooseRow(row);
    updateState();
    currentChanged();
    if (m_session.images().rowCount() == 0) return;
    if (id == "table") m_table->table().setFocus();
    if (id == "picture") m_grid->grid().setFocus();
}

QString LabelPane::currentView() const {
    return m_views->currentData().toString();
}

bool LabelPane::showsComparison() const {
    return m_views != nullptr && currentView() == "compare";
}

bool LabelPane::showsTable() const {
    return m_views != nullptr && currentView() == "table";
}

int LabelPane::currentRow() const {
    return showsTable() ? m_table->currentRow() : m_grid->currentRow();
}

QList<int> LabelPane::selectedRows() const {
    if (showsComparison()) return m_compare->selectedRows();
    return showsTable() ? m_table->selectedRows() : m_grid->selectedRows();
}

void LabelPane::chooseRow(int row) {
    if (showsTable()) {
        m_table->chooseRow(row);
        return;
    }
    m_grid->shown().settle();
    if (row >= 0 && !m_grid->isShown(row)) m_grid->chips().setCurrentIndex(0);
    m_grid->chooseRow(row);
}

void LabelPane::step(int by) {
    if (showsComparison())
        m_compare->step(by);
    else
        showsTable() ? m_table->step(by) : m_grid->step(by);
}

QAbstractItemView& LabelPane::viewItems() {
    if (showsComparison()) return m_compare->list();
    if (showsTable()) return m_table->table();
    return m_grid->grid();
}

void LabelPane::chooseExport() {
    QList<SaveFormat> formats = {{tr("CSV"), QStringLiteral(".csv")}, {tr("JSON"), QStringLiteral(".json")}};
    if (!m_table->shown().confusion().isEmpty()) formats << SaveFormat{tr("Confusion matrix"), kConfusionEnding};
    const QString file = chooseSaveFile(this, tr("Export"), QStringLiteral("labels.csv"), formats);
    if (!file.isEmpty()) exportTo(file);
}

void LabelPane::exportTo(const QString& file) {
    if (!file.endsWith(kConfusionEnding, Qt::CaseInsensitive)) {
        m_session.exportScores(file);
        return;
    }
    ConfusionModel matrix;
    matrix.set(m_table->shown().confusion());
    if (matrix.confusion().isEmpty())
        m_services.notifyError({shownName(file), tr("no picture lies in a folder that is named like a label"),
                                tr("Name the folders like labels, or export another format.")});
    else
        saveTo(m_services, this, file,
               [file, csv = matrix.csv().toStdString()](const JobContext&) { writeFile(toPath(file), csv); });
}

}  // namespace diagonal
