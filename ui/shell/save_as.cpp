// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/save_as.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QPointer>
#include <algorithm>

#include "engine/base/file.h"
#include "ui/base/paths.h"
#include "ui/base/settings.h"
#include "ui/shell/services.h"
#include "ui/widgets/export_menu.h"
#include "ui/widgets/format.h"

namespace diagonal {

namespace {

const QString kSaveFolder = QStringLiteral("export/folder");

struct SaveAs {
    Q_DECLARE_TR_FUNCTIONS(diagonal::SaveAs)
};

}  // namespace

QString chooseSaveFile(QWidget* parent, const QString& title, const QString& name, const QList<SaveFormat>& formats) {
    QStringList filters;
    for (const SaveFormat& format : formats)
        filters << QStringLiteral("%1 (*%2)").arg(format.name, format.ending);
    const QDir folder(settings().value(kSaveFolder, QDir::homePath()).toString());
    QString chosen;
    QString file =
        QFileDialog::getSaveFileName(parent, title, folder.filePath(name), filters.join(QStringLiteral(";;")), &chosen);
    if (file.isEmpty()) return {};
    const bool hasEnding = std::ranges::any_of(
        formats, [&file](const SaveFormat& format) { return file.endsWith(format.ending, Qt::CaseInsensitive); });
    if (!hasEnding) file += formats[std::max<qsizetype>(0, filters.indexOf(chosen))].ending;
    settings().setValue(kSaveFolder, QFileInfo(file).absolutePath());
    return file;
}

void saveTo(Services& services, QObject* owner, const QString& file,
            const std::function<void(const JobContext&)>& write) {
    // A context of its own each: what is written next must not supersede this.
    auto* context = new QObject(owner);
    EngineService::TaskHandler handler;
    handler.finished = [&services, context, file] {
        context->deleteLater();
        services.notify(SaveAs::tr("%1 is written").arg(formatPath(file)));
    };
    handler.failed = [&services, context](const JobError& error) {
        context->deleteLater();
        services.notifyError(error);
    };
    handler.cancelled = [context] { context->deleteLater(); };
    services.engine().setPrecious(
        services.engine().runTask(context, SaveAs::tr("Exporting"), write, std::move(handler)));
}

void saveExports(Services& services) {
    setExportSaver([guard = QPointer(&services)](QWidget* view, const QString& title, const QString& name,
                                                 const QString& ending, const auto& take) {
        if (!guard) return;
        const QString file = chooseSaveFile(view, title, name + ending, {{ending.mid(1).toUpper(), ending}});
        if (file.isEmpty()) return;
        saveTo(*guard, view, file, [file, encode = take()](const JobContext&) {
            const QByteArray content = encode();
            writeFile(toPath(file), {content.data(), static_cast<size_t>(content.size())});
        });
    });
}

void saveAs(Services& services, QWidget* parent, const QString& title, const QString& name, const SaveFormat& format,
            const QByteArray& text) {
    const QString file = chooseSaveFile(parent, title, name, {format});
    if (file.isEmpty()) return;
    saveTo(services, parent, file, [file, text](const JobContext&) {
        writeFile(toPath(file), {text.data(), static_cast<size_t>(text.size())});
    });
}

}  // namespace diagonal
