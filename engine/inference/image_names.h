// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace diagonal {

/// A result's object with the picture's name in it. A name that is no UTF-8 is not shown faithfully: its bytes go
/// beside it.
nlohmann::ordered_json namedImage(const std::filesystem::path& file);

/// The name that namedImage wrote, byte for byte; empty when there is none.
std::string imageNameOf(const nlohmann::json& result);

}  // namespace diagonal
