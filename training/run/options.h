// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace diagonal {

/// Every option of a run; config.json of the run folder holds exactly these.
struct TrainOptions {
    std::string trainData;       ///< SPEC
    std::string validationData;  ///< SPEC; empty: the data's own validation split, else a held-back 5 %
    std::string imageKey, captionKey;
    std::string captions = "turn";  ///< which of an image's captions an epoch shows: turn (the next), random
    int shuffleBuffer = 0;          ///< images through which data is read in its order; 0: any order
    std::string templates;          ///< captions of class folders: a text with {} or the name of a set
    std::string model = "small";    ///< ARCH, or a model folder to fine-tune
    std::filesystem::path imageWeights, textWeights;  ///< of the towers of a new model; empty: random ones
    std::filesystem::path output;                     ///< the run folder
    int64_t epochs = 0;                               ///< 0: steps decide
    int64_t steps = 0;                                ///< 0: epochs decide
    int batchSize = 128;
    int microBatch = 0;                ///< pairs that are in memory at a time; 0: all of a batch
    bool gradCheckpointing = false;    ///< the backward pass computes each block's activations again
    std::string adamStates = "fp32";   ///< how AdamW's moments are stored: fp32, bf16
    std::string textStorage = "fp32";  ///< how the text tower's matrices are stored: fp32, bf16

    std::string loss =
        "contrastive";  ///< contrastive, soft (duplicates share the probability), mutual, sigmoid, fastclip
    double labelSmoothing = 0;
    double targetTemperature = 0;        ///< of mutual, see MutualLoss; 0: 1 / temperature
    bool targetGradient = false;         ///< the same
    bool normalize = true;               ///< the loss sees embeddings of unit length, else as the heads give them
    double temperature = 0;              ///< at the start; 0: the model's own, 0.07 for a new one (sigmoid: 0.1)
    double minTemperature = 0.01;        ///< learned temperatures are kept above it
    bool fixTemperature = false;         ///< it is not learned
    double temperatureLearningRate = 0;  ///< of its own; 0: as the weights, of fastclip 2e-4
    double fastClipGamma = 0.2;          ///< see FastClipOptions
    double fastClipRho = 6.5;
    int64_t gammaDecayEpochs = 0;   ///< 0: half of all
    double distillWeight = 0;       ///< share of the loss that the pack's teachers have; 0: none
    double distillTemperature = 0;  ///< of the teachers; 0: their own
    int imageViews = 0;  ///< of each picture, whose features a locked image tower makes once; 0: anew in each step
    bool lockImage = false, lockText = false;  ///< towers that are not trained (LiT: lockImage)
    double patchDropout = 0;                   ///< share of an image's patches left out in a step
    std::string stages;                        ///< see parseStages(); empty: one, of the model's image size
    int loraRank = 0;                          ///< of low-rank terms that learn in place of the weights; 0: none
    double loraAlpha = 0;                      ///< the terms count loraAlpha / loraRank; 0: as loraRank
    std::string loraTargets = "all";           ///< matrices with such terms: attention, mlp, all

    double learningRate = 5e-4;
    double imageLearningRate = 0, textLearningRate = 0;  ///< of a tower; 0: learningRate
    double headLearningRate = 0;                         ///< of both heads; 0: as their towers
    double layerDecay = 1;                               ///< of the learning rate, a layer; see LayerDecay
    double imageLayerDecay = 0, textLayerDecay = 0;      ///< of a tower; 0: layerDecay
    std::string schedule = "cosine";                     ///< after the warm-up: cosine, linear (to 0), const, plateau
    int64_t plateauPatience = 2;                         ///< validations, see Plateau
    double plateauFactor = 0.5;                          ///< the same
    int64_t warmup = 100;                                ///< steps
    double beta1 = 0.9, beta2 = 0.98, epsilon = 1e-6;
    double weightDecay = 0.2;   ///< not on biases, gains and the logit scale
    double gradientClip = 1.0;  ///< largest norm; 0: none
    double emaDecay = 0;        ///< of the moving average of the weights that becomes the model; 0: none
    double spikeFactor = 10;    ///< a gradient so many times the usual norm is left out; 0: none is

    std::string tokenizer = "captions";  ///< of a new model: captions (trained on them), clip
    int vocabularySize = 4096;           ///< of the tokenizer trained on the captions

    bool augment = true;               ///< all of the following (photographs); scenes vary by themselves
    double cropScale = 0.6;            ///< smallest random crop, as a share of the picture; 1: none
    double flip = 0.5;                 ///< probability of a mirror image; never where the caption says left or right
    double colorJitter = 0;            ///< strength of changes in brightness, contrast, saturation; hue a quarter of it
    double grayscale = 0;              ///< probability
    double blur = 0;                   ///< probability
    std::string autoAugment = "none";  ///< none, trivial (TrivialAugmentWide), rand (RandAugment)
    bool fastDecode = false;           ///< JPEG decoded at a fraction of its size where that is enough

    int64_t saveEvery = 500;      ///< steps
    int64_t validateEvery = 200;  ///< steps
    int64_t saveFrequency = 0;    ///< epochs, in place of saveEvery; 0: that decides
    int64_t valFrequency = 0;     ///< epochs, in place of validateEvery; 0: that decides
    bool valProbe = false;        ///< validation also fits a linear probe
    int keepCheckpoints = 2;      ///< the newest
    std::string keepBest;  ///< key of metrics.jsonl ("val/loss"); its best checkpoint is kept and becomes the model
    int workers = 0;       ///< threads that decode; 0: as many as suit the device
    int threads = 0;       ///< threads that compute; 0: default
    std::string device = "auto";
    std::string precision = "auto";  ///< fp32, or bf16 or fp16 autocast
    uint64_t seed = 1;
};

/// Keys of metrics.jsonl that keepBest takes.
const std::vector<std::string>& bestMetrics();

nlohmann::json toJson(const TrainOptions& options);
/// Keys that are not there keep their defaults. Throws Error naming an unknown or ill-typed key.
TrainOptions trainOptionsFromJson(const nlohmann::json& json, const std::string& source);

/// Throws Error naming the first option whose value makes no sense.
void checkOptions(const TrainOptions& options);

}  // namespace diagonal
