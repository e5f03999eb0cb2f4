// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "app/cli/inputs.h"
#include "app/cli/options.h"
#include "engine/text/text_sets.h"

namespace diagonal::cli {

/// What a command says of its images.
inline constexpr const char* kImagesHelp =
    "Files, folders (with all below them), lists of them (.txt, .lst), or - for a list on stdin";

// What `label`, `explain` and `embed` take alike.

/// Images, as files, folders or a list.
CLI::Option* addImages(CLI::App* command, std::vector<std::string>& images);
/// -l, --label
CLI::Option* addLabels(CLI::App* command, std::vector<std::string>& labels);
/// --template
void addTemplates(CLI::App* command, std::vector<std::string>& templates);
/// --templates
void addTemplateSet(CLI::App* command, std::string& set);
/// Throws UsageError for a template without a place for the label.
void checkTemplates(const std::vector<std::string>& templates);
/// templates, and those of the set where one is given. Throws UsageError, Error.
std::vector<std::string> givenTemplates(std::vector<std::string> templates, const std::string& set);
/// Lines of a file, of standard input ("-") or of a set that comes with Diagonal. option: whose value `given` is.
std::vector<std::string> readSet(TextSets kind, const std::string& option, const std::string& given,
                                 BlankLines blank = BlankLines::LeaveOut);

}  // namespace diagonal::cli
