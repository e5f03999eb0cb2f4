// SPDX-License-Identifier: Apache-2.0
#include "training/data/dataset_items.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/image/preprocess.h"
#include "training/data/fingerprint.h"
#include "training/data/parallel.h"

namespace diagonal {

DatasetItems::DatasetItems(std::shared_ptr<const Dataset> dataset, DataPart part)
    : m_dataset(std::move(dataset)), m_part(part) {
    m_areFiles = m_dataset->size() > 0;
    bool haveCaptions = false, haveLabels = false;
    for (size_t i = 0; i < m_dataset->size(); ++i) {
        m_areFiles = m_areFiles && !m_dataset->file(i).empty();
        haveCaptions = haveCaptions || m_dataset->captionCount(i) > 0;
        haveLabels = haveLabels || m_dataset->label(i) >= 0;
    }
    if (haveCaptions || part == DataPart::Captions) m_columns.emplace_back("caption");
    m_hasLabels = haveLabels && part == DataPart::Images;
    if (m_hasLabels) m_columns.emplace_back("label");
}

std::string DatasetItems::name(size_t item) const {
    return m_areFiles ? m_dataset->file(item).native() : m_dataset->name(item);
}

std::string DatasetItems::recipe() const {
    return nlohmann::json{"data", m_part == DataPart::Images ? "images" : "captions", fingerprint(*m_dataset)}.dump();
}

uint64_t DatasetItems::stamp(size_t item) const {
    return m_part == DataPart::Images && m_areFiles ? stampNumber(m_dataset->file(item)) : 0;
}

std::vector<std::string> DatasetItems::more(size_t item) const {
    std::vector<std::string> cells;
    if (m_columns.size() > (m_hasLabels ? 1 : 0))
        cells.emplace_back(m_dataset->captionCount(item) > 0 ? m_dataset->caption(item, 0) : std::string_view());
    if (m_hasLabels) {
        const int label = m_dataset->label(item);
        cells.push_back(label < 0 ? std::string() : m_dataset->labels()[static_cast<size_t>(label)]);
    }
    return cells;
}

void DatasetItems::embed(Session& session, size_t first, size_t count, bool normalized, const Done& done,
                         const JobContext& job) const {
    if (m_part == DataPart::Captions)
        embedCaptions(session, first, count, normalized, done, job);
    else if (m_areFiles)
        embedFiles(session, first, count, normalized, done, job);
    else
        embedDecoded(session, first, count, normalized, done, job);
}

void DatasetItems::embedFiles(Session& session, size_t first, size_t count, bool normalized, const Done& done,
                              const JobContext& job) const {
    PathArray files;
    for (size_t i = 0; i < count; ++i)
        files.add(m_dataset->file(first + i));
    size_t next = first;
    // Names and captions are the data set's; of the files' rows only the numbers are taken.
    FileItems(std::move(files), {}, false)
        .embed(
            session, 0, count, normalized,
            [&](NewItem item) {
                const size_t number = next++;
                for (auto& row : item.rows) {
                    row.name = name(number);
                    row.more = more(number);
                }
                done(std::move(item));
            },
            job);
}

/// Pictures that lie in shards or are drawn.
void DatasetItems::embedDecoded(Session& session, size_t first, size_t count, bool normalized, const Done& done,
                                const JobContext& job) const {
    const auto batch = static_cast<size_t>(std::max(1, session.options().batchSize));
    for (size_t at = first; at < first + count; at += batch) {
        job.throwIfStopped();
        const size_t size = std::min(batch, first + count - at);
        std::vector<Image> images(size);
        std::vector<NewItem> items(size);
        parallelFor(size, decodingThreads(), [&](size_t i) {
            try {
                Image image = m_dataset->image(at + i);
                items[i].note = image.note;
                images[i] = resizeAndCrop(image, session.preprocess());
            } catch (const Error& error) {
                items[i].error = error.problem();
            }
        });
        std::erase_if(images, [](const Image& image) { return image.isEmpty(); });
        const Embeddings rows =
            images.empty() ? Embeddings() : session.embedPictures(images, normalized, {job.stop, {}});
        int64_t next = 0;
        for (size_t i = 0; i < size; ++i) {
            if (items[i].error.empty()) {
                const auto values = rows.row(next++);
                if (std::isnan(values.front()))
                    items[i].error = session.notFinite();
                else
                    items[i].rows.push_back({name(at + i), more(at + i), {values.begin(), values.end()}});
            }
            done(std::move(items[i]));
        }
    }
}

void DatasetItems::embedCaptions(Session& session, size_t first, size_t count, bool normalized, const Done& done,
                                 const JobContext& job) const {
    constexpr size_t kTexts = 256;
    for (size_t at = first; at < first + count;) {
        job.throwIfStopped();
        std::vector<std::string> texts;
        size_t end = at;
        while (end < first + count && (end == at || texts.size() < kTexts)) {
            for (size_t k = 0; k < m_dataset->captionCount(end); ++k)
                texts.emplace_back(m_dataset->caption(end, k));
            ++end;
        }
        std::vector<size_t> truncated;
        const Embeddings rows =
            texts.empty() ? Embeddings() : session.embedTexts(texts, normalized, &truncated, {job.stop, {}});
        size_t next = 0;
        for (; at < end; ++at) {
            NewItem item;
            for (size_t k = 0; k < m_dataset->captionCount(at); ++k, ++next) {
                const auto values = rows.row(static_cast<int64_t>(next));
                if (std::isnan(values.front())) ++item.notFinite;
                if (std::ranges::count(truncated, next) > 0 && item.truncated++ == 0) item.firstTruncated = texts[next];
                item.rows.push_back({name(at), {texts[next]}, {values.begin(), values.end()}});
            }
            done(std::move(item));
        }
    }
}

Image DatasetItems::picture(size_t item, const EmbeddedItem::Row& /*row*/, int enough) const {
    return m_dataset->image(item, enough);
}

}  // namespace diagonal
