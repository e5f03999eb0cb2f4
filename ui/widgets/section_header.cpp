// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/section_header.h"

#include <QHBoxLayout>

#include "ui/widgets/elided_label.h"

namespace diagonal {

SectionHeader::SectionHeader(const QString& title, QWidget* parent)
    : QWidget(parent),
      m_title(new ElidedLabel(title, 13, 600)),
      m_note(new ElidedLabel({}, 12, 400, &Tokens::text2)),
      m_row(new QHBoxLayout(this)) {
    m_row->setContentsMargins(0, 0, 0, 0);
    m_row->addWidget(m_title);
    m_row->addWidget(m_note);
    m_row->addStretch(1);
    m_note->hide();
    followTheme(this, [this] {
        setFixedHeight(px(40));
        m_row->setSpacing(px(8));
    });
}

void SectionHeader::setTitle(const QString& title) {
    m_title->setText(title);
}

void SectionHeader::setNote(const QString& note) {
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
}

void SectionHeader::addRight(QWidget* widget) {
    m_row->addWidget(widget);
}

}  // namespace diagonal
