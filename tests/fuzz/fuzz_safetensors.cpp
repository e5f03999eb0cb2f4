// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"
#include "engine/formats/safetensors.h"
#include "tests/fuzz/check_index.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::span file(data, size);
    try {
        checkIndex(diagonal::indexSafetensors(file, "fuzz"), file);
    } catch (const diagonal::Error&) {
    }
    return 0;
}
