// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/evaluate/evaluation_export.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QFileDialog>
#include <QImage>
#include <QMenu>
#include <QPixmap>
#include <QWidget>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/evaluation/evaluation_charts.h"
#include "engine/evaluation/evaluation_files.h"
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

bool hasSuspects(const EvaluationReport& report) {
    for (const ModelEvaluation& model : report.models)
        for (const TaskResult& result : model.results)
            if (!result.suspected.empty()) return true;
    return false;
}

}  // namespace

void writeEvaluationFolder(const EvaluationReport& report, const QStringList& names, const QString& folder) {
    const std::filesystem::path path = toPath(folder);
    std::error_code failure;
    std::filesystem::create_directories(path, failure);
    if (failure) throw Error(displayName(path), "the folder cannot be made: " + failure.message());
    for (const EvaluationReport& part : splitByData(report, names))
        for (const BenchmarkDocument& document : benchmarkDocuments(part))
            writeFile(path / document.file,
                      document.json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
    writeFile(path / "results.csv", evaluationCsv(report));
    writeFile(path / "results.svg", resultsSvg(report));
    writeFile(path / "report.html", evaluationHtml(report));
    if (const std::string chart = fewShotSvg(report); !chart.empty()) writeFile(path / "few-shot.svg", chart);
}

void saveEvaluationPage(QWidget* parent, Services& services, const ReportPtr& report) {
    if (report)
        saveText(parent, services, QStringLiteral("report.html"), {QStringLiteral("HTML"), QStringLiteral(".html")},
                 [report] { return evaluationHtml(*report); });
}

void fillExportMenu(QMenu& menu, QWidget* parent, Services& services, const ReportPtr& report, const QStringList& names,
                    QWidget* table) {
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
        const QString file =
            chooseSaveFile(parent, EvaluationExport::tr("Export evaluation"), QStringLiteral("results.png"),
                           {{QStringLiteral("PNG"), QStringLiteral(".png")}});
        if (file.isEmpty()) return;
        saveTo(services, parent, file, [file, image = table->grab().toImage()](const JobContext&) {
            QByteArray bytes;
            QBuffer buffer(&bytes);
            buffer.open(QIODevice::WriteOnly);
            image.save(&buffer, "PNG");
            writeFile(toPath(file), {bytes.constData(), static_cast<size_t>(bytes.size())});
        });
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
