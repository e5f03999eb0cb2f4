// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/command.h"

namespace diagonal::cli {

// Subcommands of `index LIBRARY`, each with its options; library: what stands in front of it.
void addIndexImport(CLI::App* index, Program& program, const std::shared_ptr<std::string>& library);
void addIndexExport(CLI::App* index, Program& program, const std::shared_ptr<std::string>& library);

}  // namespace diagonal::cli
