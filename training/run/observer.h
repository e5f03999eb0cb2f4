// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "training/run/options.h"

namespace diagonal {

/// One optimizer step; the keys of metrics.jsonl.
struct StepMetrics {
    int64_t step = 0, totalSteps = 0;
    double epoch = 0;
    int64_t samples = 0;
    double loss = 0, lossImage = 0, lossText = 0;
    double lossDistillation = -1;  ///< the teachers' part of the loss; -1: there are none
    double logitScale = 0, temperature = 0, learningRate = 0, gradientNorm = 0;
    double samplesPerSecond = 0;
    double dataTime = 0, stepTime = 0, batchTime = 0;  ///< seconds: waiting for data, computing, both
    int64_t skipped = 0;     ///< batches left out so far because loss or gradient was no number, or far too large
    double lossScale = -1;   ///< of fp16; -1: other precisions
    int64_t microBatch = 0;  ///< pairs in memory at a time
    double gpuUtilization = -1, gpuMemoryBytes = -1, gpuTemperature = -1, gpuPower = -1;  ///< %, B, °C, W; -1: unknown
};

struct Recall {
    double at1 = 0, at5 = 0, at10 = 0;
};

struct ValidationMetrics {
    int64_t step = 0;
    double loss = 0;
    Recall imageToText, textToImage;
    double imageToTextRank = -1, textToImageRank = -1;  ///< medians; -1: of a run before they were measured
    double zeroShotTop1 = -1;                           ///< -1: the data has no labels
    double zeroShotTop5 = -1;                           ///< -1: the data has no labels, or fewer than five
    double zeroShotMeanPerClass = -1;                   ///< -1: the data has no labels
    double zeroShotHeldOutTop1 = -1;                    ///< scenes: on the pairs kept out of training
    double neighboursTop1 = -1;                         ///< as probeLabels has it; -1: no class has two pictures
    double probeTop1 = -1;                              ///< likewise; -1: it was not asked for
    /// Cosine matrix of the probe batch, row-major, probe x probe (32 pairs at most).
    int probe = 0;
    std::vector<float> probeMatrix;
};

/// Receives what happens, on the training thread.
class TrainingObserver {
  public:
    virtual ~TrainingObserver() = default;
    virtual void onStarted(const TrainOptions&, int64_t /*firstStep*/, int64_t /*totalSteps*/) {}
    virtual void onStep(const StepMetrics&) {}
    virtual void onValidation(const ValidationMetrics&) {}
    virtual void onCheckpoint(int64_t /*step*/, const std::filesystem::path&) {}
    virtual void onMessage(const std::string&) {}
};

}  // namespace diagonal
