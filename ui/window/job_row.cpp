// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/job_row.h"

#include <QHBoxLayout>

#include "ui/style/theme.h"
#include "ui/widgets/bar.h"
#include "ui/widgets/busy_mark.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icon_button.h"
#include "ui/widgets/tabular.h"

namespace diagonal {

QString jobTitle(const JobState& job, bool isRun) {
    if (isRun || job.total <= 0) return job.title;
    const auto format = job.unit == kBytesPerSecond ? formatBytes : formatCount;
    return JobRow::tr("%1 %2 of %3").arg(job.title, format(job.done), format(job.total));
}

QString jobDetail(const JobState& job, bool isRun) {
    if (job.cancelling) return isRun ? JobRow::tr("stopping, saves first") : JobRow::tr("stopping");
    QStringList parts;
    if (isRun && job.total > 0) {
        const double share = 100.0 * static_cast<double>(job.done) / static_cast<double>(job.total);
        parts.append(formatShare(formatNumber(share, 1)));
    }
    if (job.perSecond > 0 && job.unit == kBytesPerSecond) {
        parts.append(JobRow::tr("%1/s").arg(formatBytes(static_cast<qint64>(job.perSecond))));
    } else if (job.perSecond > 0 && !job.unit.isEmpty()) {
        parts.append(formatRate(job.perSecond, job.unit));
    }
    if (job.secondsLeft >= 0 && job.done < job.total)
        parts.append(JobRow::tr("%1 left").arg(formatTimeLeft(job.secondsLeft)));
    return parts.join(QStringLiteral(" · "));
}

JobRow::JobRow(QWidget* parent)
    : QWidget(parent),
      m_mark(new BusyMark),
      m_title(new TabularLabel({}, 12, 500)),
      m_bar(new Bar(4)),
      m_detail(new TabularLabel({}, 12, 400, &Tokens::text2)),
      m_cancel(new IconButton(QStringLiteral("ui/close"), tr("Cancel"))) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(px(8));
    row->addStretch(1);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_mark, m_title, m_bar, m_detail, m_cancel})
        row->addWidget(widget);
    connect(m_cancel, &IconButton::clicked, this, [this] { Q_EMIT cancelRequested(m_id, m_isRun); });
    followTheme(this, [this] { m_bar->setFixedWidth(px(100)); });
}

void JobRow::show(const JobState& job, bool isRun) {
    m_id = job.id;
    m_isRun = isRun;
    if (job.done != m_done) m_mark->step();
    m_done = job.done;
    m_title->setText(jobTitle(job, isRun));
    m_bar->setVisible(job.total > 0);
    m_bar->setValue(job.total > 0 ? static_cast<double>(job.done) / static_cast<double>(job.total) : 0);
    m_detail->setText(jobDetail(job, isRun));
    m_cancel->setEnabled(!job.cancelling);
    m_cancel->setToolTip(isRun ? tr("Stop the run; it saves a checkpoint first") : tr("Cancel"));
    m_cancel->setAccessibleName(m_cancel->toolTip());
}

}  // namespace diagonal
