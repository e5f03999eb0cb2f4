// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringList>
#include <optional>
#include <vector>

#include "ui/jobs/engine_service.h"

namespace diagonal {

/// Embeds lists of texts one after the other while they are wanted, so that pictures and typing get their turn between
/// two. UI thread only.
class TextStudy : public QObject {
    Q_OBJECT

  public:
    struct Part {
        QStringList texts, templates;
        std::optional<Embeddings> embeddings = {};
    };

    explicit TextStudy(EngineService& engine, QObject* parent = nullptr);

    /// What is to be embedded; the same parts keep what they have.
    void setParts(std::vector<Part> parts);
    const std::vector<Part>& parts() const { return m_parts; }
    /// Works only while it is on.
    void setOn(bool on);
    bool isComplete() const;
    /// By the person, or as a text could not be embedded; other parts, another model and resume() go on.
    bool isStopped() const { return m_stopped; }
    void resume();

  Q_SIGNALS:
    void changed();

  private:
    void begin();
    void next();

    EngineService& m_engine;
    std::vector<Part> m_parts;
    bool m_on = false, m_stopped = false;
    JobId m_job = 0;
    quint64 m_run = 0;  ///< answers to an earlier request are dropped
};

}  // namespace diagonal
