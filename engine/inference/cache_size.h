// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace diagonal {

/// "500MB", "2 GiB", "1073741824": kB, MB, GB, TB are powers of 1000, KiB and so on of 1024. Nothing for another text,
/// and for less than a megabyte.
std::optional<int64_t> parseBytes(std::string_view text);

}  // namespace diagonal
