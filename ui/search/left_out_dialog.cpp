// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/left_out_dialog.h"

#include <QDialogButtonBox>
#include <QPlainTextEdit>
#include <QPushButton>

#include "engine/base/error.h"
#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"
#include "ui/style/layouts.h"
#include "ui/widgets/elided_label.h"

namespace diagonal {

LeftOutDialog::LeftOutDialog(LibrarySession& library, QWidget* parent)
    : QDialog(parent), m_library(library), m_edit(new QPlainTextEdit) {
    const ShownLibrary& state = library.state();
    setWindowTitle(tr("What %1 leaves out").arg(library.name()));
    auto* about = makeWrapped(tr("Folders and files of these names are not looked at, but in folders that take hidden "
                                 "ones too. One name a line; * stands for any letters, ? for one."),
                              12, 400, &Tokens::text2);
    m_edit->setAccessibleName(tr("Names that are left out"));
    m_edit->setTabChangesFocus(true);
    m_edit->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_edit->setReadOnly(!state.isWritable());
    m_problem = makeWrapped({}, 12, 400, &Tokens::error);
    m_problem->hide();
    auto* behind = makeWrapped(state.leftBehind, 12, 400, &Tokens::text2);
    behind->setVisible(!state.leftBehind.isEmpty());
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    QPushButton* usual = buttons->addButton(tr("Usual names"), QDialogButtonBox::ResetRole);
    usual->setEnabled(state.isWritable());
    buttons->button(QDialogButtonBox::Ok)->setEnabled(state.isWritable());
    setLayout(makeColumn({about, {m_edit, 1}, m_problem, behind, buttons}, 8, {16, 16, 16, 16}));
    connect(buttons, &QDialogButtonBox::accepted, this, &LeftOutDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &LeftOutDialog::reject);
    connect(usual, &QPushButton::clicked, this, [this] { setNames(LeftOutNames()); });
    connect(&library, &LibrarySession::opened, this, &LeftOutDialog::reject);
    setNames(state.leftOut);
    resize(px(420), px(480));
}

void LeftOutDialog::setNames(const LeftOutNames& names) {
    QStringList lines;
    for (const std::string& name : names.names())
        lines << fromPath(name);
    m_edit->setPlainText(lines.join(QLatin1Char('\n')));
}

QString LeftOutDialog::problem() const {
    return m_problem->isHidden() ? QString() : m_problem->text();
}

void LeftOutDialog::accept() {
    std::vector<std::string> names;
    for (const QString& line : m_edit->toPlainText().split(QLatin1Char('\n')))
        if (const QString name = line.trimmed(); !name.isEmpty()) names.push_back(toPath(name).native());
    try {
        const LeftOutNames leftOut(std::move(names));
        if (!(leftOut == m_library.state().leftOut)) m_library.setLeftOut(leftOut);
    } catch (const Error& error) {
        m_problem->setText(
            QStringLiteral("%1 %2").arg(QString::fromStdString(error.subject()), engineText(error.problem())));
        m_problem->show();
        return;
    }
    QDialog::accept();
}

}  // namespace diagonal
