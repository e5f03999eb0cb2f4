// SPDX-License-Identifier: Apache-2.0
#include "engine/index/neighbour_module.h"

#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFPQ.h>
#include <faiss/index_io.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <exception>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace {

using diagonal::NeighbourModule;

constexpr int kIterations = 8, kPointsOfACentroid = 64, kBits = 8;
constexpr uint64_t kMostLists = 1 << 20;

thread_local std::string lastProblem;

template <typename Result, typename Work>
Result guarded(Result failed, Work work) {
    try {
        return work();
    } catch (const std::exception& error) {
        lastProblem = error.what();
        lastProblem = lastProblem.substr(0, lastProblem.find('\n'));
    }
    return failed;
}

void* createIndex(int64_t dim, int64_t lists, int64_t bytes, const float* training, int64_t count) {
    return guarded<void*>(nullptr, [&]() -> void* {
        auto quantizer = std::make_unique<faiss::IndexFlatIP>(dim);
        auto index =
            std::make_unique<faiss::IndexIVFPQ>(quantizer.get(), static_cast<size_t>(dim), static_cast<size_t>(lists),
                                                static_cast<size_t>(bytes), kBits, faiss::METRIC_INNER_PRODUCT);
        quantizer.release();  // NOLINT(bugprone-unused-return-value)
        index->own_fields = true;
        index->cp.niter = kIterations;
        index->cp.max_points_per_centroid = kPointsOfACentroid;
        index->cp.min_points_per_centroid = 1;
        index->pq.cp.niter = kIterations;
        index->pq.cp.max_points_per_centroid = kPointsOfACentroid;
        index->pq.cp.min_points_per_centroid = 1;
        index->train(count, training);
        return static_cast<faiss::Index*>(index.release());
    });
}

bool addRows(void* index, const float* rows, int64_t count) {
    return guarded(false, [&] {
        static_cast<faiss::Index*>(index)->add(count, rows);
        return true;
    });
}

bool writeIndex(const void* index, const char* file) {
    return guarded(false, [&] {
        faiss::write_index(static_cast<const faiss::Index*>(index), file);
        return true;
    });
}

/// FAISS believes what a file says of its sizes, and divides by them: reads the head of one that writeIndex wrote.
class IndexHead {
  public:
    explicit IndexHead(const char* file) : m_file(file, std::ios::binary) {}

    bool isOf(uint64_t dim) {
        if (!isKind("IwPQ") || !isIndexOf(dim, {})) return false;
        const auto lists = number<uint64_t>();
        skip(sizeof(uint64_t));  // cells that are looked at
        if (lists == 0 || lists > kMostLists) return false;
        if (!isKind("IxFI") || !isIndexOf(dim, lists) || !skipFloats(lists * dim)) return false;
        const bool hasMap = number<uint8_t>() != 0 || number<uint64_t>() != 0;
        skip(sizeof(bool));  // codes are of residuals
        const auto bytes = number<uint64_t>(), width = number<uint64_t>(), parts = number<uint64_t>();
        if (hasMap || width != dim || parts == 0 || dim % parts != 0 || bytes != parts || number<uint64_t>() != kBits)
            return false;
        return skipFloats(dim << kBits) && isKind("ilar") && number<uint64_t>() == lists &&
               number<uint64_t>() == bytes && m_file.good();
    }

  private:
    template <typename Number>
    Number number() {
        Number value = 0;
        m_file.read(reinterpret_cast<char*>(&value), sizeof value);
        return value;
    }
    void skip(uint64_t bytes) { m_file.seekg(static_cast<std::streamoff>(bytes), std::ios::cur); }
    bool isKind(const char* name) {
        std::array<char, 4> kind = {};
        m_file.read(kind.data(), kind.size());
        return std::equal(kind.begin(), kind.end(), name);
    }
    /// rows: any where not given.
    bool isIndexOf(uint64_t dim, std::optional<uint64_t> rows) {
        const bool isWide = static_cast<uint64_t>(number<int32_t>()) == dim;
        const auto count = number<uint64_t>();
        skip(2 * sizeof(int64_t));
        const bool isTrained = number<uint8_t>() == 1;
        return isWide && isTrained && (!rows || count == *rows) && number<int32_t>() == faiss::METRIC_INNER_PRODUCT;
    }
    bool skipFloats(uint64_t count) {
        const bool isRight = number<uint64_t>() == count;
        skip(count * sizeof(float));
        return isRight;
    }

    std::ifstream m_file;
};

void* readIndex(const char* file, int64_t dim) {
    return guarded<void*>(nullptr, [&]() -> void* {
        if (dim <= 0 || !IndexHead(file).isOf(static_cast<uint64_t>(dim))) {
            lastProblem = "it is an index of another kind";
            return nullptr;
        }
        std::unique_ptr<faiss::Index> index(faiss::read_index(file));
        const auto* cells = dynamic_cast<const faiss::IndexIVFPQ*>(index.get());
        if (cells == nullptr || cells->d != dim || cells->quantizer == nullptr || cells->quantizer->d != dim) {
            lastProblem = "it is an index of another kind";
            return nullptr;
        }
        return index.release();
    });
}

void freeIndex(void* index) {
    delete static_cast<faiss::Index*>(index);
}

int64_t sizeOfIndex(const void* index) {
    return static_cast<const faiss::Index*>(index)->ntotal;
}

int64_t searchIndex(const void* index, const float* query, int64_t count, int64_t probes, int64_t* rows) {
    return guarded<int64_t>(-1, [&] {
        faiss::SearchParametersIVF parameters;
        parameters.nprobe = static_cast<size_t>(probes);
        std::vector<float> products(static_cast<size_t>(count));
        static_cast<const faiss::Index*>(index)->search(1, query, count, products.data(), rows, &parameters);
        int64_t found = 0;
        while (found < count && rows[found] >= 0)
            ++found;
        return found;
    });
}

const char* problemOfThread() {
    return lastProblem.c_str();
}

constexpr NeighbourModule kModule = {NeighbourModule::kVersion,
                                     createIndex,
                                     addRows,
                                     writeIndex,
                                     readIndex,
                                     freeIndex,
                                     sizeOfIndex,
                                     searchIndex,
                                     problemOfThread};

}  // namespace

extern "C" const NeighbourModule* diagonalNeighbourModule() {
    return &kModule;
}
