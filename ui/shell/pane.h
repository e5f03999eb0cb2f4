// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QKeySequence>
#include <QList>
#include <QWidget>
#include <functional>

class QAction;

namespace diagonal {

class Services;

/// One entry of the rail and what it shows. A pane is a class in its own folder plus one line in panes.cpp.
class Pane : public QWidget {
    Q_OBJECT

  public:
    using QWidget::QWidget;

    virtual QString id() const = 0;     ///< "label": settings key, icon name, screenshot name
    virtual QString title() const = 0;  ///< "Label"
    /// Actions for the File and Edit menus while the pane is shown.
    virtual QList<QAction*> fileActions() const { return {}; }
    virtual QList<QAction*> editActions() const { return {}; }
    /// Actions for the Run menu (Train has some), View menu.
    virtual QList<QAction*> runActions() const { return {}; }
    virtual QList<QAction*> viewActions() const { return {}; }
    /// Files and folders given on the command line or dropped onto the window. Returns false when the pane has no use
    /// for them.
    virtual bool openPaths(const QStringList&) { return false; }
    /// A model given in the same way while the pane is shown, for panes that show what they open; others let the engine
    /// take it.
    virtual bool openModel(const QString&) { return false; }
    /// A dot on the rail: work going on, or news.
    virtual bool hasNews() const { return false; }

  Q_SIGNALS:
    void newsChanged();

  protected:
    /// An action whose shortcut works wherever in the window the keyboard is, while this pane is shown.
    QAction* makeAction(const QString& text, const QKeySequence& keys, std::function<void()> slot);
    template <typename Derived>
    QAction* makeAction(const QString& text, const QKeySequence& keys, void (Derived::*slot)()) {
        return makeAction(text, keys, [pane = static_cast<Derived*>(this), slot] { (pane->*slot)(); });
    }
};

/// Ctrl+Shift+Z and Ctrl+Y, whatever the platform likes best.
QList<QKeySequence> redoKeys();

/// Every pane, in the order of the rail.
QList<Pane*> createPanes(Services& services);

}  // namespace diagonal
