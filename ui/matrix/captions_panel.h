// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

class QCheckBox;
class QPlainTextEdit;

namespace diagonal {

class TextLabel;

/// Captions, one a line, in the pane itself; the matrix follows while they are typed.
class CaptionsPanel : public QWidget {
    Q_OBJECT

  public:
    explicit CaptionsPanel(QWidget* parent = nullptr);
    /// Leaves the text alone when it already says these.
    void setCaptions(const QStringList& captions, int images, bool paired);
    QStringList captions() const;
    void focusEditor();

  Q_SIGNALS:
    void captionsEdited(const QStringList& captions);
    void pairedChanged(bool paired);
    void closeRequested();

  private:
    void showCounts();

    QPlainTextEdit* m_editor;
    QCheckBox* m_paired;
    TextLabel* m_counts;
    QTimer m_delay;
    int m_images = 0;
};

}  // namespace diagonal
