// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model_pane/model_downloads.h"

#include <algorithm>

#include "engine/hub/hub.h"
#include "ui/base/paths.h"
#include "ui/jobs/engine_service.h"

namespace diagonal {

ModelDownloads::ModelDownloads(EngineService& engine, QObject* parent) : QObject(parent), m_engine(engine) {
    connect(&engine, &EngineService::jobsChanged, this, &ModelDownloads::takeProgress);
}

void ModelDownloads::get(const QString& hubName) {
    if (state(hubName).job != 0) return;
    auto path = std::make_shared<std::filesystem::path>();
    EngineService::TaskHandler handler;
    handler.finished = [this, hubName, path] {
        m_states.remove(hubName);
        Q_EMIT changed(hubName);
        Q_EMIT got(hubName, fromPath(*path));
    };
    handler.failed = [this, hubName](const JobError& error) {
        m_states[hubName] = {0, {}, error.text()};
        Q_EMIT changed(hubName);
        Q_EMIT failed(hubName, error);
    };
    handler.cancelled = [this, hubName] {
        m_states.remove(hubName);
        Q_EMIT changed(hubName);
    };
    DownloadState started;
    started.job = m_engine.runLongTask(
        this, tr("Getting %1").arg(hubName), kBytesPerSecond,
        [path, name = hubName.toStdString()](const JobContext& job) { *path = getModel(name, job); },
        std::move(handler));
    m_states[hubName] = started;
    Q_EMIT changed(hubName);
}

void ModelDownloads::cancel(const QString& hubName) {
    if (const JobId job = state(hubName).job; job != 0) m_engine.cancel(job);
}

bool ModelDownloads::isRunning() const {
    return std::any_of(m_states.begin(), m_states.end(), [](const DownloadState& state) { return state.job != 0; });
}

void ModelDownloads::takeProgress() {
    for (const JobState& job : m_engine.jobs()) {
        for (auto found = m_states.begin(); found != m_states.end(); ++found) {
            if (found->job != job.id) continue;
            found->progress = job;
            Q_EMIT changed(found.key());
        }
    }
}

}  // namespace diagonal
