// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace diagonal::cli {

/// What every command can end with (besides 1, failed, and 2, wrong usage).
inline constexpr int kDone = 0, kFailed = 1, kWrongUsage = 2, kSomeUnreadable = 3, kInterrupted = 130;

/// The command line asks for something that makes no sense; exit code 2.
class UsageError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// What the parsed command line wants run.
struct Program {
    std::function<int()> run;
};

/// Has `command` run `function` with the options that the parser fills.
template <typename Options>
void runs(CLI::App* command, Program& program, std::shared_ptr<Options> options, int (*function)(const Options&)) {
    command->callback(
        [&program, options, function] { program.run = [options, function] { return function(*options); }; });
}

// Each command's file defines one of these.
#define DIAGONAL_COMMAND(name) void add##name(CLI::App& app, Program& program);
#include "app/cli/commands.def"
#undef DIAGONAL_COMMAND

}  // namespace diagonal::cli
