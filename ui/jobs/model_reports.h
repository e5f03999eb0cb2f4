// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <memory>

#include "engine/checkpoint/model_report.h"
#include "engine/hub/hub.h"
#include "ui/jobs/types.h"

namespace diagonal {

class EngineService;

/// Reads what the Models pane shows, as tasks: quick, so not among the jobs. UI thread only.
class ModelReports : public QObject {
    Q_OBJECT

  public:
    explicit ModelReports(EngineService& engine, QObject* parent = nullptr);

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
    EngineService& m_engine;
    QObject m_readOwner, m_hubOwner;
};

}  // namespace diagonal
