// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "engine/checkpoint/model_info.h"
#include "engine/image/preprocess.h"
#include "engine/model/clip.h"
#include "engine/text/tokenizer.h"

namespace diagonal {

/// A model with all that is needed to use it.
struct ModelBundle {
    std::shared_ptr<ClipModel> model;
    std::shared_ptr<const Tokenizer> tokenizer;
    PreprocessConfig preprocess;
    ModelInfo info;
};

/// The folder that --model means: an open_clip folder as it is; a run folder's model/, else its newest finished
/// checkpoint; "demo" the shipped model. Throws Error.
std::filesystem::path resolveModelFolder(const std::string& nameOrPath);

/// Loads an open_clip folder (open_clip_config.json, open_clip_model.safetensors, tokenizer files) to the CPU in fp32.
/// Throws Error naming the file.
ModelBundle loadModelFolder(const std::filesystem::path& folder);

/// What loadModelFolder would say of the model, from the configuration and the headers alone.
ModelInfo readModelInfo(const std::filesystem::path& folder);

/// Writes the folder that open_clip.create_model_and_transforms("local-dir:FOLDER") loads.
void saveModelFolder(const std::filesystem::path& folder, const ModelBundle& bundle);

/// ARCH of `train`: "demo", "tiny", "small", a preset of resources/architectures, or a JSON file in model_cfg form.
/// Throws Error listing the names.
ClipConfig architecture(const std::string& name);
std::vector<std::string> architectureNames();

}  // namespace diagonal
