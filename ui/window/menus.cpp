// SPDX-License-Identifier: GPL-3.0-or-later
#include <QActionGroup>
#include <QApplication>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenuBar>
#include <QStackedWidget>

#include "ui/base/model_paths.h"
#include "ui/base/settings.h"
#include "ui/shell/open_recent.h"
#include "ui/shell/pane.h"
#include "ui/shell/services.h"
#include "ui/style/theme.h"
#include "ui/widgets/format.h"
#include "ui/window/dialogs.h"
#include "ui/window/guide.h"
#include "ui/window/main_window.h"

namespace diagonal {

namespace {

bool hasShortcut(const QList<QAction*>& actions, const QKeySequence& keys) {
    for (const QAction* action : actions)
        if (action->shortcuts().contains(keys)) return true;
    return false;
}

QString lastFolder(const QString& key) {
    return settings().value(QStringLiteral("folders/") + key, QDir::homePath()).toString();
}

void keepFolder(const QString& key, const QString& folder) {
    settings().setValue(QStringLiteral("folders/") + key, folder);
}

}  // namespace

void MainWindow::buildMenus() {
    m_fileMenu = m_menuBar->addMenu(tr("&File"));
    m_recentMenu = new OpenRecentMenu(m_services, this);
    connect(m_recentMenu, &OpenRecentMenu::folderChosen, this, [this](const QString& folder) { openPaths({folder}); });
    m_editMenu = m_menuBar->addMenu(tr("&Edit"));
    m_viewMenu = m_menuBar->addMenu(tr("&View"));
    m_modelMenu = m_menuBar->addMenu(tr("&Model"));
    m_runMenu = m_menuBar->addMenu(tr("&Run"));
    m_windowMenu = m_menuBar->addMenu(tr("&Window"));
    m_helpMenu = m_menuBar->addMenu(tr("&Help"));

    connect(m_modelMenu, &QMenu::aboutToShow, this, [this] {
        m_modelMenu->clear();
        fillModelMenu(m_modelMenu);
    });
    fillModelMenu(m_modelMenu);

    for (int i = 0; i < m_panes.size(); ++i) {
        QAction* action = m_windowMenu->addAction(m_panes[i]->title(), this, [this, i] { showPaneAt(i); });
        action->setShortcut(QKeySequence(QStringLiteral("Ctrl+%1").arg(i + 1)));
    }
    m_windowMenu->addSeparator();
    m_windowMenu->addAction(tr("Next panel"), QKeySequence(Qt::Key_F6), this, [this] { cyclePanels(1); });
    m_windowMenu->addAction(tr("Previous panel"), QKeySequence(Qt::SHIFT | Qt::Key_F6), this,
                            [this] { cyclePanels(-1); });
    m_windowMenu->addSeparator();
    m_windowMenu->addAction(tr("Full screen"), QKeySequence(Qt::Key_F11), this,
                            [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });

    if (!guideFolder().isEmpty())
        m_helpMenu->addAction(tr("User guide"), QKeySequence(QKeySequence::HelpContents), this,
                              [this] { showGuide(this); });
    m_helpMenu->addAction(tr("Messages…"), this, [this] { showMessages(this, m_services.notices()); });
    m_helpMenu->addAction(tr("Keyboard shortcuts…"), this, [this] { showShortcuts(this); });
    m_helpMenu->addSeparator();
    m_helpMenu->addAction(tr("About Diagonal…"), this, [this] { showAbout(this); });
    takePaneActions();
}

void MainWindow::takePaneActions() {
    const Pane* pane = currentPane();
    fillFileMenu();
    m_editMenu->clear();
    if (pane != nullptr) m_editMenu->addActions(pane->editActions());
    m_editMenu->setEnabled(!m_editMenu->isEmpty());
    fillViewMenu();
    fillRunMenu();
}

void MainWindow::fillFileMenu() {
    m_fileMenu->clear();
    const QList<QAction*> own = currentPane() != nullptr ? currentPane()->fileActions() : QList<QAction*>();
    // A pane that opens files itself does so under the usual keys.
    if (!hasShortcut(own, QKeySequence::Open))
        m_fileMenu->addAction(tr("Open…"), QKeySequence(QKeySequence::Open), this, &MainWindow::openFiles);
    const QKeySequence folderKeys(Qt::CTRL | Qt::SHIFT | Qt::Key_O);
    if (!hasShortcut(own, folderKeys))
        m_fileMenu->addAction(tr("Open folder…"), folderKeys, this, &MainWindow::openFolder);
    m_fileMenu->addMenu(m_recentMenu);
    if (!own.isEmpty()) {
        m_fileMenu->addSeparator();
        m_fileMenu->addActions(own);
    }
    m_fileMenu->addSeparator();
    m_fileMenu->addAction(tr("Quit"), QKeySequence(Qt::CTRL | Qt::Key_Q), this, &MainWindow::close);
}

void MainWindow::fillViewMenu() {
    m_viewMenu->clear();
    QMenu* appearance = m_viewMenu->addMenu(tr("Appearance"));
    auto* group = new QActionGroup(appearance);
    const auto add = [&](const QString& text, ColourScheme scheme, const QString& kept) {
        QAction* action = appearance->addAction(text, this, [scheme, kept] {
            Theme::instance().setScheme(scheme);
            settings().setValue(QStringLiteral("window/appearance"), kept);
        });
        action->setCheckable(true);
        action->setChecked(Theme::instance().scheme() == scheme);
        group->addAction(action);
    };
    add(tr("As the system"), ColourScheme::System, QStringLiteral("system"));
    add(tr("Light"), ColourScheme::Light, QStringLiteral("light"));
    add(tr("Dark"), ColourScheme::Dark, QStringLiteral("dark"));
    const QList<QAction*> own = currentPane() != nullptr ? currentPane()->viewActions() : QList<QAction*>();
    if (own.isEmpty()) return;
    m_viewMenu->addSeparator();
    m_viewMenu->addActions(own);
}

void MainWindow::fillRunMenu() {
    m_runMenu->clear();
    // Runs can be started and stopped from wherever one is.
    for (const Pane* pane : m_panes)
        m_runMenu->addActions(pane->runActions());
    m_runMenu->menuAction()->setVisible(!m_runMenu->isEmpty());
}

void MainWindow::fillModelMenu(QMenu* menu) {
    menu->addAction(tr("Models…"), QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_O), this, &MainWindow::showModels);
    const QStringList recent = m_services.recentModels();
    if (!recent.isEmpty()) menu->addSeparator();
    for (const QString& path : recent) {
        QAction* action = menu->addAction(modelTitle(path), this, [this, path] { m_services.openModel(path); });
        action->setToolTip(formatPath(path));
        action->setStatusTip(formatPath(path));
    }
    menu->setToolTipsVisible(true);
    menu->addSeparator();
    menu->addAction(tr("Demo model"), this, [this] { m_services.openModel(QStringLiteral("demo")); });
    menu->addSeparator();
    QAction* details = menu->addAction(tr("Model details"), this, [this] {
        const QString path = QString::fromStdString(m_services.engine().model()->path.string());
        Q_EMIT m_services.paneRequested(QStringLiteral("models"), {path});
    });
    details->setEnabled(m_services.engine().model() != nullptr);
}

void MainWindow::showModelMenu(const QPoint& globalPosition) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    fillModelMenu(menu);
    // The keys belong to the menu bar's action; two with the same would answer to neither.
    for (QAction* action : menu->actions())
        action->setShortcut({});
    menu->popup(globalPosition - QPoint(0, menu->sizeHint().height()));
}

void MainWindow::openFiles() {
    const QStringList files = QFileDialog::getOpenFileNames(this, tr("Open"), lastFolder(QStringLiteral("files")));
    if (files.isEmpty()) return;
    keepFolder(QStringLiteral("files"), QFileInfo(files.first()).absolutePath());
    openPaths(files);
}

void MainWindow::openFolder() {
    const QString folder =
        QFileDialog::getExistingDirectory(this, tr("Open folder"), lastFolder(QStringLiteral("files")));
    if (folder.isEmpty()) return;
    keepFolder(QStringLiteral("files"), folder);
    openPaths({folder});
}

void MainWindow::showModels() {
    showPane(QStringLiteral("models"));
}

}  // namespace diagonal
