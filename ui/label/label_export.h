// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/job.h"

namespace diagonal {

struct ExportRow {
    std::string image, error;
    std::vector<float> cosines;  ///< one a label; unused with an error
};

/// `image,rank,label,probability,cosine,error`: a row a label, best first, or one row with the error. Throws Error and
/// Cancelled; the file is there whole or not at all.
void writeLabelCsv(const std::filesystem::path& file, const std::vector<ExportRow>& rows, const QStringList& labels,
                   double temperature, const JobContext& job = {});

/// The same as `diagonal-cli label --format json` writes: model, labels, temperature, and a result an image with its
/// scores, best first, or its error. Throws as writeLabelCsv does.
void writeLabelJson(const std::filesystem::path& file, const std::vector<ExportRow>& rows, const QStringList& labels,
                    const QString& model, double temperature, const JobContext& job = {});

}  // namespace diagonal
