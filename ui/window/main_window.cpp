// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/main_window.h"

#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QPainter>
#include <QScreen>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/model_browser/model_paths.h"
#include "ui/style/theme.h"
#include "ui/widgets/drop_frame.h"
#include "ui/widgets/notice_bar.h"
#include "ui/window/open_recent.h"
#include "ui/window/pane.h"
#include "ui/window/rail.h"
#include "ui/window/services.h"
#include "ui/window/status_bar.h"

namespace diagonal {

namespace {

/// The application's picture beside the menus, in its own colours.
class AppMark : public QWidget {
  public:
    AppMark() {
        followTheme(this, [this] { setFixedSize(px(18), px(18)); });
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.drawPixmap(
            rect(), Theme::instance().pixmap(QStringLiteral("app-small"), width(), Qt::black, devicePixelRatioF()));
    }
};

QWidget* firstFocusable(QWidget* panel) {
    if (panel->focusPolicy() & Qt::TabFocus) return panel;
    for (QWidget* widget : panel->findChildren<QWidget*>()) {
        if ((widget->focusPolicy() & Qt::TabFocus) && widget->isVisible() && widget->isEnabled()) return widget;
    }
    return nullptr;
}

}  // namespace

MainWindow::MainWindow(Services& services, QWidget* parent)
    : QWidget(parent),
      m_services(services),
      m_menuBar(new QMenuBar),
      m_rail(new Rail),
      m_stack(new QStackedWidget),
      m_notice(new NoticeBar),
      m_status(new StatusBar(services)),
      m_panes(createPanes(services)) {
    setWindowTitle(QStringLiteral("Diagonal"));
    setWindowIcon(Theme::instance().applicationIcon());
    setAcceptDrops(true);
    setFocusPolicy(Qt::ClickFocus);
    setFocus();  // or the first button would start with a focus frame

    auto* menuRow = new Panel(&Tokens::window, Qt::BottomEdge);
    auto* menuLayout = new QHBoxLayout(menuRow);
    menuLayout->setSpacing(px(20));
    menuLayout->addWidget(new AppMark);
    menuLayout->addWidget(m_menuBar, 1);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(0);
    middle->addWidget(m_rail);
    middle->addWidget(m_stack, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(menuRow);
    column->addLayout(middle, 1);
    column->addWidget(m_notice);
    column->addWidget(m_status);
    followTheme(this, [this, menuRow, menuLayout] {
        menuRow->setFixedHeight(px(29));
        menuLayout->setContentsMargins(px(14), 0, 0, 1);
        setMinimumSize(px(900), px(600));
        m_menuBar->setFont(Theme::instance().font(13));
    });

    for (Pane* pane : m_panes) {
        const int index = static_cast<int>(m_panes.indexOf(pane));
        m_rail->addItem(pane->id(), pane->title());
        m_stack->addWidget(pane);
        connect(pane, &Pane::newsChanged, this, [this, pane, index] { m_rail->setNews(index, pane->hasNews()); });
        m_rail->setNews(index, pane->hasNews());
    }
    buildMenus();

    m_noticeTimer.setSingleShot(true);
    connect(&m_noticeTimer, &QTimer::timeout, m_notice, &NoticeBar::hide);
    connect(m_rail, &Rail::chosen, this, &MainWindow::showPaneAt);
    connect(m_status, &StatusBar::modelMenuRequested, this, &MainWindow::showModelMenu);
    connect(&services, &Services::notified, this, &MainWindow::showNotice);
    connect(&services, &Services::modelsRequested, this, &MainWindow::showModels);
    connect(&services, &Services::paneRequested, this, [this](const QString& id, const QStringList& paths) {
        showPane(id);
        if (!paths.isEmpty() && currentPane() != nullptr) currentPane()->openPaths(paths);
    });
    restore();
}

Pane* MainWindow::currentPane() const {
    return qobject_cast<Pane*>(m_stack->currentWidget());
}

void MainWindow::showPane(const QString& id) {
    for (int i = 0; i < m_panes.size(); ++i) {
        if (m_panes[i]->id() == id) return showPaneAt(i);
    }
}

void MainWindow::showPaneAt(int index) {
    if (index < 0 || index >= m_panes.size()) return;
    m_stack->setCurrentIndex(index);
    m_rail->setCurrent(index);
    takePaneActions();
}

void MainWindow::openPaths(const QStringList& paths, bool fromOutside) {
    QStringList rest;
    for (const QString& path : paths) {
        // The Models pane shows first what it opens.
        const bool isShown = !fromOutside && currentPane() != nullptr && currentPane()->id() == QLatin1String("models");
        if (isModelPath(path) && !isShown) {
            m_services.openModel(path);
        } else {
            rest.append(QFileInfo(path).absoluteFilePath());
            if (QFileInfo(path).isDir()) keepRecentFolder(rest.last());
        }
    }
    if (fromOutside && !rest.isEmpty())
        showPane(isRunPath(rest.first()) ? QStringLiteral("train") : QStringLiteral("label"));
    if (rest.isEmpty() || currentPane() == nullptr || currentPane()->openPaths(rest)) return;
    for (int i = 0; i < m_panes.size(); ++i) {
        if (m_panes[i] != currentPane() && m_panes[i]->openPaths(rest)) return showPaneAt(i);
    }
    m_services.notifyError({rest.first(), tr("no pane can open this"), tr("Drop images, folders, models or runs")});
}

void MainWindow::showNotice(const QString& text, bool isError) {
    m_notice->notice(isError ? NoticeBar::Kind::Error : NoticeBar::Kind::Info, text);
    if (isError) {
        m_noticeTimer.stop();
    } else {
        m_noticeTimer.start(6000);
    }
}

void MainWindow::cyclePanels(int direction) {
    QList<QWidget*> panels{m_rail};
    if (Pane* pane = currentPane()) {
        QList<QWidget*> parts;
        for (const QSplitter* splitter : pane->findChildren<QSplitter*>()) {
            for (int i = 0; i < splitter->count(); ++i) {
                // A splitter within a splitter speaks for itself.
                QWidget* part = splitter->widget(i);
                if (part->isVisible() && qobject_cast<QSplitter*>(part) == nullptr) parts.append(part);
            }
        }
        panels += parts.isEmpty() ? QList<QWidget*>{pane} : parts;
    }
    panels.append(m_status);
    const QWidget* focused = focusWidget();
    qsizetype current = -1;
    for (qsizetype i = 0; i < panels.size(); ++i) {
        if (focused != nullptr && (panels[i] == focused || panels[i]->isAncestorOf(focused))) current = i;
    }
    for (qsizetype step = 1; step <= panels.size(); ++step) {
        const qsizetype index = (current + direction * step + 2 * panels.size()) % panels.size();
        if (QWidget* target = firstFocusable(panels[index])) {
            return target->setFocus(direction > 0 ? Qt::TabFocusReason : Qt::BacktabFocusReason);
        }
    }
}

void MainWindow::restore() {
    const QSettings settings;
    const QByteArray geometry = settings.value(QStringLiteral("window/geometry")).toByteArray();
    if (geometry.isEmpty() || !restoreGeometry(geometry)) {
        const QSize room = screen() != nullptr ? screen()->availableSize() : QSize(1440, 900);
        resize(QSize(1440, 900).boundedTo(room));
    }
    showPaneAt(0);
    showPane(settings.value(QStringLiteral("window/pane"), QStringLiteral("label")).toString());
}

void MainWindow::closeEvent(QCloseEvent* event) {
    TrainingService& training = m_services.training();
    if (training.isRunning() && !training.isStopping()) {
        const auto answer = QMessageBox::question(
            this, tr("A run is training"), tr("Stop the run and close? It saves a checkpoint and can go on later."),
            QMessageBox::Close | QMessageBox::Cancel, QMessageBox::Cancel);
        if (answer != QMessageBox::Close) return event->ignore();
        training.stop();
    }
    QSettings settings;
    settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
    if (currentPane() != nullptr) settings.setValue(QStringLiteral("window/pane"), currentPane()->id());
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (!droppedPaths(event->mimeData()).isEmpty()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    event->acceptProposedAction();
    openPaths(droppedPaths(event->mimeData()));
}

void MainWindow::paintEvent(QPaintEvent*) {
    QPainter(this).fillRect(rect(), colour(&Tokens::surface));
}

}  // namespace diagonal
