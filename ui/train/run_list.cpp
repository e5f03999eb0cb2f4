// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/run_list.h"

#include <QFontMetrics>
#include <QMouseEvent>

#include "ui/widgets/format.h"

namespace diagonal {

namespace {

bool isActive(RunState state) {
    return state == RunState::Starting || state == RunState::Running || state == RunState::Stopping;
}

bool hasLink(const RunSummary& run) {
    return run.lastCheckpoint >= 0 &&
           (run.state == RunState::Stopped || run.state == RunState::Failed || run.state == RunState::Died);
}

QString linkText(const RunSummary& run) {
    return RunDelegate::tr("Resume from step %1").arg(formatCount(run.lastCheckpoint));
}

QString scorePercent(double part) {
    return formatShare(formatNumber(part * 100, 1));
}

QString scoreText(const RunSummary& run) {
    if (run.zeroShot >= 0) return RunDelegate::tr("Top-1  %1").arg(scorePercent(run.zeroShot));
    if (run.recallAt10 >= 0) return RunDelegate::tr("R@10  %1").arg(scorePercent(run.recallAt10));
    return {};
}

ColourRole stateColour(RunState state) {
    if (isActive(state)) return &Tokens::accent;
    if (state == RunState::Stopped) return &Tokens::warn;
    if (state == RunState::Failed || state == RunState::Died) return &Tokens::error;
    return &Tokens::text2;
}

}  // namespace

QString stateName(RunState state) {
    switch (state) {
        case RunState::Starting:
            return RunDelegate::tr("Starting");
        case RunState::Running:
            return RunDelegate::tr("Running");
        case RunState::Stopping:
            return RunDelegate::tr("Stopping");
        case RunState::Stopped:
            return RunDelegate::tr("Stopped");
        case RunState::Finished:
            return RunDelegate::tr("Finished");
        case RunState::Failed:
            return RunDelegate::tr("Failed");
        case RunState::Died:
            return RunDelegate::tr("Died");
    }
    return {};
}

QString stateDetail(const RunSummary& run) {
    if (!run.problem.isEmpty()) return run.problem;
    if (run.state == RunState::Finished) return RunDelegate::tr("%1 steps").arg(formatCount(run.step));
    if (run.state == RunState::Starting) return {};
    if (run.state == RunState::Failed && run.step == 0) return RunDelegate::tr("before the first step");
    if (run.state == RunState::Stopped || run.state == RunState::Died)
        return RunDelegate::tr("at step %1").arg(formatCount(run.step));
    return RunDelegate::tr("Step %1 of %2").arg(formatCount(run.step), formatCount(run.totalSteps));
}

int RunListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_runs.size());
}

QVariant RunListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const RunSummary& run = m_runs[static_cast<size_t>(index.row())];
    switch (role) {
        case Qt::DisplayRole:
            return run.name;
        case Qt::ToolTipRole:
            return (run.problem.isEmpty() ? QString() : run.problem + QLatin1Char('\n')) + formatPath(run.folder);
        case Qt::AccessibleTextRole:
            return QStringLiteral("%1, %2 %3").arg(run.name, stateName(run.state), stateDetail(run));
        case FolderRole:
            return run.folder;
        case SummaryRole:
            return QVariant::fromValue(run);
        default:
            return {};
    }
}

void RunListModel::setRuns(std::vector<RunSummary> runs) {
    beginResetModel();
    m_runs = std::move(runs);
    endResetModel();
}

void RunListModel::update(const RunSummary& run) {
    const int row = rowOf(run.folder);
    if (row >= 0) {
        m_runs[static_cast<size_t>(row)] = run;
        Q_EMIT dataChanged(index(row), index(row));
        return;
    }
    beginInsertRows({}, 0, 0);
    m_runs.insert(m_runs.begin(), run);
    endInsertRows();
}

int RunListModel::rowOf(const QString& folder) const {
    for (size_t i = 0; i < m_runs.size(); ++i)
        if (m_runs[i].folder == folder) return static_cast<int>(i);
    return -1;
}

QSize RunDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const {
    const auto run = index.data(RunListModel::SummaryRole).value<RunSummary>();
    const int lines = 2 + (scoreText(run).isEmpty() ? 0 : 1) + (hasLink(run) ? 1 : 0);
    return {px(180), px(20) + px(19) * lines + (isActive(run.state) ? px(12) : 0)};
}

QRect RunDelegate::linkRect(const QRect& item, const RunSummary& run) const {
    const QFontMetrics metrics(Theme::instance().font(12, 600));
    const int height = px(19);
    return {item.left() + px(16), item.bottom() - px(9) - height, metrics.horizontalAdvance(linkText(run)) + px(4),
            height};
}

void RunDelegate::paintCell(const Cell& cell, const QModelIndex& index) const {
    const auto run = index.data(RunListModel::SummaryRole).value<RunSummary>();
    const QRect& item = cell.rect;
    cell.ground();
    if (cell.isSelected)
        cell.painter.fillRect(cell.placed(QRect(item.left(), item.top(), px(3), item.height())),
                              colour(&Tokens::accent));
    const QRect text = item.adjusted(px(16), px(9), -px(16), -px(9));
    const auto line = [&](int number) {
        return QRect(text.left(), text.top() + number * px(19), text.width(), px(19));
    };
    const int last = scoreText(run).isEmpty() ? 1 : 2;
    cell.text(line(0), run.name, &Tokens::text, 13, 600);
    cell.text(line(1), stateName(run.state), stateColour(run.state), 12, 600);
    const int offset = cell.painter.fontMetrics().horizontalAdvance(stateName(run.state)) + px(8);
    const QString time = run.seconds > 0 ? formatTimeLeft(run.seconds) : QString();
    const int room = QFontMetrics(Theme::instance().font(12)).horizontalAdvance(time) + px(8);  // in its line
    cell.text(line(1).adjusted(offset, 0, last == 1 ? -room : 0, 0), stateDetail(run), &Tokens::text2);
    if (last == 2) cell.text(line(2).adjusted(0, 0, -room, 0), scoreText(run), &Tokens::text2);
    cell.number(line(last), time, &Tokens::text2);
    if (isActive(run.state)) {
        const double value =
            run.totalSteps > 0 ? static_cast<double>(run.step) / static_cast<double>(run.totalSteps) : 0;
        cell.bar(QRect(text.left(), text.bottom() - px(3), text.width(), px(4)), value, &Tokens::accent);
    }
    if (hasLink(run)) cell.text(linkRect(item, run), linkText(run), &Tokens::accent, 12, 600, Qt::ElideNone);
}

bool RunDelegate::editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                              const QModelIndex& index) {
    if (event->type() == QEvent::MouseButtonRelease) {
        const auto run = index.data(RunListModel::SummaryRole).value<RunSummary>();
        const auto* mouse = static_cast<QMouseEvent*>(event);
        if (mouse->button() == Qt::LeftButton && hasLink(run) &&
            QStyle::visualRect(option.direction, option.rect, linkRect(option.rect, run))
                .contains(mouse->position().toPoint())) {
            Q_EMIT resumeRequested(run.folder);
            return true;
        }
    }
    return QStyledItemDelegate::editorEvent(event, model, option, index);
}

}  // namespace diagonal
