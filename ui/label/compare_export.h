// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/job.h"
#include "ui/item_models/comparison_model.h"

namespace diagonal {

struct ComparedPicture {
    QString path;
    Comparison comparison;
};

/// `image,agree,distance,label_a,probability_a,label_b,probability_b,error` as `diagonal-cli compare` writes it:
/// disagreements first, a label that is not given empty; those without a comparison last, with their error or, where
/// there is none, `missing`. Throws Error and Cancelled; the file is there whole or not at all.
void writeComparisonCsv(const std::filesystem::path& file, const std::vector<ComparedPicture>& items,
                        const std::string& missing, const JobContext& job = {});

}  // namespace diagonal
