// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace diagonal {

/// Share of queries, 0..1, whose match is among the best 1, 5, 10.
struct RecallAtK {
    double at1 = 0, at5 = 0, at10 = 0;

    double mean() const { return (at1 + at5 + at10) / 3; }
};

struct RetrievalRecall {
    RecallAtK imageToText;  ///< a hit when any of the image's texts is among the best
    RecallAtK textToImage;  ///< over all texts

    /// Of all six: one number for how well a model matches images and texts.
    double mean() const { return (imageToText.mean() + textToImage.mean()) / 2; }
};

}  // namespace diagonal
