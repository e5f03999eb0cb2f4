// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/accessible/factory.h"

#include <QAbstractItemView>
#include <QAbstractSlider>
#include <algorithm>

#include "ui/accessible/cells.h"
#include "ui/evaluate/confusion_matrix.h"
#include "ui/widgets/format.h"
#include "ui/widgets/heatmap.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/plot.h"
#include "ui/widgets/temperature_slider.h"

namespace diagonal {

namespace {

/// Item views that are neither QListView, QTableView nor QTreeView.
class AccessibleItems : public AccessibleCells {
  public:
    explicit AccessibleItems(QAbstractItemView& view)
        : AccessibleCells(&view, QAccessible::List, QAccessible::ListItem), m_view(view) {}

    int cells() const override { return m_view.model() != nullptr ? m_view.model()->rowCount(m_view.rootIndex()) : 0; }
    QString cellText(int cell) const override {
        const QString spoken = at(cell).data(Qt::AccessibleTextRole).toString();
        return spoken.isEmpty() ? at(cell).data(Qt::DisplayRole).toString() : spoken;
    }
    QRect cellRect(int cell) const override { return m_view.visualRect(at(cell)); }
    int cellAt(const QPoint& point) const override { return m_view.indexAt(point).row(); }
    int currentCell() const override { return m_view.currentIndex().row(); }
    bool isSelected(int cell) const override {
        return m_view.selectionModel() != nullptr && m_view.selectionModel()->isSelected(at(cell));
    }
    void setCurrentCell(int cell) override { m_view.setCurrentIndex(at(cell)); }
    QWidget* cellSurface() const override { return m_view.viewport(); }

  private:
    QModelIndex at(int cell) const { return m_view.model()->index(cell, 0, m_view.rootIndex()); }

    QAbstractItemView& m_view;
};

/// A matrix whose current cell alone is selected.
class AccessibleMatrix : public AccessibleCells, public QAccessibleTableInterface {
  public:
    explicit AccessibleMatrix(QWidget& view) : AccessibleCells(&view, QAccessible::Table, QAccessible::Cell) {}

    int cells() const override { return rowCount() * columnCount(); }
    int columns() const override { return std::max(1, columnCount()); }
    bool isSelected(int cell) const override { return cell == currentCell(); }

    void* interface_cast(QAccessible::InterfaceType type) override {
        if (type == QAccessible::TableInterface) return static_cast<QAccessibleTableInterface*>(this);
        return AccessibleCells::interface_cast(type);
    }
    QAccessibleInterface* caption() const override { return nullptr; }
    QAccessibleInterface* summary() const override { return nullptr; }
    using AccessibleCells::cellAt;
    QAccessibleInterface* cellAt(int row, int column) const override {
        const bool isThere = row >= 0 && row < rowCount() && column >= 0 && column < columnCount();
        return isThere ? child(row * columns() + column) : nullptr;
    }
    int selectedCellCount() const override { return currentCell() < 0 ? 0 : 1; }
    QList<QAccessibleInterface*> selectedCells() const override {
        return currentCell() < 0 ? QList<QAccessibleInterface*>() : QList<QAccessibleInterface*>{child(currentCell())};
    }
    int selectedRowCount() const override { return 0; }
    int selectedColumnCount() const override { return 0; }
    QList<int> selectedRows() const override { return {}; }
    QList<int> selectedColumns() const override { return {}; }
    bool isRowSelected(int) const override { return false; }
    bool isColumnSelected(int) const override { return false; }
    bool selectRow(int) override { return false; }
    bool selectColumn(int) override { return false; }
    bool unselectRow(int) override { return false; }
    bool unselectColumn(int) override { return false; }
    void modelChange(QAccessibleTableModelChangeEvent*) override {}  // cells are numbers: none is out of date

  protected:
    int number(const QPoint& cell) const { return cell.x() < 0 ? -1 : cell.y() * columns() + cell.x(); }
};

class AccessibleHeatmap : public AccessibleMatrix {
  public:
    explicit AccessibleHeatmap(HeatmapView& view) : AccessibleMatrix(view), m_view(view) {}

