// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QObject>

#include "ui/model_pane/model_list_model.h"

namespace diagonal {

class EngineService;

/// Gets models from the hub, several at a time. UI thread only.
class ModelDownloads : public QObject {
    Q_OBJECT

  public:
    explicit ModelDownloads(EngineService& engine, QObject* parent = nullptr);

    void get(const QString& hubName);
    void cancel(const QString& hubName);
    DownloadState state(const QString& hubName) const { return m_states.value(hubName); }
    bool isRunning() const;

  Q_SIGNALS:
    void changed(const QString& hubName);
    void got(const QString& hubName, const QString& path);
    void failed(const QString& hubName, const diagonal::JobError& error);

  private:
    void takeProgress();

    EngineService& m_engine;
    QHash<QString, DownloadState> m_states;
};

}  // namespace diagonal
