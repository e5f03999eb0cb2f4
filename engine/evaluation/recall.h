// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

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

/// Where a query's best match stands among all candidates. Of equal similarities the order is random.
struct QueryRank {
    int32_t better = 0;     ///< foreign candidates above it
    int32_t equal = 0;      ///< foreign candidates beside it
    bool isNumber = false;  ///< false: the match's similarity is no number, so that it is never found

    /// The probability, 0..1, that it is among the best k.
    double hitAt(int k) const {
        return isNumber ? std::clamp(static_cast<double>(k - better) / (equal + 1.0), 0.0, 1.0) : 0;
    }
    /// The expected place, from 1; `last` where it is never found.
    double place(double last) const { return isNumber ? 1 + better + equal / 2.0 : last; }
};

/// Of queries among so many candidates; one that is never found has the last place.
inline std::vector<double> placesOf(const std::vector<QueryRank>& ranks, size_t candidates) {
    std::vector<double> places;
    places.reserve(ranks.size());
    for (const QueryRank& rank : ranks)
        places.push_back(rank.place(static_cast<double>(candidates)));
    return places;
}

/// Of all queries, in their order.
struct RetrievalRanks {
    std::vector<QueryRank> imageToText, textToImage;

    RetrievalRecall recall() const;
};

}  // namespace diagonal
