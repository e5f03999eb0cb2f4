// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace diagonal {

/// How much memory work takes at its most, beyond what was in use when the meter was made: of the process, or on a GPU
/// of what LibTorch holds there. One at a time; what other threads take meanwhile counts too.
class MemoryMeter {
  public:
    /// device: as resolveDevice gives it.
    explicit MemoryMeter(const std::string& device);

    /// Bytes; nothing where the system does not tell.
    std::optional<int64_t> peakBytes() const;

  private:
    int m_gpu = -1;  ///< its number; -1: the process is measured
    std::optional<int64_t> m_before;
};

}  // namespace diagonal
