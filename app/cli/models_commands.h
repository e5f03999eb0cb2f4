// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/command.h"

namespace diagonal::cli {

// Subcommands of `models` that have a file of their own.
void addModelsCompare(CLI::App* models, Program& program);

}  // namespace diagonal::cli
