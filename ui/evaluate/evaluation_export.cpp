// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/evaluation_export.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QFileDialog>
#include <QImage>
#include <QMenu>
#include <QPainter>
#include <QSvgRenderer>
#include <QWidget>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/evaluation/evaluation_charts.h"
#include "engine/evaluation/evaluation_files.h"
#include "engine/evaluation/evaluation_folder.h"
#include "engine/evaluation/evaluation_report.h"
#include "ui/base/paths.h"
#include "ui/base/settings.h"
#include "ui/jobs/evaluation_plan.h"
#include "ui/shell/save_as.h"
#include "ui/shell/services.h"

namespace diagonal {

namespace {

using ReportPtr = std::shared_ptr<const EvaluationReport>;

struct EvaluationExport {
    Q_DECLARE_TR_FUNCTIONS(diagonal::EvaluationExport)
};

/// Made on the worker that writes it.
void saveText(QWidget* parent, Services& services, const QString& name, const SaveFormat& format,
              std::function<std::string()> make) {
    const QString file = chooseSaveFile(parent, EvaluationExport::tr("Export evaluation"), name, {format});
    if (file.isEmpty()) return;
    saveTo(services, parent, file,
           [file, make = std::move(make)](const JobContext&) { writeFile(toPath(file), make()); });
}

/// Two pixels for each unit of the drawing. Any thread.
std::string pngOf(const std::string& svg) {
    QSvgRenderer drawing(QByteArray::fromStdString(svg));
    QImage image(drawing.defaultSize() * 2, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    drawing.render(&painter);
    painter.end();
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes.toStdString();
}

bool hasSuspects(const EvaluationReport& report) {
    for (const ModelEvaluation& model : report.models)
        for (const TaskResult& result : model.results)
            if (!result.suspected.empty()) return true;
    return false;
}

}  // namespace

void writeEvaluationFolder(const EvaluationReport& report, const QStringList& names, const QString& folder) {
    const auto written = writeEvaluationFolder(report, splitByData(report, names), toPath(folder), pngOf);
    if (!written.failures.empty()) throw Error(written.failures.front());
}

void saveEvaluationPage(QWidget* parent, Services& services, const ReportPtr& report) {
    if (report)
        saveText(parent, services, QStringLiteral("report.html"), {QStringLiteral("HTML"), QStringLiteral(".html")},
                 [report] { return evaluationHtml(*report); });
}

void fillExportMenu(QMenu& menu, QWidget* parent, Services& services, const ReportPtr& report,
                    const QStringList& names) {
    menu.clear();
    if (!report) return;
    const SaveFormat csv{QStringLiteral("CSV"), QStringLiteral(".csv")};
    menu.addAction(EvaluationExport::tr("Results as CSV…"), parent, [=, &services] {
        saveText(parent, services, QStringLiteral("results.csv"), csv, [report] { return evaluationCsv(*report); });
    });
    menu.addAction(EvaluationExport::tr("What was said of each picture as CSV…"), parent, [=, &services] {
        saveText(parent, services, QStringLiteral("answers.csv"), csv, [report] { return answersCsv(*report); });
    });
    QAction* suspects =
        menu.addAction(EvaluationExport::tr("Labels that may be wrong as CSV…"), parent, [=, &services] {
            saveText(parent, services, QStringLiteral("suspects.csv"), csv, [report] { return suspectsCsv(*report); });
        });
    suspects->setEnabled(hasSuspects(*report));
    menu.addSeparator();
    menu.addAction(EvaluationExport::tr("Table as PNG…"), parent, [=, &services] {
        saveText(parent, services, QStringLiteral("results.png"), {QStringLiteral("PNG"), QStringLiteral(".png")},
                 [report] { return pngOf(resultsSvg(*report)); });
    });
    menu.addAction(EvaluationExport::tr("Table as SVG…"), parent, [=, &services] {
        saveText(parent, services, QStringLiteral("results.svg"), {QStringLiteral("SVG"), QStringLiteral(".svg")},
                 [report] { return resultsSvg(*report); });
    });
    menu.addSeparator();
    menu.addAction(EvaluationExport::tr("All files into a folder, JSON for CLIP_benchmark…"), parent, [=, &services] {
        const QString key = QStringLiteral("export/folder");
        const QString folder = QFileDialog::getExistingDirectory(parent, EvaluationExport::tr("Export evaluation"),
                                                                 settings().value(key).toString());
        if (folder.isEmpty()) return;
        settings().setValue(key, folder);
        saveTo(services, parent, folder, [=](const JobContext&) { writeEvaluationFolder(*report, names, folder); });
    });
}

}  // namespace diagonal
