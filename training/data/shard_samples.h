// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "training/data/caption_keys.h"

namespace diagonal {

/// What a shard holds of one sample.
struct ShardSample {
    struct Caption {
        std::string text;
        size_t source = 0;  ///< indexes the names of CaptionKeys
    };

    std::string key;
    uint64_t offset = 0, size = 0;  ///< of the image in the shard, bytes; size 0: there is none
    std::vector<Caption> captions;
    std::string label;  ///< of the .cls
};

struct ShardContent {
    std::vector<ShardSample> samples;
    std::vector<std::string> notes;  ///< what was left out
    bool isMissing = false;          ///< there is no such tar file
    bool isWhole = true;             ///< all of it could be read
};

/// An image may have so many bytes.
inline constexpr uint64_t kLargestImage = uint64_t{1} << 30;

/// Reads the headers and texts of a tar file: files whose names are equal up to the first dot behind the last slash are
/// a sample. Without keys a caption is that of the .txt, else of the .json's caption or text; a key names a member of
/// the .json, or is txt.
ShardContent readShardContent(const std::filesystem::path& path, const CaptionKeys& keys);

}  // namespace diagonal
