// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/export_menu.h"

#include <QAbstractItemView>
#include <QClipboard>
#include <QCoreApplication>
#include <QFileDialog>
#include <QGuiApplication>
#include <QMenu>
#include <QMessageBox>
#include <QSaveFile>
#include <set>

namespace diagonal {

namespace {

struct ExportMenu {
    Q_DECLARE_TR_FUNCTIONS(diagonal::ExportMenu)
};

/// Asks for a file and writes it.
void exportTo(QWidget* view, const QString& name, const QString& suffix, const std::function<bool(QSaveFile&)>& write) {
    const QString title = ExportMenu::tr("Export");
    const QString file = QFileDialog::getSaveFileName(view, title, QStringLiteral("%1.%2").arg(name, suffix),
                                                      QStringLiteral("*.%1").arg(suffix));
    if (file.isEmpty()) return;
    QSaveFile target(file);
    if (target.open(QIODevice::WriteOnly) && write(target) && target.commit()) return;
    QMessageBox::warning(view, title, ExportMenu::tr("%1: %2. Choose another place.").arg(file, target.errorString()));
}

}  // namespace

void addExports(QMenu& menu, QWidget* view, const Exports& exports) {
    QClipboard* clipboard = QGuiApplication::clipboard();
    if (exports.picture) {
        menu.addAction(ExportMenu::tr("Copy picture"), view, [=] { clipboard->setPixmap(exports.picture()); });
    }
    if (exports.table) {
        menu.addAction(ExportMenu::tr("Copy as CSV"), view,
                       [=] { clipboard->setText(QString::fromUtf8(exports.table())); });
    }
    menu.addSeparator();
    const auto add = [&](const QString& text, const QString& suffix, std::function<bool(QSaveFile&)> write) {
        menu.addAction(text, view, [view, name = exports.name, suffix, write = std::move(write)] {
            exportTo(view, name, suffix, write);
        });
    };
    if (exports.picture) {
        add(ExportMenu::tr("Export PNG…"), "png",
            [take = exports.picture](QSaveFile& file) { return take().save(&file, "PNG"); });
    }
    if (exports.drawing) {
        add(ExportMenu::tr("Export SVG…"), "svg", [draw = exports.drawing](QSaveFile& file) {
            draw(file);
            return true;
        });
    }
    if (exports.table) {
        add(ExportMenu::tr("Export CSV…"), "csv", [take = exports.table](QSaveFile& file) {
            const QByteArray text = take();
            return file.write(text) == text.size();
        });
    }
}

QByteArray csvField(const QString& text) {
    return '"' + QString(text).replace(QLatin1Char('"'), QLatin1String("\"\"")).toUtf8() + '"';
}

QByteArray csvOf(const QAbstractItemView& table) {
    const QAbstractItemModel* model = table.model();
    std::set<int> rows;
    for (const QItemSelectionRange& range : table.selectionModel()->selection()) {
        for (int row = range.top(); row <= range.bottom(); ++row)
            rows.insert(row);
    }
    if (rows.empty()) {
        for (int row = 0; row < model->rowCount(); ++row)
            rows.insert(rows.end(), row);
    }
    const auto line = [&](auto field) {
        QByteArrayList fields;
        for (int column = 0; column < model->columnCount(); ++column)
            fields.append(field(column));
        return fields.join(',') + "\r\n";
    };
    QByteArray text = line([&](int column) { return csvField(model->headerData(column, Qt::Horizontal).toString()); });
    for (const int row : rows) {
        text += line([&](int column) {
            const QVariant value = model->index(row, column).data(Qt::EditRole);
            if (!value.isValid()) return csvField(model->index(row, column).data().toString());
            return value.typeId() == QMetaType::QString ? csvField(value.toString()) : value.toString().toUtf8();
        });
    }
    return text;
}

void setExportMenu(QAbstractItemView* table, const QString& name) {
    table->setContextMenuPolicy(Qt::CustomContextMenu);
    QObject::connect(table, &QWidget::customContextMenuRequested, table, [table, name](const QPoint& position) {
        QMenu menu(table);
        addExports(menu, table, {name, {}, [table] { return csvOf(*table); }, {}});
        menu.exec(table->viewport()->mapToGlobal(position));
    });
}

}  // namespace diagonal
