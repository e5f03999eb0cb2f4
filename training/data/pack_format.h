// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/text/tokenizer.h"

namespace diagonal {

// A pack is a folder (docs/formats.md):
//   pack.json          version, counts, sizes and hash of the other files, labels, the tokenizer's settings
//   pixels.bin         the images one after another: uint8 [height, width, 3], RGB
//   index.safetensors  where each image, caption and token lies
//   tokenizer/         the files of the tokenizer that the token ids are of

inline constexpr const char* kPackFile = "pack.json";
inline constexpr const char* kPackPixels = "pixels.bin";
inline constexpr const char* kPackIndex = "index.safetensors";
inline constexpr const char* kPackTokenizer = "tokenizer";
inline constexpr const char* kPackFormat = "diagonal-pack";
inline constexpr int kPackVersion = 1;

/// The arrays of index.safetensors as they are gathered. n images, m captions.
struct PackIndex {
    std::vector<int64_t> imageOffsets = {0};    ///< [n + 1] bytes in pixels.bin
    std::vector<int64_t> checksums;             ///< [n] CRC-32 of an image's pixels
    std::vector<int64_t> nameOffsets = {0};     ///< [n + 1] bytes in names
    std::vector<int64_t> firstCaptions = {0};   ///< [n + 1] number of an image's first caption
    std::vector<int64_t> captionOffsets = {0};  ///< [m + 1] bytes in captions
    std::vector<int64_t> tokenOffsets = {0};    ///< [m + 1] in tokens
    std::vector<int32_t> sizes;                 ///< [n, 2] width and height
    std::vector<int32_t> labels;                ///< [n] -1: none
    std::vector<int32_t> tokens;
    std::string splits;           ///< [n] bytes: train, validation, test, none
    std::string names, captions;  ///< UTF-8 texts one after another
};

/// "lower", "whitespace", "canonicalize", "hugging_face", and back. Throws Error for another name.
std::string nameOf(TextCleaning cleaning);
TextCleaning cleaningNamed(const std::string& name);

/// The bytes of index.safetensors, in pieces: header and arrays, each 8-byte aligned as the format wants them.
/// `pieces` point into the index and into `header`.
std::vector<std::string_view> packIndexPieces(const PackIndex& index, std::string& header);

}  // namespace diagonal
