// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace diagonal {

std::string encodeBase64(std::string_view bytes);

/// Nothing when the text is no base64.
std::optional<std::string> decodeBase64(std::string_view text);

}  // namespace diagonal
