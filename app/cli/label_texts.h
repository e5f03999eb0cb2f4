// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/cli/options.h"
#include "engine/inference/session.h"
#include "engine/text/label.h"

namespace diagonal::cli {

/// Options of `label` that say what pictures are compared with.
struct TextOptions {
    std::vector<std::string> labels, templates;
    std::string labelFile, templateSet;
    std::optional<double> threshold;
};

struct LabelTexts {
    std::vector<std::string> lines;  ///< as given
    std::vector<Label> labels;
    std::vector<std::string> templates;
};

void addTexts(CLI::App* command, TextOptions& options);

/// What the command line gives; labels may be none. Throws UsageError, Error.
LabelTexts givenTexts(const TextOptions& options);

/// What the model suggests where no labels are given. Throws UsageError where it suggests none.
void suggestTexts(const ModelInfo& model, const TextOptions& options, LabelTexts& texts);

/// Notes prompts whose end the model does not read.
void noteLongPrompts(Session& session, const LabelTexts& texts);

/// The sentences that stand for each label, a line each.
void writePrompts(const LabelTexts& texts, Output& output);

}  // namespace diagonal::cli
