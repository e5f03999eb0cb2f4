// SPDX-License-Identifier: Apache-2.0
#include "engine/base/warm_heap.h"

#include <cstdlib>  // defines __GLIBC__
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace diagonal {

#ifdef __GLIBC__

namespace {

constexpr int kNever = -1;
// glibc's own values, in malloc/malloc.c.
constexpr int kUsualMaps = 65536;
constexpr int kUsualTrim = 128 * 1024;

}  // namespace

WarmHeap::WarmHeap() {
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, kNever);
}

WarmHeap::~WarmHeap() {
    mallopt(M_MMAP_MAX, kUsualMaps);
    mallopt(M_TRIM_THRESHOLD, kUsualTrim);
    malloc_trim(0);
}

#else

WarmHeap::WarmHeap() = default;
WarmHeap::~WarmHeap() = default;

#endif

}  // namespace diagonal
