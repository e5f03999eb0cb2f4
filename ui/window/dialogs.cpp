// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/dialogs.h"

#include <QAction>
#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>
#include <functional>

#include "ui/jobs/versions.h"
#include "ui/shell/services.h"
#include "ui/style/theme.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/elided_label.h"

namespace diagonal {

namespace {

struct Dialogs {
    Q_DECLARE_TR_FUNCTIONS(diagonal::dialogs)
};

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
    QPushButton* close = makeButton(Dialogs::tr("Close"));
    buttons->addButton(close, QDialogButtonBox::RejectRole);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    column->addWidget(buttons);
    // Of texts that wrap, a size hint knows one line.
    const int width = dialog->sizeHint().width();
    dialog->resize(width,
                   column->hasHeightForWidth() ? column->totalHeightForWidth(width) : dialog->sizeHint().height());
    dialog->open();
}

/// Pairs of name and value, a note.
void showRows(QWidget* parent, const QString& title, const Rows& rows, const QString& note) {
    showDialog(parent, title, [&](QVBoxLayout& column) {
        auto* grid = new QGridLayout;
        grid->setHorizontalSpacing(px(24));
        grid->setVerticalSpacing(px(6));
        // Many rows stand in two columns.
        const int lines = static_cast<int>(rows.size() > 16 ? (rows.size() + 1) / 2 : rows.size());
        int row = 0;
        for (const auto& [name, value] : rows) {
            const int line = row % lines, place = 2 * (row / lines);
            ++row;
            grid->setColumnStretch(place + 1, 1);
            grid->addWidget(new TextLabel(name, 12, 400, &Tokens::text2), line, place, Qt::AlignTop);
            auto* text = makeWrapped(value, 12, 500);
            text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
            text->setMinimumWidth(px(lines < rows.size() ? 220 : 280));
            grid->addWidget(text, line, place + 1);
        }
        column.addLayout(grid);
        if (note.isEmpty()) return;
        auto* text = makeWrapped(note, 12, 400, &Tokens::text2);
        column.addWidget(text);
    });
}

}  // namespace

void showShortcuts(QWidget* parent) {
    Rows rows{
        {QStringLiteral("F6, Shift+F6"), Dialogs::tr("Next, previous panel")},
        {QStringLiteral("Tab, Shift+Tab"), Dialogs::tr("Next, previous control")},
        {QStringLiteral("← → ↑ ↓"), Dialogs::tr("Walk tiles, choices, cells and points of a plot")},
        {QStringLiteral("+ − 0"), Dialogs::tr("Zoom a matrix or plot, fit it")},
        {QStringLiteral("+ − *"), Dialogs::tr("Unfold, fold, select a group")},
        {QStringLiteral("Alt+↓"), Dialogs::tr("Sort a table, choose its columns")},
        {QStringLiteral("Shift+F10"), Dialogs::tr("Menu of what has the focus")},
    };
    // All that menus and buttons say themselves, of every pane.
    for (const QAction* action : parent->window()->findChildren<QAction*>()) {
        const QString key = action->shortcut().toString(QKeySequence::NativeText);
        const auto isThere = [&](const auto& row) { return row.first == key; };
        if (key.isEmpty() || std::any_of(rows.begin(), rows.end(), isThere)) continue;
        rows.append({key, action->text().remove(QLatin1Char('&'))});
    }
    showRows(parent, Dialogs::tr("Keyboard shortcuts"), rows, {});
}

void showAbout(QWidget* parent) {
    Rows rows{
        {QStringLiteral("Diagonal"), QCoreApplication::applicationVersion() + QStringLiteral(" · GPL-3.0-or-later")},
        {Dialogs::tr("Engine"), QStringLiteral("Apache-2.0")}};
    for (const LibraryVersion& library : libraryVersions()) {
        rows.append({library.name, library.version + QStringLiteral(" · ") + library.licence});
    }
    showRows(parent, Dialogs::tr("About Diagonal"), rows,
             Dialogs::tr("A workbench for CLIP models, named after the diagonal of the image-text "
                         "similarity matrix: the matching pairs that training pulls up. Nothing leaves this "
                         "computer."));
}

void showMessages(QWidget* parent, const QList<Notice>& notices) {
    const QString title = Dialogs::tr("Messages");
    showDialog(parent, title, [&](QVBoxLayout& column) {
        QStringList lines;
        for (const Notice& notice : notices)
            lines << QLocale().toString(notice.time.time(), QStringLiteral("HH:mm:ss  ")) + notice.text;
        auto* text =
            new QPlainTextEdit(lines.isEmpty() ? Dialogs::tr("Nothing was said yet") : lines.join(QLatin1Char('\n')));
        text->setReadOnly(true);
        text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        text->setAccessibleName(title);
        text->setMinimumSize(px(560), px(320));
        text->moveCursor(QTextCursor::End);
        column.addWidget(text, 1);
    });
}

}  // namespace diagonal
