// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "engine/image/preprocess.h"
#include "engine/inference/embedding_cache.h"

namespace diagonal {

/// What became of one file.
struct LoadedImage {
    int width = 0, height = 0;  ///< of the file
    std::string error;          ///< empty when its pixels are there, or `known`
    // With a cache:
    std::optional<CachedEmbedding> known;
    std::optional<FileStamp> stamp;  ///< where the file may be known by it
    ContentHash content{};           ///< when it is not known
};

/// Where to look before a file is decoded.
struct CacheLink {
    std::shared_ptr<EmbeddingCache> cache;  ///< may be null
    ContentHash context{};
    size_t dim = 0;  ///< what else comes from the cache does not count
};

/// Consecutive files, decoded and normalised.
struct ImageBatch {
    size_t first = 0;  ///< index of the first file
    std::vector<LoadedImage> images;
    std::vector<float> pixels;  ///< [images.size(), 3, height, width]; of a failed image: anything
};

/// Reads, decodes and preprocesses files on threads of its own, a few batches ahead of the one that is taken. The first
/// batches are small, so that results appear at once. The constructor, next() and the destructor belong to one thread.
class ImageLoader {
  public:
    ImageLoader(std::span<const std::filesystem::path> files, const PreprocessConfig& config, int batchSize,
                std::stop_token stop, CacheLink cache = {});
    /// Joins every thread; a file that is being decoded is finished first.
    ~ImageLoader();
    ImageLoader(const ImageLoader&) = delete;
    ImageLoader& operator=(const ImageLoader&) = delete;

    /// The next batch in input order, or nullptr at the end. It stays valid until the next call. Throws Cancelled.
    ImageBatch* next();

  private:
    struct Slot {
        ImageBatch batch;
        size_t missing = 0;
    };

    void work();
    void load(size_t file, float* pixels, LoadedImage& result) const;
    bool findByStamp(const std::filesystem::path& file, LoadedImage& result) const;
    bool findByContent(const std::filesystem::path& file, std::span<const uint8_t> bytes, LoadedImage& result) const;

    std::span<const std::filesystem::path> m_files;
    PreprocessConfig m_config;
    std::stop_token m_stop;
    CacheLink m_cache;
    size_t m_imageSize;
    std::vector<size_t> m_starts;   ///< first file of each batch, and the end
    std::vector<size_t> m_batchOf;  ///< of each file
    std::vector<Slot> m_slots;      ///< batch b is made in slot b % size
    std::mutex m_mutex;             ///< guards what follows and the slots' `missing`
    std::condition_variable_any m_changed;
    size_t m_nextFile = 0;  ///< to be claimed by a worker
    size_t m_taken = 0;     ///< batches given out
    size_t m_released = 0;  ///< batches whose slot is free again
    bool m_closing = false;
    std::vector<std::thread> m_threads;
};

}  // namespace diagonal
