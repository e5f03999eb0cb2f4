// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/command.h"
#include "training/data/dataset.h"

namespace diagonal::cli {

/// What SPEC can be, for help texts.
inline constexpr const char* kSpecHelp =
    "SPEC is a path whose kind is detected, or KIND:PATH with one of csv, flickr8k, flickr30k, coco,\n"
    "karpathy, imagefolder, classes, webdataset, pack; or scenes:count=20000,seed=1.";

/// --split, --image-key, --caption-key.
void addDataColumns(CLI::App* command, DatasetOptions& options);
/// The same, and --templates.
void addDataOptions(CLI::App* command, DatasetOptions& options);

// Subcommands of `dataset`, each in a file of its own.
void addDatasetInfo(CLI::App* dataset, Program& program);
void addDatasetPack(CLI::App* dataset, Program& program);

}  // namespace diagonal::cli
