// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"
#include "engine/formats/zip_directory.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    try {
        const diagonal::ZipDirectory zip({data, size}, "fuzz");
        uint64_t end = 0;
        for (const auto& member : zip.members()) {
            if (member.offset < end || member.offset > size || member.size > size - member.offset) __builtin_trap();
            if (zip.find(member.name) != &member) __builtin_trap();
            end = member.offset + member.size;
        }
    } catch (const diagonal::Error&) {
    }
    return 0;
}
