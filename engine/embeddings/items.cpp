// SPDX-License-Identifier: Apache-2.0
#include "engine/embeddings/items.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <new>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/index/embed_video.h"
#include "engine/inference/embedding_cache.h"
#include "engine/inference/zero_shot.h"
#include "engine/text/unicode.h"

namespace diagonal {

namespace {

constexpr std::chrono::milliseconds kSlice{400};

int64_t millisecondsOf(const std::string& seconds) {
    double value = 0;
    std::from_chars(seconds.data(), seconds.data() + seconds.size(), value);
    return std::llround(value * 1000);
}

}  // namespace

std::string exactSeconds(int64_t milliseconds) {
    char text[32];
    return {text, std::to_chars(text, text + sizeof text, static_cast<double>(milliseconds) / 1000).ptr};
}

uint64_t stampNumber(const std::filesystem::path& file) {
    const auto stamp = stampOf(file);
    if (!stamp) return 0;
    // Files keep their inode where they are moved, and another in their place has another one.
    uint64_t mixed = 0;
    for (const int64_t part : {stamp->size, stamp->modified, stamp->inode})
        mixed = (std::rotl(mixed, 25) ^ static_cast<uint64_t>(part)) * 0x9E3779B97F4A7C15U;
    return mixed == 0 ? 1 : mixed;
}

FileItems::FileItems(PathArray files, const VideoSampling& sampling, bool takesVideos)
    : m_files(std::move(files)), m_sampling(sampling) {
    for (size_t i = 0; takesVideos && i < m_files.size() && !m_hasVideos; ++i)
        m_hasVideos = hasVideoExtension(m_files[i]);
    if (m_hasVideos) m_columns = {"time", "start", "stop", "patch"};
}

/// One that is being embedded.
struct FileItems::Video {
    Video(size_t number, const std::filesystem::path& file, const VideoSampling& sampling, const Session& session,
          bool isNormalized)
        : item(number), normalized(isNormalized), embedder(file, sampling, session.preprocess(), isNormalized) {}

    size_t item;
    bool normalized;
    uint64_t stamp = 0;
    NewFile rows;
    VideoEmbedder embedder;
};

FileItems::~FileItems() = default;

std::string FileItems::recipe() const {
    if (!m_hasVideos) return "files";
    const VideoSampling& how = m_sampling;
    return nlohmann::json{"files", how.ratio, how.window, how.minContent, how.minShot, how.every, how.fade, how.patches}
        .dump();
}

uint64_t FileItems::stamp(size_t item) const {
    return stampNumber(m_files[item]);
}

void FileItems::embed(Session& session, size_t first, size_t count, bool normalized,
                      const std::function<void(NewItem)>& done, const JobContext& job) const {
    for (size_t at = first; at < first + count;) {
        job.throwIfStopped();
        if (m_hasVideos && hasVideoExtension(m_files[at])) {
            auto video = embedVideo(session, at, normalized, job);
            if (!video) return;
            done(*std::move(video));
            ++at;
            continue;
        }
        size_t end = at + 1;
        while (end < first + count && !(m_hasVideos && hasVideoExtension(m_files[end])))
            ++end;
        embedPictures(session, at, end - at, normalized, done, job);
        at = end;
    }
}

void FileItems::embedPictures(Session& session, size_t first, size_t count, bool normalized,
                              const std::function<void(NewItem)>& done, const JobContext& job) const {
    PathArray part;
    for (size_t i = 0; i < count; ++i)
        part.add(m_files.view(first + i));
    // Before it is read: a file that changes meanwhile has another stamp afterwards.
    std::vector<uint64_t> stamps(count);
    for (size_t i = 0; i < count; ++i)
        stamps[i] = stamp(first + i);
    session.embedImages(part, normalized,
                        [&](std::vector<ImageEmbedding> batch) {
                            for (ImageEmbedding& image : batch) {
                                NewItem item;
                                item.stamp = stamps[image.index];
                                item.error = std::move(image.error);
                                item.note = std::move(image.note);
                                item.known = image.isKnown ? 1 : 0;
                                if (item.error.empty()) {
                                    const std::vector<std::string> noFrame(m_columns.size());
                                    item.rows.push_back({part[image.index].native(), noFrame, std::move(image.values)});
                                }
                                done(std::move(item));
                            }
                        },
                        {job.stop, {}});
}

std::optional<NewItem> FileItems::embedVideo(Session& session, size_t item, bool normalized,
                                             const JobContext& job) const {
    NewItem result;
    try {
        if (!m_video || m_video->item != item || m_video->normalized != normalized) {
            m_video = std::make_unique<Video>(item, m_files[item], m_sampling, session, normalized);
            m_video->stamp = stamp(item);
        }
        result.stamp = m_video->stamp;
        if (m_video->embedder.step(session, kSlice, m_video->rows, {job.stop, {}})) return {};
        result.note = m_video->embedder.note();
        const auto dim = static_cast<std::ptrdiff_t>(session.info().embedDim);
        auto values = m_video->rows.values.begin();
        for (const LibraryRow& row : m_video->rows.rows) {
            result.rows.push_back(
                {name(item),
                 {exactSeconds(row.time), exactSeconds(row.start), exactSeconds(row.stop), std::to_string(row.patch)},
                 {values, values + dim}});
            values += dim;
        }
        if (result.rows.empty()) result.error = "no frame of the video can be decoded";
    } catch (const Error& error) {
        result.error = error.problem();
    } catch (const std::bad_alloc&) {
        result.error = "there is not enough memory to decode it";
        result.rows.clear();
    } catch (...) {
        m_video.reset();
        throw;
    }
    m_video.reset();
    return result;
}

Image FileItems::picture(size_t item, const EmbeddedItem::Row& row, int enough) const {
    const auto path = m_files[item];
    if (row.more.empty() || row.more.front().empty()) return readImage(path, enough);
    return readFrame(path, millisecondsOf(row.more.front()));
}

TextItems::TextItems(std::vector<std::string> texts, std::vector<std::string> templates)
    : m_texts(std::move(texts)), m_templates(std::move(templates)) {
}

std::string TextItems::recipe() const {
    nlohmann::json recipe = nlohmann::json::array({"texts"});
    for (const std::string& one : m_templates)
        recipe.push_back(repairUtf8(one));
    return recipe.dump();
}

void TextItems::embed(Session& session, size_t first, size_t count, bool normalized,
                      const std::function<void(NewItem)>& done, const JobContext& job) const {
    constexpr size_t kAtOnce = 256;
    for (size_t at = first; at < first + count; at += kAtOnce) {
        const auto part = std::span(m_texts).subspan(at, std::min(kAtOnce, first + count - at));
        const JobContext quiet{job.stop, {}};
        std::vector<size_t> truncated;
        const Embeddings rows = m_templates.empty()
                                    ? session.embedTexts(part, normalized, &truncated, quiet)
                                    : embedLabels(session, {part.begin(), part.end()}, m_templates, quiet, &truncated);
        for (size_t i = 0; i < part.size(); ++i) {
            const auto values = rows.row(static_cast<int64_t>(i));
            NewItem item;
            item.notFinite = std::isnan(values.front()) ? 1 : 0;
            if (std::ranges::count(truncated, i) > 0) {
                item.truncated = 1;
                item.firstTruncated = part[i];
            }
            item.rows.push_back({part[i], {}, {values.begin(), values.end()}});
            done(std::move(item));
        }
    }
}

}  // namespace diagonal
