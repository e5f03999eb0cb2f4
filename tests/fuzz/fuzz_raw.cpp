// SPDX-License-Identifier: Apache-2.0
// Raw pictures, and what cameras wrote into pictures of all kinds.
#include "engine/image/formats.h"
#include "tests/fuzz/picture.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::span<const uint8_t> bytes(data, size);
    const diagonal::PictureFacts facts = diagonal::readPictureFacts(bytes);
    if (facts.camera.size() > 200) __builtin_trap();
    return fuzzPicture("RAW", data, size);
}
