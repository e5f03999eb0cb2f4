// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/path_array.h"
#include "engine/image/image.h"
#include "engine/image/pixel_buffer.h"
#include "engine/image/preprocess.h"
#include "engine/inference/embedding_cache.h"

namespace diagonal {

/// What a library keeps of a picture's file.
struct PictureFile {
    std::optional<FileStamp> stamp;  ///< where it did not change while it was read
    ContentHash content{};
    std::string format;  ///< ImageHeader::format
    PictureFacts facts;
};

/// Has files described instead of looked for in a cache. isKnown is asked by the loader's threads: a picture of which
/// it is true is not decoded.
struct DescribeFiles {
    std::function<bool(const ContentHash&)> isKnown;
};

/// What became of one file.
struct LoadedImage {
    int width = 0, height = 0;  ///< of the file
    std::string error;          ///< empty when its pixels are there, or `known`
    std::string note;           ///< Image::note
    // With a cache:
    std::optional<CachedEmbedding> known;
    std::optional<FileStamp> stamp;   ///< where the file may be known by it
    ContentHash content{};            ///< when it is not known
    std::optional<PictureFile> file;  ///< with DescribeFiles, where it could be read; `known` then has no values
};

/// Where to look before a file is decoded.
struct CacheLink {
    std::shared_ptr<EmbeddingCache> cache;  ///< may be null
    ContentHash context{};
    size_t dim = 0;  ///< what else comes from the cache does not count
};

struct ImageLoaderOptions {
    int batchSize = 32;
    bool normalized = true;  ///< see ImageBatch
    Allocate allocate = {};  ///< where pixels lie; by default anywhere
    std::chrono::milliseconds patience{500};
    const DescribeFiles* describe = nullptr;  ///< the caller's
};

/// Consecutive files, decoded and brought to the model's size.
struct ImageBatch {
    size_t first = 0;  ///< index of the first file
    std::span<LoadedImage> images;
    /// float [images.size(), 3, height, width] where they are normalised, else uint8 [images.size(), height, width, 3];
    /// of a failed image: anything.
    uint8_t* pixels = nullptr;
};

/// Reads, decodes and preprocesses files on threads of its own, a few batches ahead of the one that is taken. A batch
/// is given out when it is full, or when some of it has been ready for a while: slow files do not hold up the others.
/// The first batches are small, so that results appear at once. The constructor, next() and the destructor belong to
/// one thread.
class ImageLoader {
  public:
    /// The files are the caller's, and stay while the loader does.
    ImageLoader(const PathArray& files, const PreprocessConfig& config, const ImageLoaderOptions& options,
                std::stop_token stop, CacheLink cache = {});
    /// Joins every thread; a file that is being decoded is finished first.
    ~ImageLoader();
    ImageLoader(const ImageLoader&) = delete;
    ImageLoader& operator=(const ImageLoader&) = delete;

    /// Whether next() would not wait.
    bool isReady();
    /// The next batch in input order, or none at the end. It stays valid until the next call. Throws Cancelled.
    std::optional<ImageBatch> next();

  private:
    void work();
    size_t nextSize() const;
    size_t readyImages(size_t most) const;
    bool areReady(size_t most);
    void load(size_t file, uint8_t* pixels, LoadedImage& result) const;
    bool describe(const std::filesystem::path& file, std::span<const uint8_t> bytes,
                  const std::optional<FileStamp>& stamp, LoadedImage& result) const;
    bool findByStamp(const std::filesystem::path& file, LoadedImage& result) const;
    bool findByContent(const std::filesystem::path& file, std::span<const uint8_t> bytes, LoadedImage& result) const;

    const PathArray& m_files;
    PreprocessConfig m_config;
    std::stop_token m_stop;
    CacheLink m_cache;
    const DescribeFiles* m_describe;
    bool m_normalized;
    std::chrono::milliseconds m_patience;
    size_t m_fullBatch, m_nextBatch;  ///< images of a full one, and of the next
    size_t m_imageBytes;
    // A ring of places: file f has the place f % m_images.size().
    std::vector<LoadedImage> m_images;
    PixelBuffer m_pixels;
    std::mutex m_mutex;                     ///< guards what follows
    std::vector<char> m_ready;              ///< of each place
    std::condition_variable_any m_isReady;  ///< the next image is ready: for next()
    std::condition_variable_any m_hasRoom;  ///< there is room for another, or nothing left: for the threads
    size_t m_wanted = 0;                    ///< the file whose arrival next() waits for
    size_t m_claimed = 0;                   ///< files that a thread has begun
    size_t m_given = 0;                     ///< files of the batches given out
    size_t m_released = 0;                  ///< files whose places are free again
    bool m_closing = false;
    std::vector<std::thread> m_threads;
};

}  // namespace diagonal
