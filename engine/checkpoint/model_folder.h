// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/job.h"
#include "engine/checkpoint/model_hints.h"
#include "engine/checkpoint/model_info.h"
#include "engine/image/preprocess.h"
#include "engine/parts/dual_encoder.h"
#include "engine/text/tokenizer.h"

namespace diagonal {

/// A model with all that is needed to use it.
struct ModelBundle {
    std::shared_ptr<DualEncoder> model;
    std::shared_ptr<const Tokenizer> tokenizer;
    PreprocessConfig preprocess;
    TextCleaning cleaning = TextCleaning::Whitespace;  ///< what texts go through before the tokenizer
    bool stripSeparator = false;                       ///< see TokenizerConfig
    ModelInfo info;
};

struct LoadOptions {
    /// Tensors of its own, for training; else float32 tensors stay in the mapped file and must not be written to.
    bool writable = false;
    /// Another input size than the model's: positions are interpolated.
    std::optional<int> imageSize = {};
    ModelHints hints = {};
    JobContext job = {};  ///< told of bytes of weights
};

/// Where the model lies that --model means: a folder or file as it is; of a run folder its model/, else its newest
/// finished checkpoint; "demo" the shipped model; a name of the hub (isHubName) on this computer, else downloaded.
/// Throws Error, Cancelled.
std::filesystem::path resolveModel(const std::string& nameOrPath, const JobContext& job = {});

/// Loads an open_clip folder, a Hugging Face folder or a lone file with weights to the CPU in fp32. Nothing that a file
/// holds is executed. Throws Error naming the file, and Cancelled.
ModelBundle loadModel(const std::filesystem::path& path, const LoadOptions& options = {});

/// What loadModel would say of the model, from the configuration and the headers alone; `clip`, when given, receives
/// its architecture.
ModelInfo readModelInfo(const std::filesystem::path& path, const LoadOptions& options = {}, ClipConfig* clip = nullptr);

/// Whether the tokenizer has CLIP's own vocabulary, which open_clip and OpenAI's code have built in.
bool hasClipVocabulary(const ModelBundle& bundle);

/// Writes the folder that open_clip.create_model_and_transforms("local-dir:FOLDER") loads. weights: in place of the
/// model's own, as its stateDict() names them.
void saveModelFolder(const std::filesystem::path& folder, const ModelBundle& bundle,
                     const std::map<std::string, torch::Tensor>& weights);
void saveModelFolder(const std::filesystem::path& folder, const ModelBundle& bundle);

}  // namespace diagonal
