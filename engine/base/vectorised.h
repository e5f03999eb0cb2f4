// SPDX-License-Identifier: Apache-2.0
#pragma once

// A function with simple loops over pixels or samples: it is compiled for several instruction sets, and the best one is
// taken when the program starts. (Sanitizers do not go with that.)
#if defined(__clang__)
#define DIAGONAL_VECTORISED
#elif defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define DIAGONAL_VECTORISED \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"), optimize("O3")))
#else
#define DIAGONAL_VECTORISED __attribute__((optimize("O3")))
#endif
