// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "engine/embeddings/embedding_file.h"
#include "engine/image/image.h"

namespace diagonal {

/// Many small pictures in one, row after row from the left: a sprite of TensorBoard's projector, of at most 8192 pixels
/// a side.
class SpriteSheet {
  public:
    /// With fewer than 16 pixels a side nobody knows a picture: for more of them there is no sheet.
    static constexpr int64_t kMostTiles = 512 * 512;

    explicit SpriteSheet(int64_t tiles);

    int tile() const { return m_tile; }  ///< pixels of a side; 0: too many
    /// The next one, its middle in a square; nothing for a picture without pixels.
    void add(const Image& picture);
    const Image& image() const { return m_sheet; }

  private:
    int m_tile = 0, m_columns = 0;
    int64_t m_next = 0, m_tiles;
    Image m_sheet;
};

/// A folder for TensorBoard's projector, there whole or not at all: tensors.tsv, metadata.tsv (of several columns with
/// a header), sprite.png where there is a sheet, projector_config.json (for projector.tensorflow.org and its like) and
/// projector_config.pbtxt (for `tensorboard --logdir FOLDER`). Rows that are NaN are left out. Throws Error where the
/// folder is not new or empty, Cancelled.
void writeProjector(const std::filesystem::path& folder, const EmbeddingRows& rows, const SpriteSheet* sprite = nullptr,
                    const JobContext& job = {});

/// Whether a name stands for such a folder: it ends in .projector.
bool isProjector(const std::filesystem::path& folder);

}  // namespace diagonal
