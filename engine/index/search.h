// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/job.h"
#include "engine/index/snapshot.h"

namespace diagonal {

class Session;

/// A part of a query. Several are added up by weight; a negative weight is a "without".
struct QueryTerm {
    std::vector<float> embedding;  ///< [dim], unit length
    float weight = 1;
    bool isPicture = false;
    std::string name;  ///< for people
};

/// Which files a search looks at. What is not set, or empty, lets all through.
struct SearchFilter {
    std::vector<int64_t> sources;          ///< LibrarySource::id
    std::string folder;                    ///< absolute; with all below
    std::optional<int64_t> after, before;  ///< LibraryFile::date, both included
    std::vector<std::string> formats;      ///< "JPEG", …
    std::vector<std::string> cameras;
    std::optional<MediaKind> kind;
    int64_t minPixels = 0, maxPixels = 0;  ///< width x height; 0: no bound
};

struct SearchOptions {
    int64_t top = 50;
    bool all = false;            ///< also what is no better than chance
    std::optional<double> line;  ///< relevance from which a hit counts; else what chance reaches once in ten queries
    bool foldAlike = true;       ///< near-duplicates become one hit
    double alikeCosine = 0.95;
    bool foldVideos = true;  ///< a video is one hit with its moments; else each moment is one
};

/// Consecutive frames of a video that fit a query.
struct Moment {
    int32_t start = 0, stop = 0, best = 0;  ///< ms
    int64_t row = 0;                        ///< of the best frame
    float cosine = 0, relevance = 0;
    std::string cue;  ///< words of its subtitles that the query's words are in
};

/// What one term says of a hit.
struct TermScore {
    float cosine = 0;
    float alone = 0;  ///< relevance if it were the only term
    float adds = 0;   ///< its share of the hit's relevance; those of all terms sum to it
};

struct SearchHit {
    int64_t row = 0;
    int32_t file = 0;     ///< index into Snapshot::files
    float cosine = 0;     ///< with the query: the terms' weighted mean, unit length
    float relevance = 0;  ///< how far above the library's background, in its standard deviations
    bool isAbove = true;  ///< the line
    std::vector<TermScore> terms;
    std::vector<int64_t> alike;   ///< rows that were folded into it, best first
    std::vector<Moment> moments;  ///< of a video, in order of time
};

struct SearchResult {
    std::vector<SearchHit> hits;  ///< best first
    double line = 0;              ///< relevance
    int64_t above = 0;            ///< rows above it, all of the library that the filter lets through
    int64_t picturesAbove = 0, momentsAbove = 0;
    double chance = 0;              ///< rows that chance alone would put above it
    int64_t looked = 0;             ///< rows that the filter let through
    std::vector<float> background;  ///< density of the null distribution from -4 to +8 σ, 96 bins
    double seconds = 0;
    double recall = 1;  ///< measured share of the exact result that the approximate index finds
};

/// Texts that belong to nothing in particular: what a library makes of them is its background. Encoded once a model.
const std::vector<std::string>& unrelatedTexts();
/// [n, dim] of unit length.
std::vector<float> embedUnrelatedTexts(Session& session, const JobContext& job = {});

/// Searches a library. Exact up to two million rows. Any thread may call search.
class Searcher {
  public:
    /// unrelated: of embedUnrelatedTexts. Computes the background: a product of the rows with few vectors.
    Searcher(std::shared_ptr<const Snapshot> snapshot, std::vector<float> unrelated, const JobContext& job = {});
    ~Searcher();

    const std::shared_ptr<const Snapshot>& snapshot() const;
    /// Throws Error for terms that are no numbers, weights that cancel out, or another width. Cancelled.
    SearchResult search(std::span<const QueryTerm> terms, const SearchFilter& filter = {},
                        const SearchOptions& options = {}, const JobContext& job = {}) const;
    /// A query learned from marked rows: "more like these, not like those" (a logistic regression on their
    /// embeddings, against a sample of the library). Throws Error without a liked row.
    QueryTerm learn(std::span<const int64_t> liked, std::span<const int64_t> disliked) const;
    /// Score of each frame of a video in order of time, whole frames: for the curve.
    struct CurvePoint {
        int32_t time = 0, start = 0, stop = 0;
        float cosine = 0, relevance = 0;
        int64_t row = 0;
    };
    std::vector<CurvePoint> curve(int32_t file, std::span<const QueryTerm> terms) const;
    /// The row as float32 of unit length: a term of its own.
    std::vector<float> embedding(int64_t row) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace diagonal
