// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "engine/base/libtorch.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/checkpoint/state_dict.h"
#include "training/optimizers/optimizer.h"

/// From this checkpoint on every gradient is far above the usual ones.
inline void makeAllSpikes(const std::filesystem::path& checkpoint) {
    const auto file = checkpoint / "optimizer.safetensors";
    diagonal::NamedParameters state;
    for (const auto& [name, tensor] : diagonal::readStateDict({file}).tensors)
        state.emplace_back(name, name == "recent_norms" ? torch::full({32}, 1e-9, torch::kDouble) : tensor.clone());
    diagonal::writeSafetensors(file, state);
}
