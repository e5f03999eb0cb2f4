// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/checkpoint/model_hints.h"
#include "engine/checkpoint/state_dict.h"
#include "engine/image/preprocess.h"
#include "engine/parts/config.h"
#include "engine/text/load_tokenizer.h"

namespace diagonal {

/// All that is known of a model before it is built.
struct ModelSource {
    std::filesystem::path path;  ///< the folder or file
    std::string format;          ///< "open_clip folder", "OpenAI TorchScript archive"
    std::string configFile;      ///< what errors about the architecture name
    ClipConfig clip;
    std::string activationFrom;      ///< what says which GELU it is
    std::vector<std::string> notes;  ///< what was assumed or left out
    PreprocessConfig preprocess;
    std::filesystem::path tokenizerFolder;  ///< empty: the CLIP vocabulary that ships
    TextCleaning cleaning = TextCleaning::Lower;
    bool stripSeparator = false, poolsLargest = false;  ///< see TokenizerConfig
    std::optional<int> endId;  ///< of the token at which texts are pooled, where the configuration says
    std::vector<std::filesystem::path> weights;
    StateDict state;  ///< in our names
};

/// Opens what `path` is: an open_clip folder, a Hugging Face folder, or a lone file with weights. Nothing of the
/// weights is read yet. Throws Error naming the file.
ModelSource openModelSource(const std::filesystem::path& path, const ModelHints& hints = {});

/// Whether a folder holds one of the configurations that openModelSource reads.
bool isModelFolder(const std::filesystem::path& folder);

// The kinds, each in a file of its own. Files of weights are given; which they are was found out before.
ModelSource openOpenClipFolder(const std::filesystem::path& folder);
bool hasOpenClipWeights(const std::filesystem::path& folder);
ModelSource openHuggingFaceFolder(const std::filesystem::path& folder);
ModelSource openWeightsFile(const std::filesystem::path& file, const ModelHints& hints);

/// The files with the weights: the first of `names` that is in the folder, or the parts that its "NAME.index.json"
/// lists; else the one file that could be weights. Throws Error where there is none, or several of those.
std::vector<std::filesystem::path> findWeights(const std::filesystem::path& folder,
                                               const std::vector<std::string>& names);

/// Throws Error where a lone file is one of several parts, by its name.
void refusePart(const std::filesystem::path& file);

/// Puts a state dict into our names; what it holds besides is noted. Throws Error where it is no CLIP model or holds
/// more than one.
StateDict inOurNames(StateDict state, const std::string& file);

}  // namespace diagonal
