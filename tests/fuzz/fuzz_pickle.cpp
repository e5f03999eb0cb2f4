// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"
#include "engine/formats/pickle.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    try {
        const diagonal::Pickle pickle({data, size}, "fuzz");
        if (pickle.size() > size) __builtin_trap();
        static_cast<void>(pickle.value(pickle.root()));
    } catch (const diagonal::Error&) {
    }
    return 0;
}
