// SPDX-License-Identifier: Apache-2.0
#include "engine/index/approximate_index.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>

#include "engine/base/file.h"
#include "engine/base/shared_library.h"
#include "engine/hub/sha256.h"
#include "engine/index/neighbour_module.h"
#include "engine/index/row_products.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr const char* kIndexName = "neighbours.faiss";
constexpr const char* kDescriptionName = "neighbours.json";
constexpr int64_t kTop = 10;            ///< recall@10
constexpr double kWantedRecall = 0.97;  ///< of the queries that it is tuned for
constexpr int64_t kMostProbes = 512;
constexpr int64_t kMostQueries = 48;
constexpr int64_t kAddedAtOnce = 65536;
constexpr double kGrowth = 1.25;

const LoadedModule<NeighbourModule>& neighbours() {
    static const auto loaded = loadModule<NeighbourModule>(
        "libdiagonal_neighbours.so", "diagonalNeighbourModule",
        {"this build of Diagonal has no FAISS", "FAISS does not load", "its FAISS is not that of this program"});
    return loaded;
}

/// Tells whether the first rows are still the same ones.
std::string fingerprintOf(const Snapshot& snapshot, int64_t rows) {
    constexpr int64_t kLookedAt = 1024;
    Sha256 sum;
    const std::string head = snapshot.model.identity + " " + std::to_string(snapshot.model.dim) + " " +
                             std::to_string(static_cast<int>(snapshot.type)) + " " + std::to_string(rows);
    sum.add(head.data(), head.size());
    for (int64_t i = 0; i < std::min(kLookedAt, rows); ++i) {
        const auto row = static_cast<size_t>(rows <= kLookedAt ? i : i * rows / kLookedAt);
        sum.add(snapshot.vectors.data() + row * snapshot.rowBytes(), snapshot.rowBytes());
    }
    return sum.digits();
}

std::string sha256OfIndex(const fs::path& file, const JobContext& job) {
    constexpr size_t kPart = size_t{1} << 26;
    const MappedFile mapped(file);
    const std::span<const uint8_t> bytes = mapped.bytes();
    Sha256 sum;
    for (size_t at = 0; at < bytes.size(); at += kPart) {
        job.throwIfStopped();
        sum.add(bytes.data() + at, std::min(kPart, bytes.size() - at));
    }
    return sum.digits();
}

/// Bytes of a row's code: one for each 8 numbers, a divisor of dim.
int64_t codeBytes(int64_t dim) {
    int64_t bytes = std::max<int64_t>(dim / 8, 1);
    while (dim % bytes != 0)
        --bytes;
    return bytes;
}

[[noreturn]] void failIndex(const fs::path& folder) {
    throw Error(displayName(folder), std::string("its search index cannot be made: ") + neighbours().module->problem(),
                "Searches look at all rows until it can");
}

/// Rows drawn without return, in order; rows that are no numbers are left out.
std::vector<float> trainingRows(const Snapshot& snapshot, int64_t count) {
    const auto rows = static_cast<int64_t>(snapshot.rows.size());
    const auto dim = static_cast<size_t>(snapshot.model.dim);
    std::vector<float> values;
    std::vector<float> row(dim);
    for (int64_t i = 0; i < std::min(count, rows); ++i) {
        readRows(snapshot, rows <= count ? i : i * rows / count, 1, row.data());
        if (std::isfinite(dotProduct(row.data(), row.data(), dim))) values.insert(values.end(), row.begin(), row.end());
    }
    return values;
}

}  // namespace

std::string ApproximateIndex::whyNot() {
    return neighbours().problem;
}

bool ApproximateIndex::isWanted(int64_t rows, const ApproximateIndex* index) {
    if (rows <= kExactRows || !whyNot().empty()) return false;
    return index == nullptr || static_cast<double>(rows) > kGrowth * static_cast<double>(index->rows());
}

ApproximateIndex::~ApproximateIndex() {
    neighbours().module->free(m_index);
}

std::vector<int64_t> ApproximateIndex::candidates(std::span<const float> direction, int64_t count) const {
    std::vector<int64_t> rows(static_cast<size_t>(std::min(count, m_rows)));
    const int64_t found = neighbours().module->search(m_index, direction.data(), static_cast<int64_t>(rows.size()),
                                                      m_probes, rows.data());
    if (found < 0)
        throw Error("search index", std::string("cannot be searched: ") + neighbours().module->problem(),
                    "Remove neighbours.json from the library's folder: then all rows are looked at");
    rows.resize(static_cast<size_t>(found));
    // Numbers are the file's own.
    std::erase_if(rows, [this](int64_t row) { return row < 0 || row >= m_rows; });
    return rows;
}

