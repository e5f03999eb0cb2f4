// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "app/cli/options.h"

namespace diagonal::cli {

// What `label` and `explain` take alike.

/// Images, as files, folders or a list.
CLI::Option* addImages(CLI::App* command, std::vector<std::string>& images);
/// -l, --label
CLI::Option* addLabels(CLI::App* command, std::vector<std::string>& labels);
/// --template
void addTemplates(CLI::App* command, std::vector<std::string>& templates);
/// Throws UsageError for a template without a place for the label.
void checkTemplates(const std::vector<std::string>& templates);

}  // namespace diagonal::cli
