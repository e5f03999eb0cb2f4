// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/dialogs.h"

#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <functional>

#include "ui/jobs/versions.h"
#include "ui/style/theme.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/elided_label.h"
#include "ui/window/services.h"

namespace diagonal {

namespace {

QString translated(const char* text) {
    return QCoreApplication::translate("diagonal::dialogs", text);
}

using Rows = QList<std::pair<QString, QString>>;

/// A window with a title and, below what `fill` puts there, Close.
void showDialog(QWidget* parent, const QString& title, const std::function<void(QVBoxLayout&)>& fill) {
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    auto* column = new QVBoxLayout(dialog);
    column->setContentsMargins(px(24), px(20), px(24), px(16));
    column->setSpacing(px(16));
    column->addWidget(new TextLabel(title, 20, 600));
    fill(*column);
    auto* buttons = new QDialogButtonBox;
    QPushButton* close = makeButton(translated(QT_TRANSLATE_NOOP("diagonal::dialogs", "Close")));
    buttons->addButton(close, QDialogButtonBox::RejectRole);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    column->addWidget(buttons);
    dialog->open();
}

/// Pairs of name and value, a note.
void showRows(QWidget* parent, const QString& title, const Rows& rows, const QString& note) {
    showDialog(parent, title, [&](QVBoxLayout& column) {
        auto* grid = new QGridLayout;
        grid->setHorizontalSpacing(px(24));
        grid->setVerticalSpacing(px(6));
        grid->setColumnStretch(1, 1);
        int line = 0;
        for (const auto& [name, value] : rows) {
            grid->addWidget(new TextLabel(name, 12, 400, &Tokens::text2), line, 0, Qt::AlignTop);
            auto* text = new TextLabel(value, 12, 500);
            text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
            text->setWordWrap(true);
            text->setMinimumWidth(px(280));
            grid->addWidget(text, line++, 1);
        }
        column.addLayout(grid);
        if (note.isEmpty()) return;
        auto* text = new TextLabel(note, 12, 400, &Tokens::text2);
        text->setWordWrap(true);
        column.addWidget(text);
    });
}

}  // namespace

void showShortcuts(QWidget* parent) {
    const Rows rows{
        {QStringLiteral("Ctrl+1 … Ctrl+7"), translated(QT_TRANSLATE_NOOP("diagonal::dialogs", "Show a pane"))},
        {QStringLiteral("F6, Shift+F6"), translated(QT_TRANSLATE_NOOP("diagonal::dialogs", "Next, previous panel"))},
        {QStringLiteral("Tab"), translated(QT_TRANSLATE_NOOP("diagonal::dialogs", "Next control"))},
        {QStringLiteral("← → ↑ ↓"),
         translated(QT_TRANSLATE_NOOP("diagonal::dialogs", "Walk tiles, segments, chips and the cells of a matrix"))},
        {QStringLiteral("+ − 0"), translated(QT_TRANSLATE_NOOP("diagonal::dialogs", "Zoom a matrix in, out, fit it"))},
        {QStringLiteral("Ctrl+O"), translated(QT_TRANSLATE_NOOP("diagonal::dialogs", "Open files"))},
        {QStringLiteral("Ctrl+Shift+O"), translated(QT_TRANSLATE_NOOP("diagonal::dialogs", "Open a folder"))},
        {QStringLiteral("Ctrl+Alt+O"), translated(QT_TRANSLATE_NOOP("diagonal::dialogs", "Show the models"))},
        {QStringLiteral("F11"), translated(QT_TRANSLATE_NOOP("diagonal::dialogs", "Full screen"))},
        {QStringLiteral("Ctrl+Q"), translated(QT_TRANSLATE_NOOP("diagonal::dialogs", "Quit"))},
    };
    showRows(parent, translated(QT_TRANSLATE_NOOP("diagonal::dialogs", "Keyboard shortcuts")), rows, {});
}

void showAbout(QWidget* parent) {
    Rows rows{
        {QStringLiteral("Diagonal"), QCoreApplication::applicationVersion() + QStringLiteral(" · GPL-3.0-or-later")},
        {translated(QT_TRANSLATE_NOOP("diagonal::dialogs", "Engine")), QStringLiteral("Apache-2.0")}};
    for (const LibraryVersion& library : libraryVersions()) {
        rows.append({library.name, library.version + QStringLiteral(" · ") + library.licence});
    }
    showRows(parent, translated(QT_TRANSLATE_NOOP("diagonal::dialogs", "About Diagonal")), rows,
             translated(
                 QT_TRANSLATE_NOOP("diagonal::dialogs",
                                   "A workbench for CLIP models, named after the diagonal of the image-text "
                                   "similarity matrix: the matching pairs that training pulls up. Nothing leaves this "
                                   "computer.")));
}

void showMessages(QWidget* parent, const QList<Notice>& notices) {
    const QString title = translated(QT_TRANSLATE_NOOP("diagonal::dialogs", "Messages"));
    showDialog(parent, title, [&](QVBoxLayout& column) {
        QStringList lines;
        for (const Notice& notice : notices)
            lines << QLocale().toString(notice.time.time(), QStringLiteral("HH:mm:ss  ")) + notice.text;
        auto* text = new QPlainTextEdit(lines.isEmpty()
                                            ? translated(QT_TRANSLATE_NOOP("diagonal::dialogs", "Nothing was said yet"))
                                            : lines.join(QLatin1Char('\n')));
        text->setReadOnly(true);
        text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        text->setAccessibleName(title);
        text->setMinimumSize(px(560), px(320));
        text->moveCursor(QTextCursor::End);
        column.addWidget(text, 1);
    });
}

}  // namespace diagonal