void ApproximateIndex::tune(const Snapshot& snapshot, std::span<const float> queries, const JobContext& job) {
    const auto dim = static_cast<size_t>(snapshot.model.dim);
    const auto known = static_cast<int64_t>(queries.size() / dim);
    std::vector<std::vector<float>> asked;
    std::vector<std::vector<int64_t>> best;
    std::vector<float> scores(snapshot.rows.size());
    std::mt19937_64 random(1);
    std::normal_distribution<float> noise;
    for (int64_t i = 0; i < kMostQueries; ++i) {
        std::vector<float> query(dim);
        if (known > 0) {
            std::copy_n(queries.data() + static_cast<size_t>(i * known / kMostQueries) * dim, dim, query.data());
        } else {
            // A row finds itself too easily: as far from it as it is long.
            readRows(snapshot, static_cast<int64_t>(random() % static_cast<uint64_t>(m_rows)), 1, query.data());
            for (float& value : query)
                value += noise(random) / std::sqrt(static_cast<float>(dim));
        }
        multiplyRows(snapshot, query, scores, job);
        std::vector<int64_t> order(static_cast<size_t>(m_rows));
        std::iota(order.begin(), order.end(), 0);
        std::erase_if(order, [&](int64_t row) { return !std::isfinite(scores[static_cast<size_t>(row)]); });
        const auto top = std::min<size_t>(order.size(), kTop);
        std::ranges::partial_sort(order, order.begin() + static_cast<ptrdiff_t>(top), std::greater(),
                                  [&](int64_t row) { return scores[static_cast<size_t>(row)]; });
        order.resize(top);
        asked.push_back(std::move(query));
        best.push_back(std::move(order));
        job.throwIfStopped();
    }
    for (m_probes = 8; m_probes <= kMostProbes; m_probes *= 2) {
        int64_t found = 0, all = 0;
        for (size_t i = 0; i < asked.size(); ++i) {
            const auto some = candidates(asked[i], kCandidates);
            for (const int64_t row : best[i])
                found += std::ranges::find(some, row) != some.end() ? 1 : 0;
            all += static_cast<int64_t>(best[i].size());
        }
        m_recall = all > 0 ? static_cast<double>(found) / static_cast<double>(all) : 1;
        if (m_recall >= kWantedRecall || m_probes == kMostProbes) break;
        job.throwIfStopped();
    }
}

std::shared_ptr<const ApproximateIndex> ApproximateIndex::build(const Snapshot& snapshot, const fs::path& folder,
                                                                std::span<const float> queries, const JobContext& job) {
    if (!whyNot().empty()) throw Error("search index", whyNot(), "Run scripts/setup and build again");
    const NeighbourModule& module = *neighbours().module;
    const auto rows = static_cast<int64_t>(snapshot.rows.size());
    const int64_t dim = snapshot.model.dim;
    const auto lists = std::clamp<int64_t>(std::llround(std::sqrt(static_cast<double>(rows)) * 1.3), 1, 16384);
    std::vector<float> values = trainingRows(snapshot, std::max<int64_t>(lists * 64, 20000));
    const auto trained = static_cast<int64_t>(values.size()) / dim;
    if (trained < std::max<int64_t>(lists, 256))
        throw Error(displayName(folder), "has too few rows for a search index", "Searches look at all of them");
    job.throwIfStopped();
    void* const made = module.create(dim, lists, codeBytes(dim), values.data(), trained);
    if (made == nullptr) failIndex(folder);
    const std::shared_ptr<ApproximateIndex> index(new ApproximateIndex(made, rows));
    for (int64_t first = 0; first < rows; first += kAddedAtOnce) {
        job.throwIfStopped();
        const int64_t count = std::min(kAddedAtOnce, rows - first);
        values.resize(static_cast<size_t>(count * dim));
        readRows(snapshot, first, count, values.data());
        for (float& value : values)
            if (!std::isfinite(value)) value = 0;
        if (!module.add(made, values.data(), count)) failIndex(folder);
        job.progress(first + count, rows);
    }
    index->tune(snapshot, queries, job);

    // The description goes first and comes last: one without its index is none, and so is one of another's.
    const fs::path file = folder / kIndexName, partial = folder / (std::string(kIndexName) + ".partial");
    std::error_code error;
    fs::remove(folder / kDescriptionName, error);
    if (!module.write(made, partial.c_str())) {
        fs::remove(partial, error);
        failIndex(folder);
    }
    fs::rename(partial, file, error);
    if (error) throw Error(displayName(file), error.message());
    const nlohmann::json description = {{"rows", rows},
                                        {"fingerprint", fingerprintOf(snapshot, rows)},
                                        {"probes", index->m_probes},
                                        {"recall_at_10", index->m_recall},
                                        {"sha256", sha256OfIndex(file, job)}};
    writeFile(folder / kDescriptionName, description.dump(2) + "\n");
    return index;
}

std::shared_ptr<const ApproximateIndex> ApproximateIndex::open(const fs::path& folder, const Snapshot& snapshot) {
    std::error_code none;
    if (!whyNot().empty() || !fs::exists(folder / kDescriptionName, none)) return nullptr;
    try {
        const auto description = nlohmann::json::parse(readText(folder / kDescriptionName, 1 << 20));
        const auto rows = description.at("rows").get<int64_t>();
        if (rows <= 0 || rows > static_cast<int64_t>(snapshot.rows.size()) ||
            description.at("fingerprint").get<std::string>() != fingerprintOf(snapshot, rows) ||
            description.at("sha256").get<std::string>() != sha256OfIndex(folder / kIndexName, {}))
            return nullptr;
        void* const read = neighbours().module->read((folder / kIndexName).c_str(), snapshot.model.dim);
        if (read == nullptr) return nullptr;
        const std::shared_ptr<ApproximateIndex> index(new ApproximateIndex(read, rows));
        if (neighbours().module->size(read) != rows) return nullptr;
        index->m_probes = std::clamp<int64_t>(description.at("probes").get<int64_t>(), 1, kMostProbes);
        index->m_recall = description.at("recall_at_10").get<double>();
        return index;
    } catch (const nlohmann::json::exception&) {
        return nullptr;
    } catch (const Error&) {
        return nullptr;
    }
}

}  // namespace diagonal
