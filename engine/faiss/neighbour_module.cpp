// SPDX-License-Identifier: Apache-2.0
#include "engine/index/neighbour_module.h"

#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFPQ.h>
#include <faiss/index_io.h>

#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace {

using diagonal::NeighbourModule;

constexpr int kIterations = 8, kPointsOfACentroid = 64, kBits = 8;

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

void* readIndex(const char* file, int64_t dim) {
    return guarded<void*>(nullptr, [&]() -> void* {
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
