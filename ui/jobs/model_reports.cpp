// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/model_reports.h"

#include "engine/checkpoint/model_folder.h"
#include "ui/base/paths.h"
#include "ui/jobs/engine_service.h"

namespace diagonal {

ModelReports::ModelReports(EngineService& engine, QObject* parent) : QObject(parent), m_engine(engine) {
}

void ModelReports::read(const QString& path) {
    auto report = std::make_shared<ModelReport>();
    m_engine.runTask(&m_readOwner, {},
                     [path, report](const JobContext&) { *report = reportOf(resolveModel(toPath(path).native())); },
                     {[this, path, report] { Q_EMIT finished(path, report); },
                      [this, path](const JobError& error) { Q_EMIT failed(path, error); },
                      {}});
}

void ModelReports::listHub() {
    auto models = std::make_shared<std::vector<HubModel>>();
    m_engine.runTask(&m_hubOwner, {}, [models](const JobContext&) { *models = hubModels(); },
                     {[this, models] { Q_EMIT hubListed(*models); },
                      [this](const JobError& error) { Q_EMIT hubFailed(error); },
                      {}});
}

}  // namespace diagonal
