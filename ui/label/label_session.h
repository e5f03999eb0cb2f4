// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QStringList>
#include <QTimer>
#include <memory>

#include "ui/jobs/engine_service.h"
#include "ui/label/label_list.h"
#include "ui/pictures/image_list.h"
#include "ui/pictures/intake.h"

namespace diagonal {

/// What the Label pane works on: images, labels and prompt, and the jobs that keep the scores up to date. UI thread
/// only.
class LabelSession : public QObject {
    Q_OBJECT

  public:
    explicit LabelSession(EngineService& engine, QObject* parent = nullptr);

    ImageList& images() { return m_images; }

    /// announced: the first of what was asked for, to be shown.
    void add(const QStringList& files, const Failures& failures, bool announced);

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
    bool isReadingLabels() const { return m_textJob != 0; }
    /// The labels were not read to the end, as the person cancelled or the model could not: no image has their scores.
    bool areTextsStopped() const { return m_textsStopped; }
    /// Stops labelling and reading the labels; what is done stays.
    void cancel();
    void resume();

    /// Labels too long for the model, whose end it did not read.
    const QStringList& truncatedLabels() const { return m_truncated; }
    /// Writes all scores as `diagonal-cli label` does, on a worker thread: JSON where the file ends in .json, else CSV.
    void exportScores(const QString& file);

  Q_SIGNALS:
    void imagesAdded(quint64 firstId);
    void labelsChanged();  ///< labels or templates
    void stateChanged();   ///< embedding, paused, truncated
    void problem(const diagonal::JobError& error);
    /// unfinished: images whose scores were still to come.
    void exported(const QString& file, int images, int failed, int unfinished);

  private:
    void startEmbedding();
    void textsChanged();
    void embedLabels();
    void modelChanged();

    EngineService& m_engine;
    ImageList m_images;
    LabelList m_labels;
    QStringList m_templates, m_truncated;
    QTimer m_labelTimer;
    JobId m_job = 0, m_textJob = 0;
    quint64 m_run = 0, m_textRun = 0;  // answers to an earlier request are dropped
    bool m_paused = false, m_textsStopped = false;
};

}  // namespace diagonal
