// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringList>
#include <memory>
#include <vector>

#include "ui/jobs/engine_service.h"

namespace diagonal {

class Searcher;
class Services;

/// A list of texts, a line each (or the column of captions of a table), of which those nearest to a picture are asked.
/// Embedded once a model, when somebody asks. UI thread only.
class CaptionList : public QObject {
    Q_OBJECT

  public:
    struct Nearest {
        QString text;
        float cosine = 0;
    };

    explicit CaptionList(Services& services, QObject* parent = nullptr);
    /// Empty: no list. Kept in the settings.
    void setFile(const QString& file);
    QString file() const { return m_file; }
    int count() const { return static_cast<int>(m_texts.size()); }
    bool isReady() const { return m_rows != nullptr; }
    bool isBusy() const { return m_isBusy; }
    /// The row of the library whose captions are wanted; without a searcher none. It is read by a worker thread.
    void setPicture(std::shared_ptr<const Searcher> searcher, int64_t row = -1);
    const std::vector<Nearest>& nearest() const { return m_nearest; }

  Q_SIGNALS:
    void changed();
    void failed(const diagonal::JobError& error);

  private:
    void embed();
    void look();

    Services& m_services;
    QObject m_readOwner, m_embedOwner, m_lookOwner;
    QString m_file;
    QStringList m_texts;
    std::shared_ptr<const std::vector<float>> m_rows;  ///< of the open model
    std::shared_ptr<const Searcher> m_searcher;
    int64_t m_row = -1;
    std::vector<Nearest> m_nearest;
    int m_models = 0;  ///< counts those that were open
    JobId m_embedJob = 0;
    bool m_isBusy = false, m_isStopped = false;
};

/// The texts of a file, each once: lines, or of a table with a head the column "caption", "text", "title" or the last.
/// Throws Error. Any thread.
QStringList readCaptions(const QString& file);

}  // namespace diagonal