    QString cellText(int cell) const override { return m_view.cellText(cell / columns(), cell % columns()); }
    QRect cellRect(int cell) const override {
        return m_view.cellRect(cell / columns(), cell % columns()).toAlignedRect();
    }
    using AccessibleMatrix::cellAt;
    int cellAt(const QPoint& point) const override { return number(m_view.cellAt(point)); }
    int currentCell() const override { return number(m_view.currentCell()); }
    QString cellValue(int cell) const override {
        return formatCosine(m_view.value(cell / columns(), cell % columns()));
    }
    void setCurrentCell(int cell) override { m_view.setCurrentCell({cell % columns(), cell / columns()}); }
    int rowCount() const override { return m_view.rows(); }
    int columnCount() const override { return m_view.columns(); }
    QString rowDescription(int row) const override { return m_view.rowName(row); }
    QString columnDescription(int column) const override { return m_view.columnName(column); }

  private:
    HeatmapView& m_view;
};

/// Labels down, answers across.
class AccessibleConfusion : public AccessibleMatrix {
  public:
    explicit AccessibleConfusion(ConfusionMatrix& matrix) : AccessibleMatrix(matrix), m_matrix(matrix) {}

    QString cellText(int cell) const override { return m_matrix.cellText(cell / columns(), cell % columns()); }
    QString cellValue(int cell) const override { return m_matrix.cellValue(cell / columns(), cell % columns()); }
    QRect cellRect(int cell) const override { return m_matrix.cellRect(cell / columns(), cell % columns()); }
    using AccessibleMatrix::cellAt;
    int cellAt(const QPoint& point) const override { return number(m_matrix.cellAt(point)); }
    int currentCell() const override { return number(m_matrix.currentCell()); }
    void setCurrentCell(int cell) override { m_matrix.setCurrentCell({cell % columns(), cell / columns()}); }
    int rowCount() const override { return m_matrix.size(); }
    int columnCount() const override { return m_matrix.size(); }
    QString rowDescription(int row) const override { return m_matrix.name(row); }
    QString columnDescription(int column) const override { return m_matrix.name(column); }

  private:
    ConfusionMatrix& m_matrix;
};

/// Its value is what the legend says at the cursor.
class AccessiblePlot : public QAccessibleWidget {
  public:
    explicit AccessiblePlot(PlotView& plot) : QAccessibleWidget(&plot, QAccessible::Chart), m_plot(plot) {}

    QString text(QAccessible::Text kind) const override {
        return kind == QAccessible::Value ? m_plot.reading() : QAccessibleWidget::text(kind);
    }

  private:
    PlotView& m_plot;
};

/// A slider in temperatures, where the widget counts positions of its logarithm.
class AccessibleTemperature : public QAccessibleWidget, public QAccessibleValueInterface {
  public:
    explicit AccessibleTemperature(TemperatureTrack& track)
        : QAccessibleWidget(&track, QAccessible::Slider), m_track(track) {}

    void* interface_cast(QAccessible::InterfaceType type) override {
        if (type == QAccessible::ValueInterface) return static_cast<QAccessibleValueInterface*>(this);
        return QAccessibleWidget::interface_cast(type);
    }
    QString text(QAccessible::Text kind) const override {
        return kind == QAccessible::Value ? formatTemperature(m_track.temperature()) : QAccessibleWidget::text(kind);
    }
    QVariant currentValue() const override { return m_track.temperature(); }
    void setCurrentValue(const QVariant& value) override {
        m_track.setValue(TemperatureTrack::positionOf(value.toDouble()));
    }
    QVariant maximumValue() const override { return TemperatureSlider::kHighest; }
    QVariant minimumValue() const override { return TemperatureSlider::kLowest; }
    QVariant minimumStepSize() const override { return TemperatureSlider::kLowest; }

