// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/video/key_frames.h"
#include "ui/embeddings/embedding_job.h"
#include "ui/widgets/panel.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QPushButton;

namespace diagonal {

class Bar;
class BusyMark;
class LinkLabel;
class SegmentedControl;
class TabularLabel;
class TextLabel;

/// The right of the Embeddings pane: how to write, what will be written, and how far it is.
class ExportPanel : public Panel {
    Q_OBJECT

  public:
    explicit ExportPanel(QWidget* parent = nullptr);

    QString format() const;  ///< "csv", "npy", "safetensors" or "projector"
    bool normalized() const;
    FloatType type() const;
    VideoSampling sampling() const;
    /// What there is to write.
    struct Amount {
        bool texts = false, data = false;  ///< data: of a data set
        qint64 rows = 0;
        int videos = 0;  ///< among the rows, each as one
        qint64 dim = 0;  ///< 0: no model yet
        qint64 nameBytes = 0;
        QString model;
    };
    void setAmount(const Amount& amount);

    void showProgress(qint64 done, qint64 total, double perSecond, double secondsLeft);
    void showResult(const QString& text, const QString& file, qint64 failures);
    /// canResume: what was embedded waits for another run.
    void showStopped(const QString& text, bool canResume = false);
    void setRunning(bool running);
    QString formatHint() const;
    QString resultText() const;
    QPushButton& exportButton() { return *m_export; }
    LinkLabel& resumeLink() { return *m_resume; }
    LinkLabel& discardLink() { return *m_discard; }
    QComboBox& formats() { return *m_format; }
    SegmentedControl& types() { return *m_type; }

  Q_SIGNALS:
    void exportClicked();
    void cancelClicked();
    void normalizedChanged(bool normalized);
    void resumeClicked();
    void discardClicked();
    void showFolderClicked();
    void showFailuresClicked();

  private:
    QWidget* optionsSection();
    QWidget* videoSection();
    QWidget* amountSection();
    QWidget* runSection();
    void refresh();

    QComboBox* m_format;
    SegmentedControl* m_type;
    QCheckBox* m_normalize;
    QWidget* m_videos;
    QDoubleSpinBox* m_every;
    QCheckBox* m_patches;
    TextLabel* m_formatHint;
    TextLabel* m_amount;
    TextLabel* m_details;
    QPushButton* m_export;
    QWidget* m_progressRow;
    BusyMark* m_busy;
    Bar* m_bar;
    TabularLabel* m_progress;
    QPushButton* m_cancel;
    QWidget* m_resultRow;
    TextLabel* m_result;
    LinkLabel* m_folder;
    LinkLabel* m_failures;
    LinkLabel* m_resume;
    LinkLabel* m_discard;
    Amount m_amountOf;
    bool m_running = false;
};

}  // namespace diagonal
