// SPDX-License-Identifier: Apache-2.0
#include "engine/inference/cache_size.h"

#include <cctype>
#include <charconv>
#include <cmath>
#include <string>

namespace diagonal {

std::optional<int64_t> parseBytes(std::string_view text) {
    constexpr double kLeast = 1e6, kMost = 1e15;
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || !std::isfinite(number)) return std::nullopt;
    std::string unit;
    for (const char c : text.substr(static_cast<size_t>(end - text.data())))
        if (c != ' ') unit += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    static constexpr std::string_view kPrefixes = "kmgt";
    double factor = 1;
    if (!unit.empty() && unit != "b") {
        const size_t power = kPrefixes.find(unit.front());
        const std::string rest = unit.substr(1);
        if (power == std::string_view::npos || (!rest.empty() && rest != "b" && rest != "ib")) return std::nullopt;
        factor = std::pow(rest == "ib" ? 1024.0 : 1000.0, static_cast<double>(power) + 1);
    }
    const double bytes = number * factor;
    if (!(bytes >= kLeast && bytes <= kMost)) return std::nullopt;
    return static_cast<int64_t>(bytes);
}

}  // namespace diagonal
