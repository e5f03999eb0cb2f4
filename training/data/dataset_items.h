// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "engine/embeddings/items.h"
#include "training/data/dataset.h"

namespace diagonal {

/// What of a data set is embedded.
enum class DataPart { Images, Captions };

/// A data set to embed. Images: a row each, with its first caption and its label where there are such. Captions: a row
/// each, with its image's name in front and itself in the column "caption".
class DatasetItems : public EmbeddingItems {
  public:
    DatasetItems(std::shared_ptr<const Dataset> dataset, DataPart part);

    size_t size() const override { return m_dataset->size(); }
    /// The path of a picture that is a file; else as the data set calls it.
    std::string name(size_t item) const override;
    std::string recipe() const override;
    uint64_t stamp(size_t item) const override;
    const std::vector<std::string>& columns() const override { return m_columns; }
    void embed(Session& session, size_t first, size_t count, bool normalized, const std::function<void(NewItem)>& done,
               const JobContext& job) const override;
    bool havePictures() const override { return m_part == DataPart::Images; }
    Image picture(size_t item, const EmbeddedItem::Row& row, int enough) const override;

  private:
    using Done = std::function<void(NewItem)>;
    void embedFiles(Session& session, size_t first, size_t count, bool normalized, const Done& done,
                    const JobContext& job) const;
    void embedDecoded(Session& session, size_t first, size_t count, bool normalized, const Done& done,
                      const JobContext& job) const;
    void embedCaptions(Session& session, size_t first, size_t count, bool normalized, const Done& done,
                       const JobContext& job) const;
    std::vector<std::string> more(size_t item) const;

    std::shared_ptr<const Dataset> m_dataset;
    DataPart m_part;
    bool m_areFiles = false;  ///< each image is a file of its own
    bool m_hasLabels = false;
    std::vector<std::string> m_columns;
};

}  // namespace diagonal
