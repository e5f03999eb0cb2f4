// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPixmap>
#include <functional>

class QAbstractItemView;
class QIODevice;
class QMenu;

namespace diagonal {

/// What a view gives away: as files, and picture and table to the clipboard too. Empty functions are left out.
struct Exports {
    QString name;  ///< of the files, without ending
    std::function<QPixmap()> picture;
    std::function<QByteArray()> table;        ///< CSV
    std::function<void(QIODevice&)> drawing;  ///< SVG
};

/// Asks where to write a file, and writes it. `take` is called on the UI thread once a place is chosen, what it returns
/// on a thread of its own.
using ExportSaver = std::function<void(QWidget* view, const QString& title, const QString& name, const QString& ending,
                                       const std::function<std::function<QByteArray()>()>& take)>;
/// That of the program. Without one nothing is exported, only copied.
void setExportSaver(ExportSaver saver);

/// "Copy picture", "Copy as CSV", "Export PNG…", …, at the end of a context menu of view.
void addExports(QMenu& menu, QWidget* view, const Exports& exports);

/// Text as a field of a CSV file: quoted where it must be, and no formula for a spreadsheet.
QByteArray csvField(const QString& text);
/// The selected rows of a table (all where none is) with its heads, what its model gives to be edited, else what it
/// shows.
QByteArray csvOf(const QAbstractItemView& table);
/// A context menu that copies and exports the table's rows.
void setExportMenu(QAbstractItemView* table, const QString& name);

}  // namespace diagonal
