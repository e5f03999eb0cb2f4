// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QObject>
#include <QStringList>
#include <QTemporaryDir>
#include <QTimer>
#include <memory>

#include "ui/jobs/engine_service.h"
#include "ui/label/label_list.h"
#include "ui/models/image_list.h"

namespace diagonal {

/// What the Label pane works on: images, labels and prompt, and the jobs that keep the scores up to date. UI thread
/// only.
class LabelSession : public QObject {
    Q_OBJECT

  public:
    explicit LabelSession(EngineService& engine, QObject* parent = nullptr);

    ImageList& images() { return m_images; }

    /// Files, folders and lists of files (.txt, .lst); walked on a worker thread, rows come while it walks.
    void addPaths(const QStringList& paths);
    /// A picture without a file becomes one, for as long as the program runs.
    void addImage(const QImage& image, const QString& name);

    /// As a person writes them: what is no label is left out.
    void setLabels(const QStringList& lines);
    const QStringList& labels() const { return m_labels.names; }
    const LabelList& labelList() const { return m_labels; }
    /// The texts that count as this label.
    QStringList synonyms(const QString& label) const;
    /// Each with its "{}"; several are an ensemble; none: labels as written.
    void setTemplates(const QStringList& templates);
    const QStringList& templates() const { return m_templates; }

    bool isEmbedding() const { return m_job != 0; }
    /// Images that wait because the person cancelled.
    bool isPaused() const { return m_paused; }
    bool isListing() const { return m_listings > 0; }
    /// Stops listing and labelling; what is done stays.
    void cancel();
    void resume();

    /// Labels too long for the model, whose end it did not read.
    const QStringList& truncatedLabels() const { return m_truncated; }
    /// Writes all scores as `diagonal-cli label` does, on a worker thread: JSON where the file ends in .json, else CSV.
    void exportScores(const QString& file);
    /// Whether a file is one of the pictures that were pasted (it will be gone).
    bool isTemporary(const QString& path) const;

  Q_SIGNALS:
    void imagesAdded(quint64 firstId);
    void labelsChanged();  ///< labels or templates
    void stateChanged();   ///< embedding, paused, truncated, listing
    void problem(const diagonal::JobError& error);
    void noted(const QString& text);
    void exported(const QString& file, int images, int failed);

  private:
    /// announced: the first of what was asked for, to be shown.
    void add(const QStringList& files, const std::vector<std::pair<QString, QString>>& failures, bool announced = true);
    void startEmbedding();
    void textsChanged();
    void embedLabels();
    void modelChanged();

    EngineService& m_engine;
    ImageList m_images;
    LabelList m_labels;
    QStringList m_templates, m_truncated;
    QTimer m_labelTimer;
    JobId m_job = 0;
    std::vector<JobId> m_listingJobs;
    quint64 m_run = 0, m_textRun = 0;  // answers to an earlier request are dropped
    int m_listings = 0;
    bool m_paused = false;
    int m_pasted = 0;
    std::unique_ptr<QTemporaryDir> m_pastedFolder;
};

}  // namespace diagonal
