// SPDX-License-Identifier: Apache-2.0
#include "engine/index/row_ranking.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <mutex>

#include "engine/base/text.h"

namespace diagonal {

namespace {

bool isInFolder(std::string_view path, std::string_view folder) {
    while (folder.size() > 1 && folder.ends_with('/'))
        folder.remove_suffix(1);
    if (!path.starts_with(folder)) return false;
    return path.size() == folder.size() || folder == "/" || path[folder.size()] == '/';
}

/// For each of the names whether `fits` one of the wanted.
template <typename Fits>
std::vector<char> wanted(const std::vector<std::string>& names, const std::vector<std::string>& wanted, Fits fits) {
    std::vector<char> result;
    for (const auto& name : names)
        result.push_back(wanted.empty() || std::ranges::any_of(wanted, [&](const std::string& one) {
                             return fits(lowered(name), lowered(one));
                         }));
    return result;
}

bool isThrough(const std::vector<char>& through, size_t i) {
    return i < through.size() && through[i] != 0;
}

}  // namespace

std::vector<char> filesThrough(const Snapshot& snapshot, const SearchFilter& filter) {
    if (filter.sources.empty() && filter.folder.empty() && !filter.after && !filter.before && filter.formats.empty() &&
        filter.cameras.empty() && !filter.kind && filter.minPixels == 0 && filter.maxPixels == 0)
        return {};
    const auto formats =
        wanted(snapshot.formats, filter.formats, [](const auto& name, const auto& one) { return name == one; });
    const auto cameras = wanted(snapshot.cameras, filter.cameras, [&](const auto& name, const auto& one) {
        return filter.areWholeCameras ? name == one : name.find(one) != std::string::npos;
    });
    const auto isOfType = [&](const LibraryFile& file) {
        const bool isOfKind = !filter.kind || file.kind == *filter.kind;
        const bool isOfFormat = filter.formats.empty() || isThrough(formats, file.format);
        return filter.kindOrFormat ? isOfKind || isOfFormat : isOfKind && isOfFormat;
    };
    std::vector<char> passes(snapshot.files.size());
    for (size_t i = 0; i < passes.size(); ++i) {
        const LibraryFile& file = snapshot.files[i];
        const int64_t pixels = int64_t{file.width} * file.height;
        passes[i] =
            (filter.sources.empty() || std::ranges::find(filter.sources, file.source) != filter.sources.end()) &&
            (filter.folder.empty() || isInFolder(snapshot.paths.view(i), filter.folder)) &&
            (!filter.after || file.date >= *filter.after) && (!filter.before || file.date <= *filter.before) &&
            isOfType(file) && (filter.cameras.empty() || isThrough(cameras, file.camera)) &&
            pixels >= filter.minPixels && (filter.maxPixels == 0 || pixels <= filter.maxPixels);
    }
    return passes;
}

RankedRows rankRows(const Snapshot& snapshot, std::span<const float> scores, const std::vector<char>& passes,
                    double line, double lowest, int64_t most) {
    constexpr int64_t kGrain = 65536;
    RankedRows result;
    std::mutex mutex;
    const auto isBetter = [&](int64_t a, int64_t b) {
        const float x = scores[static_cast<size_t>(a)], y = scores[static_cast<size_t>(b)];
        return x > y || (x == y && a < b);
    };
    const auto limit = static_cast<size_t>(std::max<int64_t>(most, 1));
    const auto keepBest = [&](std::vector<int64_t>& rows) {
        if (rows.size() <= limit) return;
        std::ranges::nth_element(rows, rows.begin() + static_cast<ptrdiff_t>(limit), isBetter);
        rows.resize(limit);
    };
    int64_t fitting = 0;
    at::parallel_for(0, static_cast<int64_t>(scores.size()), kGrain, [&](int64_t begin, int64_t end) {
        std::vector<int64_t> best;
        int64_t looked = 0, above = 0, fit = 0;
        auto needed = static_cast<float>(lowest);
        for (int64_t i = begin; i < end; ++i) {
            const LibraryRow& row = snapshot.rows[static_cast<size_t>(i)];
            const float score = scores[static_cast<size_t>(i)];
            if (row.file < 0 || (!passes.empty() && passes[static_cast<size_t>(row.file)] == 0)) continue;
            ++looked;
            if (score >= line) ++above;
            if (score >= lowest) ++fit;
            if (!(score >= needed)) continue;
            best.push_back(i);
            if (best.size() < 4 * limit) continue;
            keepBest(best);
            needed = scores[static_cast<size_t>(*std::ranges::max_element(best, isBetter))];
        }
        keepBest(best);
        const std::scoped_lock lock(mutex);
        result.looked += looked;
        result.above += above;
        fitting += fit;
        result.rows.insert(result.rows.end(), best.begin(), best.end());
    });
    keepBest(result.rows);
    std::ranges::sort(result.rows, isBetter);
    result.isAll = fitting <= static_cast<int64_t>(limit);
    return result;
}

}  // namespace diagonal
