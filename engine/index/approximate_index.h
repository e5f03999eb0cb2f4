// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/job.h"
#include "engine/index/snapshot.h"

namespace diagonal {

/// An index that finds a library's nearest rows without looking at all of them: FAISS's inverted file with product
/// quantization. What it finds is scored exactly afterwards, rows that came later are looked at one by one. Any thread
/// may call what is const.
class ApproximateIndex {
  public:
    /// Up to so many rows all are looked at.
    static constexpr int64_t kExactRows = 2'000'000;
    /// That are asked for at least, to be scored exactly; its recall is that with so many.
    static constexpr int64_t kCandidates = 4000;

    /// Why there is none here, a sentence part; empty where there can be.
    static std::string whyNot();
    /// Whether a library of so many rows wants one, or a new one.
    static bool isWanted(int64_t rows, const ApproximateIndex* index);

    /// Makes one and keeps it in `folder` in place of the one before. Takes a minute a million rows; memory of 72 bytes
    /// a row and a sample of the rows. queries: [n, dim], for which it is tuned and its recall measured; without them
    /// rows of the library with noise. Progress in rows. Throws Error, Cancelled.
    static std::shared_ptr<const ApproximateIndex> build(const Snapshot& snapshot, const std::filesystem::path& folder,
                                                         std::span<const float> queries = {},
                                                         const JobContext& job = {});
    /// The one in `folder`; null where there is none, or one of other rows, or a damaged one.
    static std::shared_ptr<const ApproximateIndex> open(const std::filesystem::path& folder, const Snapshot& snapshot);
    ~ApproximateIndex();

    int64_t rows() const { return m_rows; }
    /// Share of the exact ten best rows that it found, as measured when it was made.
    double recall() const { return m_recall; }
    /// About the `count` rows with the largest products, among its own, in any order.
    std::vector<int64_t> candidates(std::span<const float> direction, int64_t count) const;

    ApproximateIndex(const ApproximateIndex&) = delete;
    ApproximateIndex& operator=(const ApproximateIndex&) = delete;

  private:
    ApproximateIndex(void* index, int64_t rows) : m_index(index), m_rows(rows) {}
    void tune(const Snapshot& snapshot, std::span<const float> queries, const JobContext& job);

    void* m_index;
    int64_t m_rows;
    int64_t m_probes = 1;
    double m_recall = 0;
};

}  // namespace diagonal
