// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/job.h"
#include "engine/checkpoint/model_hints.h"

namespace diagonal {

enum class ModelForm {
    OpenClip,     ///< folder: open_clip_config.json, open_clip_model.safetensors, tokenizer
    HuggingFace,  ///< folder: config.json, model.safetensors, tokenizer, preprocessor
    OpenAi        ///< state dict model.pt, as clip.load takes it, in fp32
};

struct Conversion {
    std::filesystem::path path;         ///< what --model opens
    std::vector<std::string> notes;     ///< what the form cannot say: "open_clip computes SigLIP B/16 with exact GELU"
    double largestLogitDifference = 0;  ///< between source and result on the built-in batch
    double largestLogit = 0;            ///< the largest logit of that batch, for scale
};

/// Converts a model and checks the result: both are loaded and fed the same images and texts. `folder` must be empty or
/// not there. Throws Error (the form has no place for the architecture, no space), Cancelled.
Conversion convertModel(const std::filesystem::path& model, ModelForm form, const std::filesystem::path& folder,
                        const JobContext& job = {}, const ModelHints& hints = {});

}  // namespace diagonal
