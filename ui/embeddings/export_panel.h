// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/embeddings/embedding_job.h"
#include "ui/widgets/panel.h"

class QCheckBox;
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

    QString format() const;  ///< "csv", "npy" or "safetensors"
    bool normalized() const;
    /// What there is to write; dim 0: no model yet.
    void setAmount(bool texts, qint64 rows, qint64 dim, qint64 nameBytes, const QString& model);

    void showProgress(qint64 done, qint64 total, double perSecond, double secondsLeft);
    void showResult(const QString& text, const QString& file, qint64 failures);
    void showStopped(const QString& text);
    void setRunning(bool running);
    QString formatHint() const;
    QString resultText() const;
    QPushButton& exportButton() { return *m_export; }

  Q_SIGNALS:
    void exportClicked();
    void cancelClicked();
    void normalizedChanged(bool normalized);
    void showFolderClicked();
    void showFailuresClicked();

  private:
    QWidget* optionsSection();
    QWidget* amountSection();
    QWidget* runSection();
    void refresh();

    SegmentedControl* m_format;
    QCheckBox* m_normalize;
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
    bool m_texts = false, m_running = false;
    qint64 m_rows = 0, m_dim = 0, m_nameBytes = 0;
    QString m_model;
};

}  // namespace diagonal
