// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace diagonal::cli {

/// Help as Diagonal prints it: what the command does, usage, options by group, examples.
class HelpFormatter : public CLI::Formatter {
  public:
    std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override;
};

/// What `diagonal-cli` alone prints: the commands and three lines to start with.
std::string overview(const CLI::App& app);

}  // namespace diagonal::cli
