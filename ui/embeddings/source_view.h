// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>

#include "ui/embeddings/embedding_job.h"
#include "ui/item_models/embedding_table_model.h"
#include "ui/widgets/panel.h"

class QPlainTextEdit;
class QStackedWidget;
class QTableView;

namespace diagonal {

class LinkLabel;
class SectionHeader;
class Services;

/// The left of the Embeddings pane: what is to be embedded, the first rows of what comes of it, and what failed.
class SourceView : public Panel {
    Q_OBJECT

  public:
    SourceView(Services& services, Intake& intake, QWidget* parent = nullptr);

    void setTexts(bool texts);
    bool isTexts() const { return m_isTexts; }
    void openFiles();
    /// What is to be embedded: all that clearing takes away.
    struct Content {
        QStringList images;
        Failures failures;  ///< of listing them
        QStringList texts;
    };
    Content content() const;
    void setContent(const Content& content);
    /// Of the editor, as if typed: it can be taken back.
    void showTexts(const QStringList& texts);
    /// While they are embedded, texts are not edited.
    void setLocked(bool locked);
    void setNormalized(bool normalized);
    void showFailures(const Failures& failures);
    void revealFailures();

    const QStringList& texts() const { return m_texts; }
    const QStringList& inputs() const { return m_isTexts ? m_texts : m_images; }
    const Failures& listFailures() const { return m_failures; }
    EmbeddingTableModel& preview() { return m_preview; }
    FailureTableModel& failures() { return m_failureRows; }
    QPlainTextEdit& editor() { return *m_editor; }
    LinkLabel& continueLink() { return *m_continue; }

  Q_SIGNALS:
    void changed();

  private:
    QWidget* emptyPage();
    QWidget* contentPage();
    QTableView* makeTable(QAbstractItemModel* model);
    void listed(const QStringList& files, const Failures& failures);
    void showListFailures();
    void refresh();
    void embedPreview();
    Intake::Reader textReader();

    Services& m_services;
    bool m_isTexts = false, m_normalized = true, m_isPart = false, m_isLocked = false;
    Intake& m_intake;
    QStringList m_images, m_texts;
    Failures m_failures;
    EmbeddingTableModel m_preview;
    FailureTableModel m_failureRows;
    QTimer m_previewTimer;
    QStackedWidget* m_pages;
    QPlainTextEdit* m_editor;
    QWidget* m_editorSection;
    SectionHeader* m_textsHeader;
    SectionHeader* m_previewHeader;
    LinkLabel* m_continue;  ///< shown where the preview was stopped
    QTableView* m_table;
    QWidget* m_failureSection;
    SectionHeader* m_failureHeader;
    QTableView* m_failureTable;
};

}  // namespace diagonal
