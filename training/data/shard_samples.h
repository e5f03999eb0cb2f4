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

/// Reads the headers and texts of a tar file as the webdataset package does: files whose names are equal up to the
/// first dot behind the last slash (the key) are a sample, and what follows that dot, in lower case, is the name of a
/// field. The image is the field of an image's ending (of several jpg, png, jpeg, webp go first, as in open_clip), or
/// `imageField`. Without keys a caption is that of the field txt, else of the caption or text of the field json; a key
/// names a member of the json, or a field such as txt. Fields of more words (05.png of "shot 22.05.png") are none of
/// these: what is lost so is named.
ShardContent readShardContent(const std::filesystem::path& path, const CaptionKeys& keys,
                              const std::string& imageField = {});

}  // namespace diagonal
