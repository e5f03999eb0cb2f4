// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/main_window.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QPainter>
#include <QPointer>
#include <QPushButton>
#include <QScreen>
#include <QScrollArea>
#include <QSessionManager>
#include <QSplitter>
#include <QStackedWidget>
#include <QStyle>
#include <QVBoxLayout>
#include <algorithm>

#include "engine/index/library.h"
#include "ui/base/paths.h"
#include "ui/base/settings.h"
#include "ui/pictures/drop_frame.h"
#include "ui/shell/open_recent.h"
#include "ui/shell/pane.h"
#include "ui/shell/services.h"
#include "ui/style/layouts.h"
#include "ui/style/theme.h"
#include "ui/widgets/heatmap.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/plot.h"
#include "ui/window/dialogs.h"
#include "ui/window/rail.h"
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

/// What a panel is there for: a list, a text, a matrix, a plot; not what changes how they look.
bool isContent(const QWidget* widget) {
    if (qobject_cast<const QScrollArea*>(widget) != nullptr) return false;
    if (qobject_cast<const QAbstractScrollArea*>(widget) != nullptr) return true;
    return qobject_cast<const HeatmapView*>(widget) != nullptr || qobject_cast<const PlotView*>(widget) != nullptr;
}

QWidget* firstFocusable(QWidget* panel) {
    QWidget* first = nullptr;
    for (QWidget* widget : QList<QWidget*>{panel} + panel->findChildren<QWidget*>()) {
        if (!(widget->focusPolicy() & Qt::TabFocus) || !widget->isVisible() || !widget->isEnabled()) continue;
        if (isContent(widget)) return widget;
        if (first == nullptr) first = widget;
    }
    return first;
}

/// What the screen has for a window, without the frame that the desktop draws round it.
QSize roomOnScreen(const QWidget& window) {
    const QSize frame(px(8), std::max(px(40), window.style()->pixelMetric(QStyle::PM_TitleBarHeight)));
    return window.screen() != nullptr ? window.screen()->availableSize() - frame : QSize(1440, 900);
}

}  // namespace

