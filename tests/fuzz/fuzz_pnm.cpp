// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/picture.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    return fuzzPicture("PNM", data, size);
}
