// SPDX-License-Identifier: Apache-2.0
// Linked into each program. LibTorch's OpenMP threads wait for their next operation by spinning, which takes the
// processors from the threads that decode, and from other programs; sleeping at once costs a wake-up an operation.
// Spinning for a moment is best (a step of the demo recipe, see docs/performance.md: alone 0.14 s, as with endless
// spinning, and 0.19 s without any; beside other work 0.32 s, 0.57 s and 0.49 s). OpenMP reads its environment once,
// when its library starts, before main(); so the variable is set, if need be by starting again, before any library
// has done work.
#ifndef __SANITIZE_ADDRESS__  // whose own start would come too late for this
#include <unistd.h>

#include <cstring>

namespace {

constexpr int kMostVariables = 4096;

void letIdleThreadsSleep(int /*argc*/, char** argv, char** environment) {
    static char policy[] = "GOMP_SPINCOUNT=20000";
    static char* changed[kMostVariables + 2];
    int count = 0, spare = -1;
    for (; environment[count] != nullptr; ++count) {
        const char* variable = environment[count];
        const bool isChosen =
            std::strncmp(variable, "OMP_WAIT_POLICY=", 16) == 0 || std::strncmp(variable, "GOMP_SPINCOUNT=", 15) == 0;
        if (isChosen || count == kMostVariables) return;
        changed[count] = environment[count];
        if (std::strncmp(variable, "_=", 2) == 0) spare = count;
    }
    // A shell's "_", which nobody reads, gives its place; without one it takes a second start, 0.1 s.
    if (spare >= 0) {
        environment[spare] = policy;
        return;
    }
    changed[count] = policy;
    execve("/proc/self/exe", argv, changed);  // on failure the program goes on, slower beside others
}

/// Runs before the constructors of all libraries; C's library is not started yet either, so system calls only.
[[gnu::section(".preinit_array"), gnu::used]] void (*const kFirst)(int, char**, char**) = letIdleThreadsSleep;

}  // namespace
#endif
