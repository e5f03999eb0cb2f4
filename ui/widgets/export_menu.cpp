// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/export_menu.h"

#include <QAbstractItemView>
#include <QBuffer>
#include <QClipboard>
#include <QCoreApplication>
#include <QGuiApplication>
#include <QMenu>
#include <set>

#include "engine/inference/export.h"

namespace diagonal {

namespace {

struct ExportMenu {
    Q_DECLARE_TR_FUNCTIONS(diagonal::ExportMenu)
};

ExportSaver& exportSaver() {
    static ExportSaver saver;
    return saver;
}

QByteArray pngOf(const QImage& image) {
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return buffer.data();
}

}  // namespace

void setExportSaver(ExportSaver saver) {
    exportSaver() = std::move(saver);
}

void addExports(QMenu& menu, QWidget* view, const Exports& exports) {
    QClipboard* clipboard = QGuiApplication::clipboard();
    if (exports.picture) {
        menu.addAction(ExportMenu::tr("Copy picture"), view, [=] { clipboard->setPixmap(exports.picture()); });
    }
    if (exports.table) {
        menu.addAction(ExportMenu::tr("Copy as CSV"), view,
                       [=] { clipboard->setText(QString::fromUtf8(exports.table())); });
    }
    if (!exportSaver()) return;
    menu.addSeparator();
    const auto add = [&](const QString& text, const QString& ending,
                         std::function<std::function<QByteArray()>()> take) {
        menu.addAction(text, view, [view, name = exports.name, ending, take = std::move(take)] {
            exportSaver()(view, ExportMenu::tr("Export"), name, ending, take);
        });
    };
    if (exports.picture) {
        add(ExportMenu::tr("Export PNG…"), ".png",
            [picture = exports.picture] { return [image = picture().toImage()] { return pngOf(image); }; });
    }
    if (exports.drawing) {
        add(ExportMenu::tr("Export SVG…"), ".svg", [draw = exports.drawing] {
            QBuffer buffer;
            buffer.open(QIODevice::WriteOnly);
            draw(buffer);
            return [drawing = buffer.data()] { return drawing; };
        });
    }
    if (exports.table) {
        add(ExportMenu::tr("Export CSV…"), ".csv",
            [table = exports.table] { return [text = table()] { return text; }; });
    }
}

QByteArray csvField(const QString& text) {
    return QByteArray::fromStdString(csvText(text.toStdString()));
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
