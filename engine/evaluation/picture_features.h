// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "engine/base/job.h"
#include "engine/evaluation/captioned_pictures.h"
#include "engine/image/image_files.h"
#include "engine/inference/session.h"

namespace diagonal {

/// Embeddings of the pictures that could be read, of unit length.
struct PictureFeatures {
    std::vector<float> rows;      ///< [readable, embed_dim]; NaN throughout where a row is not finite
    std::vector<size_t> numbers;  ///< of each row its picture
    std::vector<FileFailure> unreadable;
    size_t known = 0;  ///< rows that are the cache's
};

/// Embeds pictures with files through the session's cache; others, which lie in shards or are drawn, pass none.
/// Progress in pictures. Throws Cancelled.
PictureFeatures embedCaptioned(Session& session, const CaptionedPictures& pictures, const JobContext& job = {});

}  // namespace diagonal
