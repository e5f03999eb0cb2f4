// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTemporaryDir>
#include <QUndoStack>
#include <memory>

#include "ui/jobs/throttle.h"
#include "ui/matrix/matrix_session.h"
#include "ui/pictures/intake.h"
#include "ui/shell/pane_shell.h"

class QComboBox;
class QPushButton;

namespace diagonal {

class CaptionsPanel;
class ElidedLabel;
class EmptyState;
class MatrixSide;
class MatrixView;
class NoticeBar;
class Panel;
class Services;

/// Images against captions: the similarity matrix as a heatmap.
class MatrixPane : public PaneShell {
    Q_OBJECT

  public:
    explicit MatrixPane(Services& services, QWidget* parent = nullptr);
    ~MatrixPane() override;

    QString id() const override { return QStringLiteral("matrix"); }
    QString title() const override { return tr("Matrix"); }
    QList<QAction*> fileActions() const override { return {m_addImages, m_openPairs, m_export}; }
    QList<QAction*> editActions() const override {
        return {m_undoAction, m_redoAction, m_paste, m_editCaptions, m_copy, m_clear};
    }
    QList<QAction*> viewActions() const override { return {m_fit, m_zoomIn, m_zoomOut}; }
    bool openPaths(const QStringList& paths) override;

    Intake& intake() { return *m_intake; }
    MatrixSession& session() { return *m_session; }
    NoticeBar& notice() { return *m_notice; }
    QString heading() const;
    MatrixView& view() { return *m_view; }
    MatrixSide& side() { return *m_side; }
    QUndoStack& undoStack() { return m_undo; }
    void showSampleScenes();
    void openPairs(const QString& path);
    void editCaptions(bool shown);
    /// By the file's ending: .csv, .npy or .png.
    void exportTo(const QString& file);

  private:
    void makeActions();
    void makeToolbar();
    QWidget* makeEmptyState();
    void load(const QString& title, const QString& path, const std::function<MatrixItems(const JobContext&)>& read);
    void replace(const MatrixItems& items, const QString& path, const QString& text);
    void addImages(const QStringList& files, const Failures& failures);
    Intake::Reader pairReader();
    void itemsChanged();
    void analysed();
    void modelChanged();
    void showNotices();
    void chooseExport();
    void copyPicture();
    int limit() const;

    Services& m_services;
    QObject m_loadOwner;
    std::unique_ptr<QTemporaryDir> m_scenes;
    QString m_pairsPath;
    MatrixSession* m_session;
    Intake* m_intake;

    QUndoStack m_undo;
    Throttle m_refresh;

    QAction *m_undoAction, *m_redoAction, *m_paste, *m_addImages, *m_openPairs, *m_export, *m_editCaptions, *m_copy,
        *m_clear, *m_fit, *m_zoomIn, *m_zoomOut;
    ElidedLabel* m_source;
    QComboBox* m_limit;
    QPushButton *m_captionsButton, *m_exportButton;
    EmptyState *m_empty, *m_incomplete;
    NoticeBar* m_notice;
    Panel* m_captionsPanel;
    CaptionsPanel* m_captions;
    MatrixSide* m_side;
    MatrixView* m_view;
    bool m_noticeClosed = false;
};

}  // namespace diagonal
