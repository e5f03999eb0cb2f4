// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/matrix/matrix_export.h"

#include "engine/inference/export.h"
#include "ui/base/paths.h"

namespace diagonal {

namespace {

/// Names as they are in the file system, too.
std::vector<std::string> strings(const QStringList& list) {
    std::vector<std::string> result;
    for (const QString& text : list)
        result.push_back(toPath(text).native());
    return result;
}

}  // namespace

void writeMatrix(const MatrixExport& job) {
    const std::filesystem::path file = toPath(job.file);
    if (job.file.endsWith(QLatin1String(".png"), Qt::CaseInsensitive)) {
        exportMatrixPicture(file, job.matrix, job.colours, job.low, job.high);
    } else {
        exportMatrix(file, strings(job.names), strings(job.captions), job.matrix);
    }
}

}  // namespace diagonal
