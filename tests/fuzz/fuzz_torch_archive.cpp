// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"
#include "tests/corrupt/archive_bytes.h"
#include "tests/fuzz/check_index.h"

/// A pickle in a sound archive: whatever passes the interpreter meets the search for the state dict and the checks of
/// views.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    std::vector<std::string> storages;
    for (const size_t length : {96, 24, 8, 16, 12, 4, 0, 2, 1, 32, 48})
        storages.emplace_back(length, '\0');
    const std::string content = bytes::torchFileOf({reinterpret_cast<const char*>(data), size}, storages);
    const std::span file(reinterpret_cast<const uint8_t*>(content.data()), content.size());
    try {
        checkIndex(diagonal::indexCheckpoint(file, "fuzz"), file);
    } catch (const diagonal::Error&) {
    }
    return 0;
}
