// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "engine/evaluation/captioned_pictures.h"
#include "training/data/dataset.h"

namespace diagonal {

/// At most `limit` pictures of a data set (0: all) with all their captions, drawn as drawPictures does: what a model is
/// tried on. Those of a pack are what it holds, as small as they were packed. Throws Error.
CaptionedPictures captionedPictures(const std::shared_ptr<const Dataset>& dataset, size_t limit);

}  // namespace diagonal
