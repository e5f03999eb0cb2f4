// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/formats/checkpoint_index.h"

namespace diagonal {

/// Whether the first bytes are those of a safetensors file: the length of the header, then "{".
bool looksLikeSafetensors(std::span<const uint8_t> file);

/// Every rule of the format is checked: size and form of the header, no key twice, no holes or overlaps, shapes that
/// match their bytes. Tensors come in the order of their bytes. Throws Error.
CheckpointIndex indexSafetensors(std::span<const uint8_t> file, const std::string& name);

}  // namespace diagonal
