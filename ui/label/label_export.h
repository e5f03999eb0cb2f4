// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/job.h"
#include "ui/pictures/label_scoring.h"

namespace diagonal {

struct ExportRow {
    std::string image, error;
    std::vector<float> cosines;  ///< one a label; unused with an error
    bool isWaiting = false;      ///< the error says that there are no scores yet

    std::string verdict() const { return isWaiting ? "waiting" : "failed"; }  ///< with an error
};

/// `image,rank,label,probability,cosine,error`: a row a label, best first, or one row with the error. Throws Error and
/// Cancelled; the file is there whole or not at all.
void writeLabelCsv(const std::filesystem::path& file, const std::vector<ExportRow>& rows,
                   const std::vector<Label>& labels, const Scoring& scoring, const JobContext& job = {});

/// The same as `diagonal-cli label --format json` writes: model, labels, temperature, and a result an image with the
/// label that it is given (or null) and its scores, best first, or its error. Throws as writeLabelCsv does.
void writeLabelJson(const std::filesystem::path& file, const std::vector<ExportRow>& rows,
                    const std::vector<Label>& labels, const QString& model, const Scoring& scoring,
                    const JobContext& job = {});

}  // namespace diagonal
