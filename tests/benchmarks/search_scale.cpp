// SPDX-License-Identifier: Apache-2.0
// diagonal-search-scale ROWS.fp16 QUERIES.f32 DIM [TOP]: searches rows of float16 with each query (float32) and prints
// a JSON object a query: rows, cosines, seconds. search_scale.py makes the files and compares with NumPy.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>

#include "engine/base/device.h"
#include "engine/base/file.h"
#include "engine/index/approximate_index.h"
#include "engine/index/search.h"

using namespace diagonal;

namespace {

double secondsSince(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::shared_ptr<Snapshot> mapped(const char* file, int64_t dim) {
    auto memory = std::make_shared<MappedFile>(file);
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->model.dim = dim;
    snapshot->vectors = std::as_bytes(memory->bytes());
    snapshot->memory = memory;
    snapshot->rows.resize(memory->bytes().size() / snapshot->rowBytes());
    for (LibraryRow& row : snapshot->rows)
        row.file = 0;
    snapshot->files.emplace_back();
    snapshot->paths.add(std::string_view("/rows"));
    snapshot->formats = {"JPEG"};
    snapshot->cameras = {""};
    return snapshot;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fprintf(stderr, "diagonal-search-scale ROWS.fp16 QUERIES.f32 DIM [TOP [FOLDER]]\n");
        return 2;
    }
    try {
        const int64_t dim = std::atoll(argv[3]);
        const auto snapshot = mapped(argv[1], dim);
        const auto bytes = readBytes(argv[2]);
        const auto start = std::chrono::steady_clock::now();
        Searcher searcher(snapshot, {});
        std::fprintf(stderr, "%zu rows, %d threads; background in %.3f s\n", snapshot->rows.size(), threads(),
                     secondsSince(start));
        if (argc > 5) {
            const auto begin = std::chrono::steady_clock::now();
            auto index = ApproximateIndex::open(argv[5], *snapshot);
            const bool isMade = index == nullptr;
            if (isMade) index = ApproximateIndex::build(*snapshot, argv[5]);
            std::fprintf(stderr, "index %s in %.1f s, measured recall@10 %.3f, peak memory %.2f GB\n",
                         isMade ? "made" : "opened", secondsSince(begin), index->recall(),
                         static_cast<double>(peakMemoryBytes()) / 1e9);
            searcher.useIndex(std::move(index));
        }
        SearchOptions options;
        options.top = argc > 4 ? std::atoll(argv[4]) : 10;
        options.all = true;
        options.foldAlike = false;
        for (size_t at = 0; at + static_cast<size_t>(dim) * sizeof(float) <= bytes.size();
             at += static_cast<size_t>(dim) * sizeof(float)) {
            QueryTerm term;
            term.embedding.resize(static_cast<size_t>(dim));
            std::memcpy(term.embedding.data(), bytes.data() + at, static_cast<size_t>(dim) * sizeof(float));
            const SearchResult result = searcher.search(std::span(&term, 1), {}, options);
            nlohmann::json rows = nlohmann::json::array(), cosines = nlohmann::json::array();
            for (const SearchHit& hit : result.hits) {
                rows.push_back(hit.row);
                cosines.push_back(hit.cosine);
            }
            const nlohmann::json line = {
                {"rows", rows}, {"cosines", cosines}, {"seconds", result.seconds}, {"recall", result.recall}};
            std::printf("%s\n", line.dump().c_str());
        }
        std::fprintf(stderr, "peak memory %.2f GB\n", static_cast<double>(peakMemoryBytes()) / 1e9);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
