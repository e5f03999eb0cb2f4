// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/results_model.h"

#include <algorithm>
#include <cmath>

#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"
#include "ui/evaluate/shown_row.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

QString numberText(const ReportColumn& column, double value) {
    if (!std::isfinite(value)) return QStringLiteral("–");
    const bool hasOne = column.isShare || QString::fromStdString(column.metric).endsWith(QLatin1String("rank"));
    return formatNumber(ResultsModel::shown(column, value), hasOne ? 1 : 3);
}

bool hasInterval(const Metric& metric) {
    return std::isfinite(metric.ci95.low) && std::isfinite(metric.ci95.high) && metric.ci95.high > metric.ci95.low;
}

/// A round distance, about a fifth of the range.
double stepOf(double range) {
    const double power = std::pow(10, std::floor(std::log10(std::max(range / 3, 1e-6))));
    for (const double factor : {1.0, 2.0, 5.0})
        if (range <= factor * power * 5) return factor * power;
    return 10 * power;
}

}  // namespace

int ResultsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_table.rows.size());
}

int ResultsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : FirstFigure + static_cast<int>(m_table.columns.size());
}

QString ResultsModel::promptsOf(int row) const {
    return QString::fromStdString(m_table.rows[static_cast<size_t>(row)].prompts);
}

int ResultsModel::rowOf(const QString& modelPath, const QString& prompts) const {
    for (int row = 0; row < rowCount(); ++row)
        if (fromPath(m_report->models[modelOf(row)].model) == modelPath && promptsOf(row) == prompts) return row;
    return -1;
}

int ResultsModel::bestRow() const {
    for (int row = 0; row < rowCount() && columnCount() > FirstFigure; ++row)
        if (const Standing* place = standing(row, FirstFigure); place != nullptr && place->isBest) return row;
    return rowCount() > 0 ? 0 : -1;
}

QString ResultsModel::groupOf(int column) const {
    return engineText(figure(column).group);
}

QString ResultsModel::headOf(int column) const {
    return engineText(figure(column).head);
}

const Metric* ResultsModel::metric(int row, int column) const {
    return m_table.metric(static_cast<size_t>(row), static_cast<size_t>(column - FirstFigure));
}

const Standing* ResultsModel::standing(int row, int column) const {
    const auto& one = m_table.standings[static_cast<size_t>(column - FirstFigure)][static_cast<size_t>(row)];
    return one ? &*one : nullptr;
}

bool ResultsModel::isAsAbove(int row, int column) const {
    if (metric(row, column) != nullptr) return false;
    for (int above = row - 1; above >= 0 && modelOf(above) == modelOf(row); --above)
        if (metric(above, column) != nullptr) return true;
    return false;
}

bool ResultsModel::isCompared(int column) const {
    const auto& all = m_table.standings[static_cast<size_t>(column - FirstFigure)];
    return std::ranges::count_if(all, [](const auto& one) { return one.has_value(); }) > 1;
}

QString ResultsModel::sentence(int row, int column) const {
    if (column < FirstFigure) return {};
    const QString name = tr("%1, %2", "group, figure").arg(groupOf(column), headOf(column));
    const Metric* one = metric(row, column);
    if (one == nullptr)
        return isAsAbove(row, column) ? tr("%1: as above, prompts do not matter").arg(name) : tr("%1: none").arg(name);
    const ReportColumn& about = figure(column);
    QString text = QStringLiteral("%1: %2").arg(name, numberText(about, one->value));
    if (hasInterval(*one))
        text += tr(", 95% interval %1 to %2").arg(numberText(about, one->ci95.low), numberText(about, one->ci95.high));
    const Standing* place = standing(row, column);
    if (place == nullptr || !isCompared(column)) return text;
    if (place->isBest) return text + tr(", the best");
    const QString away = numberText(about, std::abs(place->difference));
    text += place->isWithinNoise ? tr(", %1 behind the best: within noise").arg(away)
                                 : tr(", %1 behind the best").arg(away);
    if (std::isfinite(place->ci95.low) && std::isfinite(place->ci95.high))
        text +=
            tr(" (difference %1 to %2)").arg(numberText(about, place->ci95.low), numberText(about, place->ci95.high));
    if (place->mcNemar)
        text += *place->mcNemar < 0.001 ? tr(", McNemar p < 0.001")
                                        : tr(", McNemar p = %1").arg(formatNumber(*place->mcNemar, 3));
    return text;
}

QVariant ResultsModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const int row = index.row(), column = index.column();
    const QString model = QString::fromStdString(m_report->modelName(modelOf(row)));
    if (column < FirstFigure) {
        const QString text = column == Model ? model : promptTitle(promptsOf(row));
        if (role == Qt::ToolTipRole && column == Model) return fromPath(m_report->models[modelOf(row)].path);
        if (role == Qt::DisplayRole || role == Qt::AccessibleTextRole || role == Qt::ToolTipRole) return text;
        return {};
    }
    if (role == Qt::ToolTipRole || role == Qt::AccessibleTextRole) return sentence(row, column);
    if (role != Qt::DisplayRole) return {};
    const Metric* one = metric(row, column);
    return one == nullptr ? QString() : numberText(figure(column), one->value);
}

QVariant ResultsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::DisplayRole)
        return section == Model ? tr("Model") : section == Prompts ? tr("Prompts") : headOf(section);
    if ((role == Qt::ToolTipRole || role == Qt::AccessibleTextRole) && section >= FirstFigure)
        return tr("%1, %2", "group, figure").arg(groupOf(section), headOf(section));
    return {};
}

ResultsModel::Axis ResultsModel::axisOf(size_t column) const {
    const ReportColumn& about = m_table.columns[column];
    double low = INFINITY, high = -INFINITY;
    Axis axis;
    axis.best = NAN;
    for (size_t row = 0; row < m_table.rows.size(); ++row) {
        const Metric* one = m_table.metric(row, column);
        if (one == nullptr || !std::isfinite(one->value)) continue;
        for (const double value : {one->value, hasInterval(*one) ? one->ci95.low : one->value,
                                   hasInterval(*one) ? one->ci95.high : one->value}) {
            low = std::min(low, shown(about, value));
            high = std::max(high, shown(about, value));
        }
        if (const auto& place = m_table.standings[column][row]; place && place->isBest)
            axis.best = shown(about, one->value);
    }
    if (low > high) return axis;
    // Shares have whole numbers at their ends, and none above 100.
    const double step = about.isShare ? std::max(1.0, stepOf(high - low)) : stepOf(std::max(high - low, 0.01));
    axis.low = std::floor(low / step) * step;
    axis.high = std::ceil(high / step) * step;
    if (axis.low == axis.high && about.isShare && axis.high >= 100)
        axis.low -= step;
    else if (axis.low == axis.high)
        axis.high += step;
    if (about.isShare && axis.low >= 0 && axis.low < step) axis.low = 0;
    return axis;
}

void ResultsModel::set(std::shared_ptr<const EvaluationReport> report) {
    beginResetModel();
    m_report = std::move(report);
    m_table = m_report ? tableOf(*m_report) : EvaluationTable();
    m_axes.clear();
    for (size_t column = 0; column < m_table.columns.size(); ++column)
        m_axes.push_back(axisOf(column));
    endResetModel();
}

void ResultsModel::setStale(bool stale) {
    if (m_isStale == stale) return;
    m_isStale = stale;
    if (rowCount() > 0) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

}  // namespace diagonal
