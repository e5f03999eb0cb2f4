// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

class QMenu;
class QMenuBar;
class QStackedWidget;

namespace diagonal {

class NoticeBar;
class OpenRecentMenu;
class Pane;
class Rail;
class Services;
class StatusBar;

/// The window: menus, rail, the pane of the moment, notices, status bar.
class MainWindow : public QWidget {
    Q_OBJECT

  public:
    explicit MainWindow(Services& services, QWidget* parent = nullptr);

    /// Files and folders from the command line or a drop: models are opened, the rest goes to the pane shown, else to
    /// the first that has a use for it. From outside (at the start, from a file manager) pictures go to Label and runs
    /// to Train, whatever pane is shown.
    void openPaths(const QStringList& paths, bool fromOutside = false);
    void showPane(const QString& id);
    /// Closes without a question: a run saves, other work stops.
    void quit();
    /// Of all panes, in the order of the rail.
    static QStringList paneIds();
    QList<Pane*> panes() const { return m_panes; }
    Pane* currentPane() const;

  protected:
    void closeEvent(QCloseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    void buildMenus();
    void fillFileMenu();
    void fillViewMenu();
    void fillRunMenu();
    void fillModelMenu(QMenu* menu);
    void showPaneAt(int index);
    void takePaneActions();
    void cyclePanels(int direction);
    void openFiles();
    void openFolder();
    void showModels();
    void showModelMenu(const QPoint& globalPosition);
    void showNotice(const QString& text, bool isError);
    void showErrors();
    bool mayClose();
    void restore();

    Services& m_services;
    QMenuBar* m_menuBar;
    QMenu *m_fileMenu, *m_editMenu, *m_viewMenu, *m_modelMenu, *m_runMenu, *m_windowMenu, *m_helpMenu;
    OpenRecentMenu* m_recentMenu;
    Rail* m_rail;
    QStackedWidget* m_stack;
    NoticeBar *m_notice, *m_error;
    QStringList m_errors;  ///< not closed yet, the newest last
    bool m_isQuitting = false;
    StatusBar* m_status;
    QList<Pane*> m_panes;
    QTimer m_noticeTimer;
};

}  // namespace diagonal
