// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "engine/checkpoint/model_report.h"
#include "ui/jobs/types.h"

class QPushButton;

namespace diagonal {

class Bar;
class EngineService;
class TabularLabel;
class TextLabel;

/// The files with a model's weights, and on request their SHA-256.
class FilesSection : public QWidget {
    Q_OBJECT

  public:
    explicit FilesSection(EngineService& engine, QWidget* parent = nullptr);
    void setReport(std::shared_ptr<const ModelReport> report);
    void compute();
    /// Of the files, once computed; else empty.
    QStringList hashes() const;
    bool isComputing() const { return m_job != 0; }

  private:
    void showFiles();
    void showProgress();

    EngineService& m_engine;
    std::shared_ptr<const ModelReport> m_report;
    std::vector<FileHash> m_hashes;
    JobId m_job = 0;
    QObject* m_context = nullptr;  ///< of the job: replaced with the model
    QPushButton* m_compute;
    QPushButton* m_cancel;
    Bar* m_bar;
    TabularLabel* m_progress;
    TextLabel* m_error;
    QWidget* m_rows = nullptr;
};

}  // namespace diagonal
