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
    return std::min(cores, files);
}

}  // namespace

ImageLoader::ImageLoader(const PathArray& files, const PreprocessConfig& config, const ImageLoaderOptions& options,
                         std::stop_token stop, CacheLink cache)
    : m_files(files),
      m_config(config),
      m_stop(std::move(stop)),
      m_cache(std::move(cache)),
      m_describe(options.describe),
      m_normalized(options.normalized),
      m_patience(options.patience),
      m_fullBatch(static_cast<size_t>(std::max(1, options.batchSize))),
      m_nextBatch(std::min(kFirstBatch, m_fullBatch)),
      m_imageBytes(size_t{3} * static_cast<size_t>(config.height) * static_cast<size_t>(config.width) *
                   (m_normalized ? sizeof(float) : 1)),
      m_images(std::min(files.size(), kBatchesAhead * m_fullBatch)),
      m_pixels(m_images.size() * m_imageBytes, options.allocate),
      m_ready(m_images.size()) {
    for (size_t i = 0; i < threadCount(files.size()); ++i)
        m_threads.emplace_back([this] { work(); });
}

ImageLoader::~ImageLoader() {
    {
        const std::lock_guard lock(m_mutex);
        m_closing = true;
    }
    m_hasRoom.notify_all();
    for (auto& thread : m_threads)
        thread.join();
}

std::optional<ImageBatch> ImageLoader::next() {
    std::unique_lock lock(m_mutex);
    if (m_stop.stop_requested()) throw Cancelled();
    for (; m_released < m_given; ++m_released) {
        m_ready[m_released % m_ready.size()] = 0;
        m_hasRoom.notify_one();
    }
    if (m_given == m_files.size()) return std::nullopt;
    const size_t place = m_given % m_images.size();
    const size_t most = nextSize();
    if (!m_isReady.wait_for(lock, m_stop, m_patience, [&] { return areReady(most); }))
        m_isReady.wait(lock, m_stop, [&] { return areReady(1); });
    if (m_stop.stop_requested()) throw Cancelled();
    const size_t count = readyImages(most);
    const ImageBatch batch{m_given, {m_images.data() + place, count}, m_pixels.data() + place * m_imageBytes};
    m_given += count;
    m_nextBatch = std::min(2 * m_nextBatch, m_fullBatch);
    return batch;
}

bool ImageLoader::isReady() {
    const std::lock_guard lock(m_mutex);
    return m_given == m_files.size() || readyImages(nextSize()) == nextSize();
}

/// Images of the next batch, when none keeps it waiting.
size_t ImageLoader::nextSize() const {
    const size_t place = m_given % m_images.size();
    return std::min({m_nextBatch, m_files.size() - m_given, m_images.size() - place});
}

/// How many of the next files are ready, one after the other, up to `most`.
size_t ImageLoader::readyImages(size_t most) const {
    size_t count = 0;
    while (count < most && m_ready[(m_given + count) % m_ready.size()])
        ++count;
    return count;
}

/// While it is not, the arrival of its first file that lacks wakes who waits.
bool ImageLoader::areReady(size_t most) {
    const size_t ready = readyImages(most);
    m_wanted = m_given + ready;
    return ready == most;
}

void ImageLoader::work() {
    std::unique_lock lock(m_mutex);
    while (true) {
        m_hasRoom.wait(lock, m_stop, [&] {
            return m_closing || m_claimed == m_files.size() || m_claimed < m_released + m_images.size();
        });
        if (m_closing || m_stop.stop_requested() || m_claimed == m_files.size()) return;
        const size_t file = m_claimed++, place = file % m_images.size();
        if (m_claimed == m_files.size()) m_hasRoom.notify_all();  // nothing is left for the others
        lock.unlock();
        m_images[place] = {};
        load(file, m_pixels.data() + place * m_imageBytes, m_images[place]);
        lock.lock();
        m_ready[place] = 1;
        if (file == m_wanted) m_isReady.notify_one();
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

/// Whether it is known, and no pixels are wanted.
bool ImageLoader::describe(const std::filesystem::path& file, std::span<const uint8_t> bytes,
                           const std::optional<FileStamp>& stamp, LoadedImage& result) const {
    PictureFile& described = result.file.emplace();
    // Written to while it was read: its stamp tells nothing of these bytes.
    if (stamp == stampOf(file)) described.stamp = stamp;
    Sha256 hash;
    hash.add(bytes.data(), bytes.size());
    described.content = hash.bytes();
    described.facts = readPictureFacts(bytes);
    if (m_describe->isKnown(described.content)) {
        result.known.emplace();
        return true;
    }
    described.format = readImageHeader(bytes, displayName(file)).format;
    return false;
}

void ImageLoader::load(size_t file, uint8_t* pixels, LoadedImage& result) const {
    try {
        const std::filesystem::path path = m_files[file];
        const bool isCaching = m_cache.cache != nullptr;
        if (isCaching && findByStamp(path, result)) return;
        const auto stamp = m_describe != nullptr ? stampOf(path) : std::nullopt;
        const std::vector<uint8_t> bytes = readBytes(path);
        if (m_describe != nullptr && describe(path, bytes, stamp, result)) return;
        if (isCaching && findByContent(path, bytes, result)) return;
        const Image image = decodeImage(bytes, displayName(path));
        result.width = image.width;
        result.height = image.height;
        result.note = image.note;
        const Image fitted = resizeAndCrop(image, m_config);
        if (m_normalized)
            normalize(fitted, m_config, reinterpret_cast<float*>(pixels));
        else
            std::ranges::copy(fitted.rgb, pixels);
    } catch (const Error& error) {
        result.error = error.problem();
    } catch (const std::bad_alloc&) {
        result.error = "there is not enough memory to decode it";
    } catch (const std::exception& error) {
        result.error = error.what();
    }
}

}  // namespace diagonal
