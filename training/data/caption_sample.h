// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "training/data/dataset.h"

namespace diagonal {

/// As many captions say what words there are; SentencePiece takes 1.4 kB and 20 us for each.
inline constexpr size_t kTokenizerCaptions = 250'000;

/// What a tokenizer is trained on.
struct CaptionSample {
    std::vector<std::string> captions;
    size_t all = 0;  ///< captions that there are

    /// "training a tokenizer on 250000 of 10000000 captions, …": for people, before it begins.
    std::string note() const;
};

/// All captions in their order where they are `most` or fewer; else `most` of them, drawn by a hash of the caption and
/// its image's name, in the order of that hash: the same ones, however the data is ordered.
/// wanted: which images count, all where it is empty. Throws Cancelled.
CaptionSample sampleCaptions(const Dataset& dataset, size_t most, const std::function<bool(size_t)>& wanted = {},
                             const std::stop_token& stop = {});

}  // namespace diagonal
