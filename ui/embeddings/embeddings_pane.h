// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QUndoStack>

#include "ui/embeddings/embedding_job.h"
#include "ui/embeddings/source_view.h"
#include "ui/shell/pane_shell.h"

class QPushButton;

namespace diagonal {

class ExportPanel;
class SegmentedControl;
class Services;
class TextLabel;

/// Images, videos, texts or data sets become rows of numbers in a file.
class EmbeddingsPane : public PaneShell {
    Q_OBJECT

  public:
    explicit EmbeddingsPane(Services& services, QWidget* parent = nullptr);

    QString id() const override { return QStringLiteral("embeddings"); }
    QString title() const override { return tr("Embeddings"); }
    QList<QAction*> fileActions() const override;
    QList<QAction*> editActions() const override;
    bool openPaths(const QStringList& paths) override;
    bool hasNews() const override { return m_news || m_job.isRunning(); }

    SourceView& source() { return *m_source; }
    ExportPanel& exportPanel() { return *m_export; }
    EmbeddingJob& job() { return m_job; }
    QUndoStack& undoStack() { return m_undo; }
    void setTexts(bool texts);
    void setKind(SourceKind kind);
    Intake& intake() { return *m_intake; }
    /// Goes on where an earlier export of the same to this file was stopped.
    void exportTo(const QString& file);
    /// The images, or the texts, whichever are shown; undo brings them back.
    void clear();

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    void createActions();
    void createToolbar();
    void chooseExport();
    void refresh();
    QString leftText() const;
    void finished(qint64 rows, const Failures& failures);
    void setNews(bool news);

    Services& m_services;
    EmbeddingJob m_job;
    QUndoStack m_undo;
    Intake* m_intake;
    SourceView* m_source;
    ExportPanel* m_export;
    SegmentedControl* m_kind = nullptr;
    QPushButton* m_openButton = nullptr;
    QPushButton* m_folderButton = nullptr;
    QPushButton* m_clearButton = nullptr;
    TextLabel* m_count = nullptr;
    QAction* m_undoAction = nullptr;
    QAction* m_redoAction = nullptr;
    QAction* m_open = nullptr;
    QAction* m_openFolder = nullptr;
    QAction* m_exportAction = nullptr;
    QAction* m_paste = nullptr;
    QString m_file;
    bool m_news = false;
};

}  // namespace diagonal