MainWindow::MainWindow(Services& services, QWidget* parent)
    : QWidget(parent),
      m_services(services),
      m_menuBar(new QMenuBar),
      m_rail(new Rail),
      m_stack(new QStackedWidget),
      m_notice(new NoticeBar),
      m_error(new NoticeBar),
      m_status(new StatusBar(services)),
      m_panes(createPanes(services)) {
    setWindowTitle(QStringLiteral("Diagonal"));
    setWindowIcon(Theme::instance().applicationIcon());
    setAcceptDrops(true);
    setFocus();  // or the first button would start with a focus frame

    auto* menuRow = new Panel(&Tokens::window, Qt::BottomEdge);
    auto* menuLayout = new QHBoxLayout(menuRow);
    menuLayout->setSpacing(px(20));
    menuLayout->addWidget(new AppMark);
    menuLayout->addWidget(m_menuBar, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(menuRow);
    column->addLayout(makeRow({m_rail, {m_stack, 1}}), 1);
    column->addWidget(m_error);  // until it is closed: it may not lie over buttons
    column->addWidget(m_status);
    followTheme(this, [this, menuRow, menuLayout] {
        menuRow->setFixedHeight(px(29));
        menuLayout->setContentsMargins(px(14), 0, 0, 1);
        setMinimumSize(QSize(px(900), px(600)).boundedTo(roomOnScreen(*this)));
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
    m_notice->floatOver(m_stack);

    m_noticeTimer.setSingleShot(true);
    connect(&m_noticeTimer, &QTimer::timeout, m_notice, &NoticeBar::hide);
    connect(m_error, &NoticeBar::linkActivated, this, [this] { showMessages(this, m_services.notices()); });
    connect(m_error, &NoticeBar::closed, this, [this] {
        if (!m_errors.isEmpty()) m_errors.removeLast();
        showErrors();
    });
    connect(qApp, &QGuiApplication::commitDataRequest, this, [this](QSessionManager& session) {
        if (session.allowsInteraction() && !mayClose()) return session.cancel();
        m_services.training().stop();
        settings().flush();
    });
    connect(m_rail, &Rail::chosen, this, &MainWindow::showPaneAt);
    connect(m_status, &StatusBar::modelMenuRequested, this, &MainWindow::showModelMenu);
    connect(&services, &Services::notified, this, &MainWindow::showNotice);
    connect(&services, &Services::modelsRequested, this, &MainWindow::showModels);
    connect(&services, &Services::paneRequested, this, [this](const QString& id, const QStringList& paths) {
        showPane(id);
        if (!paths.isEmpty() && currentPane() != nullptr && !currentPane()->openModel(paths.first()))
            currentPane()->openPaths(paths);
    });
    restore();
}

Pane* MainWindow::currentPane() const {
    return qobject_cast<Pane*>(m_stack->currentWidget());
}

void MainWindow::showPane(const QString& id) {
    for (int i = 0; i < m_panes.size(); ++i)
        if (m_panes[i]->id() == id) return showPaneAt(i);
}

void MainWindow::showPaneAt(int index) {
    if (index < 0 || index >= m_panes.size()) return;
    m_stack->setCurrentIndex(index);
    m_rail->setCurrent(index);
    takePaneActions();
}

void MainWindow::openPaths(const QStringList& paths, bool fromOutside) {
    const auto open = [this](const QStringList& rest) {
        if (rest.isEmpty() || currentPane() == nullptr || currentPane()->openPaths(rest)) return;
        for (int i = 0; i < m_panes.size(); ++i)
            if (m_panes[i] != currentPane() && m_panes[i]->openPaths(rest)) return showPaneAt(i);
        m_services.notifyError(
            {shownPath(rest.first()), tr("no pane can open this"), tr("Drop images, folders, models or runs")});
    };
    m_services.lookAt(paths, [window = QPointer(this), open, fromOutside](const Services::Found& found) {
        if (!window) return;
        window->m_services.openOneOf(found.models, [&](const QString& path) {
            if (fromOutside || window->currentPane() == nullptr || !window->currentPane()->openModel(path))
                window->m_services.openModel(path);
        });
        if (found.others.isEmpty()) return;
        const auto go = [window, open, fromOutside, found](const QStringList& libraries) {
            if (!window) return;
            if (!libraries.isEmpty()) {
                window->showPane(QStringLiteral("search"));
                window->currentPane()->openPaths({libraries.first()});
            }
            QStringList rest = found.others;
            rest.removeIf([&](const QString& path) { return libraries.contains(path); });
            for (const QString& folder : found.folders)
                if (!libraries.contains(folder)) keepRecentFolder(folder);
            if (rest.isEmpty()) return;
            if (fromOutside) window->showPane(found.beginWithRun ? QStringLiteral("train") : QStringLiteral("label"));
            open(rest);
        };
        if (found.folders.isEmpty()) return go({});
        auto* context = new QObject(window);
        window->m_services.compute(
            context, {},
            [folders = found.folders](const JobContext&) {
                QStringList libraries = folders;
                libraries.removeIf([](const QString& folder) { return !Library::isLibrary(toPath(folder)); });
                return libraries;
            },
            [context, go](const QStringList& libraries) {
                context->deleteLater();
                go(libraries);
            });
    });
}

void MainWindow::showNotice(const QString& text, bool isError) {
    if (isError) {
        m_errors.removeAll(text);
        m_errors.append(text);
        return showErrors();
    }
    m_notice->notice(NoticeBar::Kind::Info, text);
    m_noticeTimer.start(6000);
}

void MainWindow::showErrors() {
    if (m_errors.isEmpty()) return m_error->hide();
    const int others = static_cast<int>(m_errors.size()) - 1;
    m_error->notice(NoticeBar::Kind::Error, m_errors.last(),
                    others > 0 ? tr("%n more", nullptr, others) : tr("All messages"));
}

/// What the window itself gets is meant for the pane's pictures, runs or models.
void MainWindow::keyPressEvent(QKeyEvent* event) {
    if (focusWidget() == nullptr || focusWidget() == this) {
        for (auto* view : currentPane()->findChildren<QAbstractItemView*>()) {
            if (!view->isVisible() || !view->isEnabled() || !(view->focusPolicy() & Qt::TabFocus)) continue;
            view->setFocus();
            QApplication::sendEvent(view, event);
            return;
        }
    }
    QWidget::keyPressEvent(event);
}

void MainWindow::cyclePanels(int direction) {
    QList<QWidget*> panels{m_rail};
    if (Pane* pane = currentPane()) {
        QList<QWidget*> parts;
        for (const QSplitter* splitter : pane->findChildren<QSplitter*>()) {
            for (int i = 0; i < splitter->count(); ++i) {
                // A splitter within a splitter speaks for itself.
                QWidget* part = splitter->widget(i);
                if (part->isVisible() && part->findChild<QSplitter*>() == nullptr &&
                    qobject_cast<QSplitter*>(part) == nullptr) {
                    parts.append(part);
                }
            }
        }
        const bool leftwards = layoutDirection() == Qt::RightToLeft;
        std::stable_sort(parts.begin(), parts.end(), [&](const QWidget* a, const QWidget* b) {
            const QPoint first = a->mapTo(this, QPoint(leftwards ? -a->width() : 0, 0));
            const QPoint second = b->mapTo(this, QPoint(leftwards ? -b->width() : 0, 0));
            if (first.x() != second.x()) return (first.x() < second.x()) != leftwards;
            return first.y() < second.y();
        });
        panels += parts.isEmpty() ? QList<QWidget*>{pane} : parts;
    }
    panels.append(m_status);
    const QWidget* focused = focusWidget();
    qsizetype current = -1;
    for (qsizetype i = 0; i < panels.size(); ++i)
        if (focused != nullptr && (panels[i] == focused || panels[i]->isAncestorOf(focused))) current = i;
    for (qsizetype step = 1; step <= panels.size(); ++step) {
        const qsizetype index = (current + direction * step + 2 * panels.size()) % panels.size();
        if (QWidget* target = firstFocusable(panels[index])) {
            setAttribute(Qt::WA_KeyboardFocusChange);  // frames are drawn, as after Tab
            return target->setFocus(direction > 0 ? Qt::TabFocusReason : Qt::BacktabFocusReason);
        }
    }
}

void MainWindow::restore() {
    const QByteArray geometry = settings().value(QStringLiteral("window/geometry")).toByteArray();
    if (geometry.isEmpty() || !restoreGeometry(geometry)) resize(1440, 900);
    if (!isMaximized() && !isFullScreen()) resize(size().boundedTo(roomOnScreen(*this)));
    showPaneAt(0);
    showPane(settings().value(QStringLiteral("window/pane"), QStringLiteral("label")).toString());
}

bool MainWindow::mayClose() {
    const QStringList work = m_services.workToLose();
    if (work.isEmpty() || m_isQuitting) return true;
    QMessageBox box(QMessageBox::Warning, tr("Work is going on"),
                    tr("Stop it and close? What is not done yet will be missing."), QMessageBox::Cancel, this);
    box.setInformativeText(QStringLiteral("• ") + work.join(QStringLiteral("\n• ")));
    QPushButton* stop = box.addButton(tr("Stop and close"), QMessageBox::DestructiveRole);
    box.setDefaultButton(QMessageBox::Cancel);
    box.exec();
    return box.clickedButton() == stop;
}

void MainWindow::quit() {
    m_isQuitting = true;
    close();
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (!mayClose()) return event->ignore();
    m_services.training().stop();
    settings().setValue(QStringLiteral("window/geometry"), saveGeometry());
    if (currentPane() != nullptr) settings().setValue(QStringLiteral("window/pane"), currentPane()->id());
    event->accept();
}

/// Always as a copy, whatever is offered: after a move the source may delete its files.
void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (!droppedPaths(event->mimeData()).isEmpty()) acceptCopy(event);
}

void MainWindow::dropEvent(QDropEvent* event) {
    if (acceptCopy(event)) openPaths(droppedPaths(event->mimeData()));
}

void MainWindow::paintEvent(QPaintEvent*) {
    QPainter(this).fillRect(rect(), colour(&Tokens::surface));
}

}  // namespace diagonal
