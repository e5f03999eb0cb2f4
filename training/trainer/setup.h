// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/checkpoint/model_folder.h"
#include "training/distributed/world.h"
#include "training/run/options.h"
#include "training/run/stages.h"
#include "training/trainer/subset.h"

namespace diagonal {

/// What a run works with, made from its options.
struct TrainingSetup {
    TrainOptions options;
    TrainingData data;
    ModelBundle bundle;  ///< the model on its device
    torch::Device device = torch::kCPU;
    std::shared_ptr<World> world = oneProcess();
    bool keptTokens = false;                    ///< the token ids kept with the data are those of the model's tokenizer
    std::optional<torch::ScalarType> autocast;  ///< bf16 or fp16; none: fp32
    int workers = 2;                            ///< threads that decode
    std::vector<Stage> stages;                  ///< none: the whole run is of one
    int64_t totalSteps = 0;
    int64_t stepsPerEpoch = 0;
    std::string fingerprint, validationFingerprint;  ///< of the data
};

/// Opens the data and makes the model: random weights and a tokenizer trained on the captions for an ARCH; weights and
/// tokenizer of a model folder to fine-tune; those of `checkpoint` to resume. Throws Error, and Cancelled between its
/// parts. message receives notes for people. In a world of several processes all call it, with the same options: each
/// takes a GPU of its own, and the first weights are those of rank 0; throws Error where they do not have the same
/// data.
TrainingSetup setUp(const TrainOptions& options, const std::optional<std::filesystem::path>& checkpoint,
                    const std::function<void(const std::string&)>& message, const std::stop_token& stop = {},
                    const std::shared_ptr<World>& world = oneProcess());

}  // namespace diagonal
