// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/form.h"

#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/widgets/buttons.h"
#include "ui/widgets/disclosure.h"
#include "ui/widgets/elided_label.h"

namespace diagonal {

namespace {

constexpr int kFormWidth = 680;

}  // namespace

FormField::FormField(const QString& label, QWidget* input, const QString& hint, QWidget* parent)
    : QWidget(parent), m_input(input), m_note(new TextLabel(hint, 12, 400, &Tokens::text2)), m_hint(hint) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(px(4));
    if (!label.isEmpty()) {
        auto* name = new TextLabel(label, 13, 600);
        name->setWordWrap(true);
        column->addWidget(name);
    }
    // Segments, boxes to check: as wide as they are. Fields: as wide as there is room.
    column->addWidget(input, 0,
                      input->sizePolicy().horizontalPolicy() == QSizePolicy::Fixed ? Qt::AlignLeft : Qt::Alignment());
    m_note->setWordWrap(true);
    column->addWidget(m_note);
    column->addStretch();
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    // Fields of a pair are equally wide however little room there is: those below each other stand in columns.
    followTheme(this, [this] { setMinimumWidth(px(120)); });
    input->setAccessibleName(label);
    showNote();
}

void FormField::setHint(const QString& hint) {
    m_hint = hint;
    showNote();
}

void FormField::setWarning(const QString& warning) {
    m_warning = warning;
    showNote();
}

void FormField::setError(const QString& error) {
    m_error = error;
    showNote();
}

void FormField::showNote() {
    m_note->setText(!m_error.isEmpty() ? m_error : !m_warning.isEmpty() ? m_warning : m_hint);
    m_note->setColour(!m_error.isEmpty() ? &Tokens::error : !m_warning.isEmpty() ? &Tokens::warn : &Tokens::text2);
    m_note->setVisible(!m_note->text().isEmpty());
    m_input->setAccessibleDescription(m_note->text());
    for (QWidget* part : QList<QWidget*>{m_input} + m_input->findChildren<QWidget*>())
        setInvalid(part, !m_error.isEmpty());
}

FormPage::FormPage(const QString& title, const QString& subtitle, QWidget* parent) : QWidget(parent) {
    auto* content = new QWidget;
    auto* row = new QHBoxLayout(content);
    row->setContentsMargins(px(24), px(20), px(24), px(20));
    auto* column = new QWidget;
    column->setMaximumWidth(px(kFormWidth));
    row->addWidget(column, 1);
    row->addStretch();
    m_body = new QVBoxLayout(column);
    m_body->setContentsMargins(0, 0, 0, 0);
    m_body->setSpacing(px(12));
    m_body->addWidget(new TextLabel(title, 20, 600));
    auto* note = new TextLabel(subtitle, 13, 400, &Tokens::text2);
    note->setWordWrap(true);
    m_body->addWidget(note);
    m_body->addSpacing(px(8));
    auto* scroll = m_scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(content);
    // The panel behind shows through.
    scroll->viewport()->setAutoFillBackground(false);
    content->setAutoFillBackground(false);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(scroll);
}

FormField* FormPage::addField(const QString& label, QWidget* input, const QString& hint) {
    auto* field = new FormField(label, input, hint);
    m_body->addWidget(field);
    return field;
}

void FormPage::addPair(FormField* left, FormField* right) {
    addPair(m_body, left, right);
}

void FormPage::addPair(QVBoxLayout* column, FormField* left, FormField* right) {
    auto* row = new QHBoxLayout;
    row->setSpacing(px(24));
    row->addWidget(left, 1, Qt::AlignTop);
    if (right != nullptr) {
        row->addWidget(right, 1, Qt::AlignTop);
    } else {
        row->addStretch(1);
    }
    column->addLayout(row);
}

Disclosure* FormPage::addSection(const QString& title) {
    auto* section = new Disclosure(title);
    m_body->addWidget(section);
    return section;
}

bool FormPage::showFirstError() {
    for (FormField* field : findChildren<FormField*>()) {
        if (field->error().isEmpty() || field->isHidden()) continue;
        for (QWidget* above = field->parentWidget(); above != this; above = above->parentWidget())
            if (auto* section = qobject_cast<Disclosure*>(above)) section->setOpen(true);
        m_scroll->widget()->layout()->activate();
        m_scroll->ensureWidgetVisible(field);
        field->input()->setFocus();
        return true;
    }
    return false;
}

void FormPage::addGap(int height) {
    m_body->addSpacing(px(height));
}

}  // namespace diagonal
