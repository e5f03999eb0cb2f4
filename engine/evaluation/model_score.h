// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/job.h"
#include "engine/checkpoint/model_info.h"
#include "engine/evaluation/captioned_pictures.h"
#include "engine/evaluation/recall.h"
#include "engine/image/image_files.h"
#include "engine/inference/session.h"

namespace diagonal {

/// How well a model matches captioned pictures, and what it takes.
struct ModelScore {
    ModelInfo info;
    std::string device, precision;  ///< as resolved
    uint64_t bytes = 0;             ///< of the files with the weights

    RetrievalRecall recall;             ///< over the pictures that could be read
    size_t pictures = 0, captions = 0;  ///< those
    size_t notFinite = 0;  ///< pictures and captions among them whose embedding is not finite: they count as misses
    std::vector<FileFailure> unreadable;   ///< left out with their captions
    size_t truncated = 0;                  ///< captions longer than the model's context
    double imageSeconds = 0;               ///< of one picture in a full batch, from its prepared pixels on
    double textSeconds = 0;                ///< of one caption, tokens included
    std::optional<int64_t> memoryBytes{};  ///< at the most, model and a batch: of the GPU where it computes there
};

/// Loads a model, embeds pictures and captions (pictures through options.cache), and measures. Times are those of a
/// model that is warm, on pictures that no cache gave: a batch of them is computed for that alone, and decoding files,
/// which takes any model as long, does not count. Progress in pictures and captions. Throws Error, Cancelled.
ModelScore scoreModel(const std::string& model, const SessionOptions& options, const CaptionedPictures& pictures,
                      const JobContext& job = {});

/// What a choice between models weighs.
struct Tradeoff {
    double recall = 0;   ///< more is better
    double seconds = 0;  ///< less is better
};

/// For each: whether no other is at least as good in both and better in one (the Pareto front).
std::vector<bool> paretoFront(std::span<const Tradeoff> choices);

}  // namespace diagonal
