// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace diagonal {

/// While it lives freed memory stays with this process. Work that frees and takes the same large blocks again and again
/// is spared the pages being taken away, given back and cleared each time: a tenth of a training step on a CPU.
/// Counts for the whole process (glibc; elsewhere it does nothing).
class WarmHeap {
  public:
    WarmHeap();
    ~WarmHeap();
    WarmHeap(const WarmHeap&) = delete;
    WarmHeap& operator=(const WarmHeap&) = delete;
};

}  // namespace diagonal
