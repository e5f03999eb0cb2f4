// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "engine/image/preprocess.h"
#include "tests/flickr8k.h"
#include "tests/paths.h"

// What make_image_golden.py wrote, and what it takes to compare with it.
namespace golden {

inline std::filesystem::path folder() {
    return std::filesystem::path(paths::source("tests/parity/data"));
}

inline const nlohmann::json& expected() {
    static const nlohmann::json json = nlohmann::json::parse(std::ifstream(folder() / "images.json"));
    return json;
}

inline uint32_t crc(std::span<const uint8_t> bytes) {
    uint32_t value = 0xFFFFFFFF;
    for (const uint8_t byte : bytes) {
        value ^= byte;
        for (int bit = 0; bit < 8; ++bit)
            value = value >> 1 ^ (0xEDB88320 & (0U - (value & 1)));
    }
    return ~value;
}

/// The same pixels as noise() of the script.
inline diagonal::Image noise(int width, int height, uint32_t seed) {
    diagonal::Image image{width, height, {}};
    uint32_t state = seed;
    for (int y = 0; y < height; ++y) {
        for (int i = 0; i < width * 3; ++i) {
            state = state * 1664525 + 1013904223;
            const auto byte = static_cast<uint8_t>(state >> 24);
            image.rgb.push_back(y % 3 != 0 ? byte : byte > 127 ? 255 : 0);
        }
    }
    return image;
}

inline diagonal::Interpolation interpolation(const std::string& name) {
    return name == "bilinear" ? diagonal::Interpolation::Bilinear : diagonal::Interpolation::Bicubic;
}

/// Folder of real photographs; empty where there is none.
inline std::filesystem::path photographs() {
    const auto folder = flickr8k() / "images";
    return std::filesystem::is_directory(folder) ? folder : std::filesystem::path{};
}

}  // namespace golden
