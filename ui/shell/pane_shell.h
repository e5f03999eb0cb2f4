// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/pane.h"

class QSplitter;
class QStackedWidget;
class QVBoxLayout;

namespace diagonal {

class NoticeBar;
class Toolbar;

/// A pane as all are made: a toolbar, notices below it, then one of several pages beside a side panel whose width the
/// person chooses.
class PaneShell : public Pane {
    Q_OBJECT

  protected:
    explicit PaneShell(QWidget* parent);

    Toolbar& toolbar() { return *m_toolbar; }
    /// Hidden until it tells something; each stands below those before it.
    NoticeBar* addNotice(bool isClosable);
    void addPage(QWidget* page);
    void showPage(QWidget* page);
    QWidget* page() const;
    /// Widths at first, in logical pixels, of the pages and the side; `start` stands before the pages.
    void setSide(QWidget* side, int pagesWidth, int sideWidth, QWidget* start = nullptr);
    QStackedWidget& pages() { return *m_pages; }
    /// For the destructor of a pane whose members the parts use.
    void deleteParts();

  private:
    Toolbar* m_toolbar;
    QVBoxLayout* m_notices;
    QStackedWidget* m_pages;
    QVBoxLayout* m_column;
    QSplitter* m_splitter = nullptr;
};

}  // namespace diagonal
