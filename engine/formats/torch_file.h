// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/formats/checkpoint_index.h"

namespace diagonal {

/// Whether the first bytes are those of a zip archive.
bool looksLikeZip(std::span<const uint8_t> file);
/// Whether the first bytes are those of what torch.save wrote before PyTorch 1.6, a row of pickles.
bool looksLikeOldTorchFile(std::span<const uint8_t> file);

/// A zip archive of torch.save (a state dict, a training checkpoint that has one) or of torch.jit.save (the tensors
/// among the attributes of the module, named as its state dict names them). A prefix "module." or "_orig_mod." that all
/// names share is taken off. Throws Error.
CheckpointIndex indexTorchArchive(std::span<const uint8_t> file, const std::string& name);
CheckpointIndex indexOldTorchFile(std::span<const uint8_t> file, const std::string& name);

}  // namespace diagonal
