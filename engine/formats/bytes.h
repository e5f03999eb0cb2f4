// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace diagonal {

static_assert(std::endian::native == std::endian::little, "the numbers in checkpoints are little-endian");

/// A little-endian number at any address.
template <typename Number>
Number loadNumber(const uint8_t* bytes) {
    Number number;
    std::memcpy(&number, bytes, sizeof number);
    return number;
}

inline std::string_view asText(std::span<const uint8_t> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Whether these are the first bytes.
inline bool startsWith(std::span<const uint8_t> bytes, std::string_view begin) {
    return asText(bytes).starts_with(begin);
}

/// UTF-8 without control characters.
bool isPlainText(std::string_view text);

/// Text of a file for an error: in quotes, cut after 120 bytes, with \xNN for whatever is not plain.
std::string inQuotes(std::string_view text);

}  // namespace diagonal
