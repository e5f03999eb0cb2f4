// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/path_array.h"
#include "engine/embeddings/partial_rows.h"
#include "engine/image/image.h"
#include "engine/inference/session.h"
#include "engine/video/key_frames.h"

namespace diagonal {

/// A thing that was embedded, with what a person may want to know.
struct NewItem : EmbeddedItem {
    std::string note;      ///< Image::note
    size_t known = 0;      ///< rows that are the cache's
    size_t notFinite = 0;  ///< rows of NaN
    size_t truncated = 0;  ///< rows of texts longer than the model reads, the first of them:
    std::string firstTruncated;
};

/// Things to embed, in a fixed order: what an export goes through. Each becomes rows.
class EmbeddingItems {
  public:
    virtual ~EmbeddingItems() = default;

    virtual size_t size() const = 0;
    /// Of the thing, for people and for rows: any bytes.
    virtual std::string name(size_t item) const = 0;
    /// What else changes the rows: equal recipes and equal names make equal rows.
    virtual std::string recipe() const { return {}; }
    /// Changes when the thing does; 0 for what does not.
    virtual uint64_t stamp(size_t /*item*/) const { return 0; }
    /// EmbeddingRows::columns.
    virtual const std::vector<std::string>& columns() const = 0;
    /// Embeds so many things from `first` on; they arrive in order. It may come back with fewer of them, and with none
    /// within a long one: then the next call goes on there. One thread at a time. Throws Cancelled, and Error for what
    /// ends it all.
    virtual void embed(Session& session, size_t first, size_t count, bool normalized,
                       const std::function<void(NewItem)>& done, const JobContext& job) const = 0;
    /// Whether rows have pictures: for the projector.
    virtual bool havePictures() const { return false; }
    /// The picture of a row; it may be made small (readImage's `enough`). Throws Error.
    virtual Image picture(size_t /*item*/, const EmbeddedItem::Row& /*row*/, int /*enough*/) const { return {}; }
};

/// Picture files, and videos among them by their names: a row each frame, with "time", "start" and "stop" in seconds
/// and "patch" (0: the whole frame).
class FileItems : public EmbeddingItems {
  public:
    /// takesVideos: else all are pictures, whatever their names.
    explicit FileItems(PathArray files, const VideoSampling& sampling = {}, bool takesVideos = true);
    ~FileItems() override;

    size_t size() const override { return m_files.size(); }
    std::string name(size_t item) const override { return m_files[item].native(); }
    std::string recipe() const override;
    uint64_t stamp(size_t item) const override;
    const std::vector<std::string>& columns() const override { return m_columns; }
    void embed(Session& session, size_t first, size_t count, bool normalized, const std::function<void(NewItem)>& done,
               const JobContext& job) const override;
    bool havePictures() const override { return true; }
    Image picture(size_t item, const EmbeddedItem::Row& row, int enough) const override;

  private:
    struct Video;

    /// For a fraction of a second; nothing where more is left of it.
    std::optional<NewItem> embedVideo(Session& session, size_t item, bool normalized, const JobContext& job) const;
    void embedPictures(Session& session, size_t first, size_t count, bool normalized,
                       const std::function<void(NewItem)>& done, const JobContext& job) const;

    PathArray m_files;
    VideoSampling m_sampling;
    bool m_hasVideos = false;
    std::vector<std::string> m_columns;
    mutable std::unique_ptr<Video> m_video;  ///< the one that is being embedded
};

/// Texts, as they are or filled into templates (the mean of those; then of unit length).
class TextItems : public EmbeddingItems {
  public:
    explicit TextItems(std::vector<std::string> texts, std::vector<std::string> templates = {});

    size_t size() const override { return m_texts.size(); }
    std::string name(size_t item) const override { return m_texts[item]; }
    std::string recipe() const override;
    const std::vector<std::string>& columns() const override { return m_columns; }
    void embed(Session& session, size_t first, size_t count, bool normalized, const std::function<void(NewItem)>& done,
               const JobContext& job) const override;

  private:
    std::vector<std::string> m_texts, m_templates, m_columns;
};

/// Of a file, for EmbeddingItems::stamp; 0 where there is none.
uint64_t stampNumber(const std::filesystem::path& file);

/// "12.48": milliseconds as seconds.
std::string exactSeconds(int64_t milliseconds);

}  // namespace diagonal
