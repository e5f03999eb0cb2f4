// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace diagonal::cli {

/// Help as Diagonal prints it: what the command does, usage, options by group, examples.
class HelpFormatter : public CLI::Formatter {
  public:
    std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override;
};

/// "diagonal-cli dataset make"
std::string invocation(const CLI::App* app);

/// The commands below one, as they were added.
std::vector<const CLI::App*> commandsOf(const CLI::App& app);

/// What `diagonal-cli` alone prints: the commands and three lines to start with.
std::string overview(const CLI::App& app);

}  // namespace diagonal::cli
