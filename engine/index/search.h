// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/job.h"
#include "engine/index/moment.h"
#include "engine/index/snapshot.h"

namespace diagonal {

class ApproximateIndex;
class Session;

/// What a term of a query was made from: each kind has a background of its own.
enum class TermKind : uint8_t { Words, Picture, Learned };

/// A part of a query. Several are added up by weight; a negative weight is a "without".
struct QueryTerm {
    std::vector<float> embedding = {};  ///< [dim], unit length
    float weight = 1;
    TermKind kind = TermKind::Words;
    std::string name = {};  ///< for people; of words: what is looked for in subtitles
};

/// Which files a search looks at. What is not set, or empty, lets all through.
struct SearchFilter {
    std::vector<int64_t> sources = {};               ///< LibrarySource::id
    std::string folder = {};                         ///< absolute; with all below
    std::optional<int64_t> after = {}, before = {};  ///< LibraryFile::date, both included
    std::vector<std::string> formats = {};           ///< "JPEG", …; any case
    std::vector<std::string> cameras = {};           ///< parts of the camera's name; any case
    bool areWholeCameras = false;                    ///< `cameras` are whole names
    std::optional<MediaKind> kind = {};
    bool kindOrFormat = false;             ///< one of both is enough: videos, and JPEG
    int64_t minPixels = 0, maxPixels = 0;  ///< width x height; 0: no bound
};

struct SearchOptions {
    int64_t top = 50;
    bool all = false;  ///< also what is no better than chance
    std::optional<double> line =
        {};                 ///< relevance from which a hit counts; else what chance reaches once in ten queries
    bool foldAlike = true;  ///< near-duplicates become one hit, among the first 5,000
    double alikeCosine = 0.95;
    bool foldVideos = true;  ///< a video is one hit with its moments; else each moment is one
};

/// What one term says of a hit.
struct TermScore {
    float cosine = 0;
    float alone = 0;  ///< relevance if it were the only term, with weight 1
    float adds = 0;   ///< its share of the hit's relevance; those of all terms sum to it
};

struct SearchHit {
    int64_t row = 0;
    int32_t file = 0;     ///< index into Snapshot::files
    float cosine = 0;     ///< with the query: the terms' weighted sum, brought to unit length
    float relevance = 0;  ///< how far above the library's background, in its standard deviations
    bool isAbove = true;  ///< the line, or its subtitles have the words
    std::vector<TermScore> terms;
    std::vector<int64_t> alike;   ///< rows that were folded into it, best first
    std::vector<Moment> moments;  ///< of a video, in order of time; of one below the line: its best frame
};

struct SearchResult {
    std::vector<SearchHit> hits;  ///< those above the line first, then by relevance
    double line = 0;              ///< relevance
    int64_t above = 0;            ///< rows above it, all of the library that the filter lets through
    int64_t picturesAbove = 0, momentsAbove = 0;
    double chance = 0;              ///< rows that chance alone would put above it
    int64_t looked = 0;             ///< rows that the filter let through
    std::vector<float> background;  ///< density of the background from -4 to +8 σ, 96 bins; sums to 8 (bins of 1/8 σ)
    double seconds = 0;
    bool isSmall = false;  ///< too few rows to tell chance by (20): without a given line all counts as above it
    double recall = 1;  ///< measured share of the exact result that the approximate index finds; 1: looked at all rows
};

/// Texts that belong to nothing in particular: what a library makes of them is its background.
const std::vector<std::string>& unrelatedTexts();
/// [n, dim] of unit length. Encoded once a model, then kept in the cache folder.
std::vector<float> embedUnrelatedTexts(Session& session, const JobContext& job = {});

/// Searches a library: all of its rows, or with an index what that finds. Any thread may call what is const, several at
/// a time.
class Searcher {
  public:
    /// unrelated: of embedUnrelatedTexts. Computes the background: some 0.2 s for large libraries. Throws Error where
    /// the numbers are no multiple of the library's dim.
    Searcher(std::shared_ptr<const Snapshot> snapshot, const std::vector<float>& unrelated, const JobContext& job = {});
    ~Searcher();

    /// Searches without a filter then look at what the index finds, and at rows that came after it. Null: at all rows
    /// again. No search may be under way.
    void useIndex(std::shared_ptr<const ApproximateIndex> index);

    const std::shared_ptr<const Snapshot>& snapshot() const;
    /// Throws Error for terms that are no numbers, weights that cancel out, or another width. Cancelled.
    SearchResult search(std::span<const QueryTerm> terms, const SearchFilter& filter = {},
                        const SearchOptions& options = {}, const JobContext& job = {}) const;
    /// A query learned from marked rows: "more like these, not like those" (a logistic regression on their
    /// embeddings, against a sample of the library). Some 50 ms. Throws Error without a liked row.
    QueryTerm learn(std::span<const int64_t> liked, std::span<const int64_t> disliked) const;
    using CurvePoint = diagonal::CurvePoint;
    /// What the query makes of each frame of a video, in order of time: for the curve.
    std::vector<CurvePoint> curve(int32_t file, std::span<const QueryTerm> terms) const;
    /// What the query makes of one row, as search says of a hit without folding.
    SearchHit explain(int64_t row, std::span<const QueryTerm> terms) const;
    /// Rows of a file, whole frames and patches, in order of time.
    std::span<const int64_t> rowsOf(int32_t file) const;
    /// The row as float32 of unit length: a term of its own.
    std::vector<float> embedding(int64_t row) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace diagonal
