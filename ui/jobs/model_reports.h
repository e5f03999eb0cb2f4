// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QThreadPool>
#include <atomic>
#include <memory>

#include "engine/checkpoint/model_report.h"
#include "engine/hub/hub.h"
#include "ui/jobs/types.h"

namespace diagonal {

/// Reads what the Models pane shows, on a thread of its own: quick, so not among the jobs. UI thread only.
class ModelReports : public QObject {
    Q_OBJECT

  public:
    explicit ModelReports(QObject* parent = nullptr);
    ~ModelReports() override;

    /// Of a folder, file or run, or "demo". A newer request drops an older one.
    void read(const QString& path);
    /// Looks through the catalogue and the caches.
    void listHub();

  Q_SIGNALS:
    void finished(const QString& path, std::shared_ptr<const diagonal::ModelReport> report);
    void failed(const QString& path, const diagonal::JobError& error);
    void hubListed(const std::vector<diagonal::HubModel>& models);
    void hubFailed(const diagonal::JobError& error);

  private:
    std::atomic<quint64> m_latest = 0;
    QThreadPool m_pool;
};

}  // namespace diagonal
