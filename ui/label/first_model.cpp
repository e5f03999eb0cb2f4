// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/label/first_model.h"

#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <algorithm>

#include "ui/base/paths.h"
#include "ui/shell/services.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/link_label.h"

namespace diagonal {

namespace {

const std::string kFirst = "ViT-B/32";
constexpr double kBytesASecond = 10e6 / 8;

}  // namespace

FirstModel::FirstModel(Services& services, QWidget* parent)
    : QWidget(parent),
      m_services(services),
      m_reports(services.engine()),
      m_get(new LinkLabel({})),
      m_open(new LinkLabel(tr("Open a CLIP model…"))),
      m_make(new LinkLabel(tr("Make one from your photographs…"))) {
    m_make->setToolTip(tr("Choose a folder of photographs with captions; the next steps say what is missing"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(px(12));
    row->addWidget(new TextLabel(tr("For photographs:"), 12, 400, &Tokens::text2));
    for (LinkLabel* link : {m_get, m_open, m_make}) {
        link->setLook(12, 600);
        row->addWidget(link);
    }
    row->addStretch(1);
    m_get->hide();
    connect(&m_reports, &ModelReports::hubListed, this, &FirstModel::offer);
    connect(m_get, &QAbstractButton::clicked, this, &FirstModel::get);
    connect(m_open, &QAbstractButton::clicked, &services, &Services::modelsRequested);
    connect(m_make, &QAbstractButton::clicked, this, &FirstModel::makeOwn);
}

void FirstModel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (m_get->isHidden()) m_reports.listHub();
}

void FirstModel::offer(const std::vector<HubModel>& models) {
    const auto found = std::ranges::find(models, kFirst, [](const HubModel& one) { return one.about.name; });
    if (found == models.end()) return;
    m_model = *found;
    const auto bytes = static_cast<qint64>(m_model.about.bytes);
    const QString name = QString::fromStdString(kFirst);
    m_get->setText(m_model.path.empty()
                       ? tr("Get %1 (%2, %3 at 10 Mbit/s)")
                             .arg(name, formatBytes(bytes), formatTimeLeft(static_cast<double>(bytes) / kBytesASecond))
                       : tr("Open %1, which is on this computer").arg(name));
    m_get->setAccessibleName(m_get->text());
    m_get->updateGeometry();
    m_get->show();
}

/// Opened once it is there; the status bar tells how far that is.
void FirstModel::get() {
    if (!m_model.path.empty()) return m_services.openModel(fromPath(m_model.path));
    m_get->setEnabled(false);
    auto path = std::make_shared<std::filesystem::path>();
    EngineService::TaskHandler handler;
    handler.finished = [this, path] {
        m_get->setEnabled(true);
        m_services.openModel(fromPath(*path));
    };
    handler.failed = [this](const JobError& error) {
        m_get->setEnabled(true);
        m_services.notifyError(error);
    };
    handler.cancelled = [this] { m_get->setEnabled(true); };
    m_services.engine().runLongTask(
        this, tr("Getting %1").arg(QString::fromStdString(kFirst)), kBytesPerSecond,
        [path](const JobContext& job) { *path = getModel(kFirst, job); }, std::move(handler));
}

void FirstModel::makeOwn() {
    const QString folder =
        QFileDialog::getExistingDirectory(this, tr("Photographs to make a model from"), QDir::homePath());
    if (!folder.isEmpty()) Q_EMIT m_services.paneRequested(QStringLiteral("train"), {folder});
}

}  // namespace diagonal
