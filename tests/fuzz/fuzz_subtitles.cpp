// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <string_view>

#include "engine/base/encoding.h"
#include "engine/video/key_frames.h"

using namespace diagonal;

/// SubRip and WebVTT: cues are in order, begin before they end and hold short texts in UTF-8.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    int64_t last = 0;
    for (const Cue& cue : parseSubtitles({reinterpret_cast<const char*>(data), size})) {
        if (cue.start < last || cue.stop < cue.start || cue.text.empty() || cue.text.size() > 16'000 ||
            !isUtf8(cue.text))
            __builtin_trap();
        last = cue.start;
    }
    return 0;
}
