// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace diagonal {

/// Every option of a run; config.json of the run folder holds exactly these.
struct TrainOptions {
    std::string trainData;       ///< SPEC
    std::string validationData;  ///< SPEC; empty: the data's own validation split, else a held-back 5 %
    std::string imageKey, captionKey;
    std::string model = "small";   ///< ARCH, or a model folder to fine-tune
    std::filesystem::path output;  ///< the run folder
    int64_t epochs = 0;            ///< 0: steps decide
    int64_t steps = 0;             ///< 0: epochs decide
    int batchSize = 128;
    double learningRate = 5e-4;
    double beta1 = 0.9, beta2 = 0.98, epsilon = 1e-6;
    double weightDecay = 0.2;     ///< not on biases, gains and the logit scale
    int64_t warmup = 100;         ///< steps
    double gradientClip = 1.0;    ///< largest norm; 0: none
    int vocabularySize = 4096;    ///< of the tokenizer trained on the captions
    bool augment = true;          ///< random resized crop and flip (photographs); scenes vary by themselves
    int64_t saveEvery = 500;      ///< steps
    int64_t validateEvery = 200;  ///< steps
    int keepCheckpoints = 2;
    int workers = 2;  ///< threads that decode
    int threads = 0;  ///< threads that compute; 0: default
    std::string device = "auto";
    std::string precision = "auto";  ///< fp32, or bf16 autocast
    uint64_t seed = 1;
};

nlohmann::json toJson(const TrainOptions& options);
/// Keys that are not there keep their defaults. Throws Error naming an unknown or ill-typed key.
TrainOptions trainOptionsFromJson(const nlohmann::json& json, const std::string& source);

/// Throws Error naming the first option whose value makes no sense.
void checkOptions(const TrainOptions& options);

}  // namespace diagonal
