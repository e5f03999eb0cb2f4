// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>

#include "ui/embeddings/embedding_job.h"
#include "ui/models/embedding_table_model.h"
#include "ui/widgets/panel.h"

class QPlainTextEdit;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace diagonal {

class SectionHeader;
class Services;

/// The left of the Embeddings pane: what is to be embedded, the first rows of what comes of it, and what failed.
class SourceView : public Panel {
    Q_OBJECT

  public:
    explicit SourceView(Services& services, QWidget* parent = nullptr);

    void setTexts(bool texts);
    bool isTexts() const { return m_isTexts; }
    void addPaths(const QStringList& paths);  ///< files and folders; of texts: text files
    void clear();
    void setNormalized(bool normalized);
    void showFailures(const Failures& failures);
    void revealFailures();

    QStringList inputs() const;
    const Failures& listFailures() const { return m_failures; }
    bool isListing() const { return m_listings > 0; }
    EmbeddingTableModel& preview() { return m_preview; }
    FailureTableModel& failures() { return m_failureRows; }
    QPlainTextEdit& editor() { return *m_editor; }

  Q_SIGNALS:
    void changed();
    void openImagesClicked();
    void openFolderClicked();

  private:
    QWidget* emptyPage();
    QWidget* contentPage();
    QTableView* makeTable(QAbstractItemModel* model);
    void listed(const QStringList& files, const Failures& failures);
    void refresh();
    void embedPreview();
    void openTexts(const QStringList& files);

    Services& m_services;
    bool m_isTexts = false, m_normalized = true;
    QStringList m_images;
    Failures m_failures;
    int m_listings = 0;
    EmbeddingTableModel m_preview;
    FailureTableModel m_failureRows;
    QTimer m_previewTimer;
    QStackedWidget* m_pages;
    QPlainTextEdit* m_editor;
    QWidget* m_editorSection;
    SectionHeader* m_previewHeader;
    QTableView* m_table;
    QWidget* m_failureSection;
    SectionHeader* m_failureHeader;
    QTableView* m_failureTable;
};

}  // namespace diagonal
