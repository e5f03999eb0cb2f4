// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSet>
#include <QTimer>

#include "engine/video/key_frames.h"
#include "ui/embeddings/embedding_job.h"
#include "ui/item_models/embedding_table_model.h"
#include "ui/widgets/panel.h"

class QComboBox;
class QPlainTextEdit;
class QStackedWidget;
class QTableView;

namespace diagonal {

class DataSource;
class EmbeddingItems;
class LinkLabel;
class SectionHeader;
class Services;
class TextLabel;

/// What the Embeddings pane embeds.
enum class SourceKind { Images, Texts, Data };

/// The left of the Embeddings pane: what is to be embedded, the first rows of what comes of it, and what failed.
class SourceView : public Panel {
    Q_OBJECT

  public:
    static constexpr int kPreviewRows = 24;

    SourceView(Services& services, Intake& intake, QWidget* parent = nullptr);

    void setKind(SourceKind kind);
    SourceKind kind() const { return m_kind; }
    bool isTexts() const { return m_kind == SourceKind::Texts; }
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
    /// Files of images, or texts; none of a data set.
    const QStringList& inputs() const;
    /// What is embedded now; null: nothing. sampling: of videos.
    std::shared_ptr<const EmbeddingItems> items(const VideoSampling& sampling) const;
    qint64 rows() const;         ///< as far as known: a video counts as one
    bool haveRowsTexts() const;  ///< rows are texts, also captions of a data set
    int videos() const { return m_videos; }
    qint64 nameBytes() const;  ///< what the names of the inputs take in a file, about
    const Failures& listFailures() const { return m_failures; }
    EmbeddingTableModel& preview() { return m_preview; }
    FailureTableModel& failures() { return m_failureRows; }
    QPlainTextEdit& editor() { return *m_editor; }
    LinkLabel& continueLink() { return *m_continue; }
    DataSource& data() { return *m_data; }
    QComboBox& columns() { return *m_columns; }

  Q_SIGNALS:
    void changed();

  private:
    /// A table of which a column has been taken.
    struct Table {
        QString file, column;
        QStringList columns, values;  ///< values: texts, or images' paths
        QStringList notes;
    };

    QWidget* emptyPage();
    QWidget* contentPage();
    QTableView* makeTable(QAbstractItemModel* model);
    void listed(const QStringList& files, const Failures& failures);
    void showListFailures();
    void refresh();
    void embedPreview();
    void embedFirstOfData();
    Intake::Reader reader();
    Intake::Reader textReader();
    Intake::Reader tableReader(Intake::Reader otherwise);
    void takeTable(const Table& table);
    void changeColumn();
    void showColumns();
    void setImages(const QStringList& images);
    void addImage(const QString& image);
    void setTexts(const QStringList& texts);

    Services& m_services;
    SourceKind m_kind = SourceKind::Images;
    bool m_normalized = true, m_isPart = false, m_isLocked = false;
    int m_videos = 0;
    qint64 m_imageBytes = 0, m_textBytes = 0;  ///< of names
    Intake& m_intake;
    Table m_textTable, m_imageTable;  ///< the last of each
    QStringList m_images, m_texts;
    QSet<QString> m_known;  ///< of m_images
    Failures m_failures;
    EmbeddingTableModel m_preview;
    FailureTableModel m_failureRows;
    QTimer m_previewTimer;
    QStackedWidget* m_pages;
    DataSource* m_data;
    QWidget* m_columnRow;
    TextLabel* m_tableName;
    QComboBox* m_columns;
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
