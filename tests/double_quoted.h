// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>

/// JSON written with ' for ".
inline std::string doubleQuoted(std::string text) {
    std::replace(text.begin(), text.end(), '\'', '"');
    return text;
}
