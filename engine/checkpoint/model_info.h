// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace diagonal {

struct TensorInfo {
    std::string name;
    std::vector<int64_t> shape;
    std::string dtype;  ///< "float32", …
};

/// What `inspect`, the status bar and results say of a model; knows no tensor.
struct ModelInfo {
    std::string name;                             ///< for people: "Demo model", else the folder's name
    std::filesystem::path path;                   ///< the model folder (of a run: its newest checkpoint) or file
    std::string format;                           ///< "open_clip folder", "OpenAI TorchScript archive"
    std::string architecture;                     ///< "ViT-B-32", else "ModifiedResNet 1,1,1,1, width 16"
    std::string tokenizer;                        ///< "SentencePiece, 512 pieces"
    std::string preprocessing;                    ///< "shorter side to 224, bicubic, centre crop"
    std::string activation;                       ///< "GELU", "QuickGELU" or "GELU (tanh)"
    std::string activationFrom;                   ///< what says so: "open_clip_config.json"
    std::string dtype;                            ///< as stored
    std::vector<std::filesystem::path> files;     ///< the weights
    std::map<std::string, std::string> metadata;  ///< what else they say: "epoch": "32"
    std::vector<std::string> notes;               ///< what was assumed or left out, in sentences without an end
    int64_t parameters = 0;
    int embedDim = 0;
    int imageSize = 0;
    int contextLength = 0;
    double logitScale = 0;   ///< after exp
    double temperature = 0;  ///< 1 / logit scale
    /// What makes its probabilities true, as an evaluation found it (saveFittedTemperature); 0: not fitted.
    double fittedTemperature = 0;
    bool hasLogitBias = false;  ///< SigLIP: the probability of one pair is sigmoid(scale * cosine + bias)
    double logitBias = 0;
    /// What the model knows, when it says so ("coloured shapes"); empty for a general model. From diagonal.json in its
    /// folder.
    std::string knows;
    /// Prompt template and labels the model suggests for a start; from diagonal.json.
    std::string suggestedTemplate;
    std::vector<std::string> suggestedLabels;
    /// Of a model that does not know everything: texts for all it knows, and the cosine with the best of them that a
    /// familiar image reaches. Empty and 0 where that was not measured.
    std::vector<std::string> familiarTexts;
    double familiarCosine = 0;
    std::vector<TensorInfo> tensors;
};

}  // namespace diagonal
