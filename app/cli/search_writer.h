// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "app/cli/output.h"
#include "engine/index/captions.h"
#include "engine/index/search.h"

namespace diagonal::cli {

/// What is written of a search.
struct SearchReport {
    const Snapshot& snapshot;
    const std::vector<QueryTerm>& terms;
    const std::vector<std::string>&likes, &dislikes;  ///< files that the learned term is of
    const SearchResult& result;
    Format format;
    bool showsMoments;  ///< a line a moment
    std::string out;    ///< empty: stdout
};

void writeHits(const SearchReport& report);

/// "16 pictures and 3 moments above +3.2 σ, of 9,412 looked at, 12 ms": for stderr.
std::string summaryOf(const SearchResult& result);

/// Texts with their cosines.
void writeCaptions(const std::vector<NearestText>& nearest, const std::vector<std::string>& texts, Format format,
                   const std::string& out);
/// A line a text and picture.
void writeMatches(const std::vector<Match>& matches, const std::vector<std::string>& texts, const Snapshot& snapshot,
                  Format format, const std::string& out);

}  // namespace diagonal::cli
