// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/pane_shell.h"

#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/shell/splitter.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/panel.h"

namespace diagonal {

PaneShell::PaneShell(QWidget* parent)
    : Pane(parent),
      m_column(new QVBoxLayout(this)),
      m_toolbar(new Toolbar),
      m_notices(new QVBoxLayout),
      m_pages(new QStackedWidget) {
    for (QVBoxLayout* column : {m_column, m_notices}) {
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(0);
    }
    m_column->addWidget(m_toolbar);
    m_column->addLayout(m_notices);
    m_column->addWidget(m_pages, 1);
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

void PaneShell::setSide(QWidget* side, int pagesWidth, int sideWidth) {
    m_splitter = makeSplitter(Qt::Horizontal, id() + QStringLiteral("/sideSplitter"),
                              {{m_pages, pagesWidth}, {side, sideWidth}}, 0);
    m_column->addWidget(m_splitter, 1);
}

void PaneShell::deleteParts() {
    delete m_splitter;
}

}  // namespace diagonal