  private:
    TemperatureTrack& m_track;
};

/// A slider whose value is read as its description says it: a relevance, a time.
class AccessibleSlider : public QAccessibleWidget, public QAccessibleValueInterface {
  public:
    explicit AccessibleSlider(QAbstractSlider& slider)
        : QAccessibleWidget(&slider, QAccessible::Slider), m_slider(slider) {}

    void* interface_cast(QAccessible::InterfaceType type) override {
        if (type == QAccessible::ValueInterface) return static_cast<QAccessibleValueInterface*>(this);
        return QAccessibleWidget::interface_cast(type);
    }
    QString text(QAccessible::Text kind) const override {
        return QAccessibleWidget::text(kind == QAccessible::Value ? QAccessible::Description : kind);
    }
    QVariant currentValue() const override { return m_slider.value(); }
    void setCurrentValue(const QVariant& value) override { m_slider.setValue(value.toInt()); }
    QVariant maximumValue() const override { return m_slider.maximum(); }
    QVariant minimumValue() const override { return m_slider.minimum(); }
    QVariant minimumStepSize() const override { return m_slider.singleStep(); }

  private:
    QAbstractSlider& m_slider;
};

/// Widgets that say all there is by name and description.
const QHash<QString, QAccessible::Role>& roles() {
    static const QHash<QString, QAccessible::Role> all{
        {QStringLiteral("diagonal::ChoiceRow"), QAccessible::Grouping},
        {QStringLiteral("diagonal::ColourLegend"), QAccessible::Graphic},
        {QStringLiteral("diagonal::FewShotPlot"), QAccessible::Chart},
        {QStringLiteral("diagonal::FrontPlot"), QAccessible::Chart},
        {QStringLiteral("diagonal::HistogramView"), QAccessible::Chart},
        {QStringLiteral("diagonal::MetricTile"), QAccessible::Chart},
        {QStringLiteral("diagonal::NoticeBar"), QAccessible::AlertMessage},
        {QStringLiteral("diagonal::PictureView"), QAccessible::Graphic},
        {QStringLiteral("diagonal::PromptPreview"), QAccessible::StaticText},
        {QStringLiteral("diagonal::RegionView"), QAccessible::Graphic},
        {QStringLiteral("diagonal::ReliabilityPlot"), QAccessible::Chart},
        {QStringLiteral("diagonal::ResultsChart"), QAccessible::Chart},
        {QStringLiteral("diagonal::SampleGrid"), QAccessible::Graphic},
        {QStringLiteral("diagonal::SplitBar"), QAccessible::Chart},
        {QStringLiteral("diagonal::StateIcon"), QAccessible::Graphic},
        {QStringLiteral("diagonal::WordsHistogram"), QAccessible::Chart},
    };
    return all;
}

QAccessibleInterface* make(const QString& className, QObject* object) {
    if (className == QLatin1String("QAbstractItemView")) {
        if (auto* view = qobject_cast<QAbstractItemView*>(object)) return new AccessibleItems(*view);
    } else if (className == QLatin1String("diagonal::HeatmapView")) {
        return new AccessibleHeatmap(*static_cast<HeatmapView*>(object));
    } else if (className == QLatin1String("diagonal::ConfusionMatrix")) {
        return new AccessibleConfusion(*static_cast<ConfusionMatrix*>(object));
    } else if (className == QLatin1String("diagonal::PlotView")) {
        return new AccessiblePlot(*static_cast<PlotView*>(object));
    } else if (className == QLatin1String("diagonal::TemperatureTrack")) {
        return new AccessibleTemperature(*static_cast<TemperatureTrack*>(object));
    } else if (className == QLatin1String("diagonal::LineSlider") ||
               className == QLatin1String("diagonal::MomentTimeline")) {
        return new AccessibleSlider(*static_cast<QAbstractSlider*>(object));
    }
    const auto role = roles().find(className);
    return role != roles().end() ? new QAccessibleWidget(static_cast<QWidget*>(object), *role) : nullptr;
}

}  // namespace

void installAccessibility() {
    QAccessible::installFactory(make);
}

}  // namespace diagonal
