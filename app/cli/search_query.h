// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/cli/options.h"
#include "engine/index/search.h"

namespace diagonal::cli {

/// A term as it was given.
struct GivenTerm {
    enum class Kind { Text, Image, Without } kind = Kind::Text;
    std::string value;
};

struct SearchCommandOptions : ModelOptions {
    SearchCommandOptions() {
        model.clear();  // the library's own
        search.top = 20;
    }

    std::string library;
    std::vector<GivenTerm> terms;  ///< in the order of the command line
    std::vector<float> weights;
    std::vector<std::string> likes, dislikes, templates;
    std::string templateSet;
    SearchOptions search;
    bool showsMoments = false, keepsAlike = false;
    std::optional<double> line;

    std::string folder, after, before;
    std::vector<std::string> types, cameras;
    int64_t minPixels = 0, maxPixels = 0;

    std::string captions, matches;  ///< files
    std::string out, frames, edl;
    Format format = Format::Table;
    CLI::Option* formatOption = nullptr;
};

/// "2024", "2024-05" or "2024-05-31" as seconds since 1970: where it begins, or its last second. Throws UsageError.
int64_t secondsOfDate(const std::string& option, const std::string& date, bool isEnd);

/// Throws UsageError for what a library has none of.
SearchFilter filterOf(const SearchCommandOptions& options);

/// Throws Error where the library has nothing of the filter's folder or formats; notes formats that it lacks.
void checkFilter(const SearchFilter& filter, const Snapshot& snapshot, const std::string& library);

/// The model that made the library, or --model where it is the same. Throws Error.
std::shared_ptr<Session> openLibraryModel(const SearchCommandOptions& options, const LibraryModel& known);

/// The terms with their weights; what is liked becomes the last one. searcher: asked for liked rows alone. Throws
/// Error, UsageError.
std::vector<QueryTerm> queryTerms(const SearchCommandOptions& options, Session* session, const Searcher& searcher);

/// A picture's embedding, of unit length. Throws Error where it cannot be read.
std::vector<float> embedPicture(Session& session, const std::string& file);

}  // namespace diagonal::cli
