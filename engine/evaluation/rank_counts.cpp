// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/rank_counts.h"

#include <ATen/Parallel.h>

#include <mutex>
#include <vector>

#include "engine/base/libtorch.h"
#include "engine/base/vectorised.h"

namespace diagonal {

namespace {

struct RowCounts {
    int32_t better = 0, equal = 0;
};

/// One row against its own similarity, and against those of the columns.
DIAGONAL_VECTORISED RowCounts countRow(const float* row, int64_t columns, float own, const float* ownOfColumns,
                                       int32_t* better, int32_t* equal) {
    RowCounts counts;
    for (int64_t j = 0; j < columns; ++j) {
        const float value = row[j];
        counts.better += value > own ? 1 : 0;
        counts.equal += value == own ? 1 : 0;
        better[j] += value > ownOfColumns[j] ? 1 : 0;
        equal[j] += value == ownOfColumns[j] ? 1 : 0;
    }
    return counts;
}

void countOnCpu(const torch::Tensor& tile, const torch::Tensor& ownOfRows, const torch::Tensor& ownOfColumns,
                const RankCounts& rows, const RankCounts& columns) {
    const auto width = tile.size(1);
    const float* values = tile.const_data_ptr<float>();
    const float* ownRow = ownOfRows.const_data_ptr<float>();
    const float* ownColumn = ownOfColumns.const_data_ptr<float>();
    int32_t* betterRow = rows.better.data_ptr<int32_t>();
    int32_t* equalRow = rows.equal.data_ptr<int32_t>();
    int32_t* betterColumn = columns.better.data_ptr<int32_t>();
    int32_t* equalColumn = columns.equal.data_ptr<int32_t>();
    std::mutex mutex;
    at::parallel_for(0, tile.size(0), 64, [&](int64_t begin, int64_t end) {
        std::vector<int32_t> better(static_cast<size_t>(width)), equal(static_cast<size_t>(width));
        for (int64_t i = begin; i < end; ++i) {
            const RowCounts counts =
                countRow(values + i * width, width, ownRow[i], ownColumn, better.data(), equal.data());
            betterRow[i] += counts.better;
            equalRow[i] += counts.equal;
        }
        const std::lock_guard lock(mutex);
        for (size_t j = 0; j < better.size(); ++j) {
            betterColumn[j] += better[j];
            equalColumn[j] += equal[j];
        }
    });
}

}  // namespace

void countRanks(const torch::Tensor& tile, const torch::Tensor& ownOfRows, const torch::Tensor& ownOfColumns,
                const RankCounts& rows, const RankCounts& columns) {
    if (tile.is_cpu() && tile.scalar_type() == torch::kFloat)
        return countOnCpu(tile.contiguous(), ownOfRows.contiguous(), ownOfColumns.contiguous(), rows, columns);
    const auto ofRows = ownOfRows.unsqueeze(1), ofColumns = ownOfColumns.unsqueeze(0);
    rows.better.add_((tile > ofRows).sum(1).to(torch::kInt));
    rows.equal.add_((tile == ofRows).sum(1).to(torch::kInt));
    columns.better.add_((tile > ofColumns).sum(0).to(torch::kInt));
    columns.equal.add_((tile == ofColumns).sum(0).to(torch::kInt));
}

}  // namespace diagonal
