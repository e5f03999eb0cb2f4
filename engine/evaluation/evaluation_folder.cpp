// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/evaluation_folder.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/evaluation/evaluation_charts.h"
#include "engine/evaluation/evaluation_files.h"
#include "engine/evaluation/evaluation_report.h"

namespace diagonal {

WrittenEvaluation writeEvaluationFolder(const EvaluationReport& report, const std::vector<EvaluationReport>& parts,
                                        const std::filesystem::path& folder, const PngPainter& paint) {
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (failure) throw Error(displayName(folder), "the folder cannot be made: " + failure.message());
    WrittenEvaluation written;
    const auto isWritten = [&](const std::string& name, const std::string& content) {
        try {
            writeFile(folder / name, content);
        } catch (const Error& error) {
            written.failures.push_back(error);
            return false;
        }
        return true;
    };
    const auto add = [&](const std::string& name, const std::string& content) {
        if (isWritten(name, content)) written.files.push_back(name);
    };
    const auto addChart = [&](const std::string& name, const std::string& svg) {
        if (svg.empty()) return;
        add(name + ".svg", svg);
        if (!written.pngProblem.empty()) return;
        std::string png;
        try {
            png = paint(svg);
        } catch (const Error& error) {
            written.pngProblem = error.what();
            return;
        }
        add(name + ".png", png);
    };
    add("report.html", evaluationHtml(report));
    add("results.csv", evaluationCsv(report));
    addChart("results", resultsSvg(report));
    addChart("few-shot", fewShotSvg(report));
    for (const EvaluationReport& part : parts)
        for (const BenchmarkDocument& document : benchmarkDocuments(part))
            if (isWritten(document.file,
                          document.json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n"))
                ++written.documents;
    return written;
}

}  // namespace diagonal
