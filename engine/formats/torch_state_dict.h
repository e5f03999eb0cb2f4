// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "engine/formats/checkpoint_index.h"
#include "engine/formats/pickle.h"

namespace diagonal {

/// Where the bytes of a storage lie in the file.
struct StoragePlace {
    uint64_t offset = 0, size = 0;  ///< in bytes
};
using FindStorage = std::function<StoragePlace(const PickleStorage&)>;

/// Finds the state dict in what a pickle holds, checks that every view stays inside its storage, and takes the numbers
/// and texts beside it as metadata. `fileSize` bounds views that repeat elements. Throws Error.
void collectStateDict(const Pickle& pickle, const FindStorage& findStorage, uint64_t fileSize, const std::string& file,
                      CheckpointIndex& index);

}  // namespace diagonal
