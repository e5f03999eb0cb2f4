// SPDX-License-Identifier: Apache-2.0
#include "engine/inference/image_loader.h"

#include <algorithm>
#include <new>

#include "engine/base/file.h"
#include "engine/base/job.h"
#include "engine/hub/sha256.h"
#include "engine/image/image.h"

namespace diagonal {

namespace {

constexpr size_t kFirstBatch = 4;
constexpr size_t kBatchesAhead = 3;

size_t threadCount(size_t files) {
    const size_t cores = std::max(2U, std::thread::hardware_concurrency());
    return std::min({cores, size_t{16}, files});
}

}  // namespace

ImageLoader::ImageLoader(std::span<const std::filesystem::path> files, const PreprocessConfig& config, int batchSize,
                         std::stop_token stop, CacheLink cache)
    : m_files(files),
      m_config(config),
      m_stop(std::move(stop)),
      m_cache(std::move(cache)),
      m_imageSize(size_t{3} * static_cast<size_t>(config.height) * static_cast<size_t>(config.width)),
      m_slots(kBatchesAhead) {
    const auto full = static_cast<size_t>(std::max(1, batchSize));
    size_t size = std::min(kFirstBatch, full);
    m_batchOf.resize(files.size());
    for (size_t start = 0; start < files.size(); size = std::min(size * 2, full)) {
        const size_t end = std::min(start + size, files.size());
        std::fill(m_batchOf.begin() + static_cast<ptrdiff_t>(start), m_batchOf.begin() + static_cast<ptrdiff_t>(end),
                  m_starts.size());
        m_starts.push_back(start);
        start = end;
    }
    m_starts.push_back(files.size());
    for (size_t i = 0; i < threadCount(files.size()); ++i)
        m_threads.emplace_back([this] { work(); });
}

ImageLoader::~ImageLoader() {
    {
        const std::lock_guard lock(m_mutex);
        m_closing = true;
    }
    m_changed.notify_all();
    for (auto& thread : m_threads)
        thread.join();
}

ImageBatch* ImageLoader::next() {
    std::unique_lock lock(m_mutex);
    if (m_stop.stop_requested()) throw Cancelled();
    m_released = m_taken;
    m_changed.notify_all();
    if (m_taken + 1 >= m_starts.size()) return nullptr;
    Slot& slot = m_slots[m_taken % m_slots.size()];
    const size_t end = m_starts[m_taken + 1];
    if (!m_changed.wait(lock, m_stop, [&] { return m_nextFile >= end && slot.missing == 0; })) throw Cancelled();
    ++m_taken;
    return &slot.batch;
}

void ImageLoader::work() {
    std::unique_lock lock(m_mutex);
    while (true) {
        m_changed.wait(lock, m_stop, [&] {
            return m_closing || m_nextFile >= m_files.size() || m_batchOf[m_nextFile] < m_released + m_slots.size();
        });
        if (m_closing || m_stop.stop_requested() || m_nextFile >= m_files.size()) return;
        const size_t file = m_nextFile;
        const size_t batch = m_batchOf[file];
        Slot& slot = m_slots[batch % m_slots.size()];
        if (file == m_starts[batch]) {
            const size_t count = m_starts[batch + 1] - file;
            slot.batch.first = file;
            slot.batch.images.assign(count, {});
            slot.batch.pixels.resize(count * m_imageSize);
            slot.missing = count;
        }
        ++m_nextFile;
        const size_t place = file - m_starts[batch];
        float* pixels = slot.batch.pixels.data() + place * m_imageSize;
        LoadedImage& result = slot.batch.images[place];
        lock.unlock();
        load(file, pixels, result);
        lock.lock();
        if (--slot.missing == 0) m_changed.notify_all();
    }
}

bool ImageLoader::findByStamp(const std::filesystem::path& file, LoadedImage& result) const {
    const auto stamp = stampOf(file);
    if (!stamp) return false;
    result.known = m_cache.cache->find(m_cache.context, file, *stamp);
    if (result.known && result.known->values.size() != m_cache.dim) result.known.reset();
    if (isSettled(*stamp)) result.stamp = stamp;
    return result.known.has_value();
}

bool ImageLoader::findByContent(const std::filesystem::path& file, std::span<const uint8_t> bytes,
                                LoadedImage& result) const {
    // Written to while it was read: its stamp tells nothing of these bytes.
    if (result.stamp != stampOf(file)) result.stamp.reset();
    Sha256 hash;
    hash.add(bytes.data(), bytes.size());
    result.content = hash.bytes();
    result.known = m_cache.cache->find(m_cache.context, result.content);
    if (result.known && result.known->values.size() != m_cache.dim) result.known.reset();
    if (result.known && result.stamp) m_cache.cache->addFile(file, *result.stamp, result.content);
    return result.known.has_value();
}

void ImageLoader::load(size_t file, float* pixels, LoadedImage& result) const {
    try {
        const std::filesystem::path& path = m_files[file];
        const bool isCaching = m_cache.cache != nullptr;
        if (isCaching && findByStamp(path, result)) return;
        const std::vector<uint8_t> bytes = readBytes(path);
        if (isCaching && findByContent(path, bytes, result)) return;
        const Image image = decodeImage(bytes, displayName(path));
        result.width = image.width;
        result.height = image.height;
        normalize(resizeAndCrop(image, m_config), m_config, pixels);
    } catch (const Error& error) {
        result.error = error.problem();
    } catch (const std::bad_alloc&) {
        result.error = "there is not enough memory to decode it";
    } catch (const std::exception& error) {
        result.error = error.what();
    }
}

}  // namespace diagonal
