// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/pane_shell.h"

#include <QStackedWidget>

#include "ui/shell/splitter.h"
#include "ui/style/layouts.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/panel.h"

namespace diagonal {

PaneShell::PaneShell(QWidget* parent)
    : Pane(parent),
      m_toolbar(new Toolbar),
      m_notices(makeColumn({})),
      m_pages(new QStackedWidget),
      m_column(makeColumn({m_toolbar, m_notices, {m_pages, 1}})) {
    setLayout(m_column);
}

NoticeBar* PaneShell::addNotice(bool isClosable) {
    auto* notice = new NoticeBar;
    notice->setClosable(isClosable);
    m_notices->addWidget(notice);
    return notice;
}

void PaneShell::addPage(QWidget* page) {
    m_pages->addWidget(page);
}

void PaneShell::showPage(QWidget* page) {
    m_pages->setCurrentWidget(page);
}

QWidget* PaneShell::page() const {
    return m_pages->currentWidget();
}

void PaneShell::setSide(QWidget* side, int pagesWidth, int sideWidth, QWidget* start) {
    QWidget* pages = m_pages;
    if (start != nullptr) {
        pages = new QWidget;
        pages->setLayout(makeRow({start, {m_pages, 1}}));
    }
    m_splitter = makeSplitter(Qt::Horizontal, id() + QStringLiteral("/sideSplitter"),
                              {{pages, pagesWidth}, {side, sideWidth}}, 0);
    m_column->addWidget(m_splitter, 1);
}

void PaneShell::deleteParts() {
    delete m_splitter;
}

}  // namespace diagonal
