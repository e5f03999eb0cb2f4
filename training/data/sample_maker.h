// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "training/data/loader.h"
#include "training/data/picture_cache.h"

namespace diagonal {

/// What goes into a batch with the pixels of one image.
struct Sample {
    std::vector<int64_t> tokens;  ///< empty without a tokenizer
    int64_t imageId = 0, captionId = 0;
    std::vector<uint16_t> teachers;  ///< float16 [2, width]: see Batch
};

/// Decodes (or draws), augments and tokenizes one image with its caption. Any thread may call it.
class SampleMaker {
  public:
    SampleMaker(std::shared_ptr<const Dataset> dataset, const LoaderOptions& options);

    /// Writes the pixels to out[height * width * 3]. Throws Error when the image, or what a teacher made of it, cannot
    /// be read.
    Sample make(size_t index, size_t caption, int64_t epoch, uint8_t* out);

  private:
    void copyFeatures(size_t index, std::string_view caption, int64_t epoch, uint8_t* out) const;
    std::shared_ptr<const Picture> picture(size_t index);
    Image prepared(size_t index) const;
    std::vector<int64_t> tokens(size_t index, size_t caption) const;
    std::vector<uint16_t> teachers(size_t index, size_t caption) const;

    const std::shared_ptr<const Dataset> m_dataset;
    const LoaderOptions m_options;
    const bool m_augments, m_crops;
    const bool m_keepsTokens;   ///< the data has the token ids already
    const double m_sourceSide;  ///< pixels that the shorter side of a decoded picture needs
    PictureCache m_cache;
};

}  // namespace diagonal
