// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace diagonal {

/// Calls use(key, object) for each object in the lists of a JSON file's outermost object, one after another: a file of
/// any length takes little memory. Throws Error for what is not JSON (as Python's json module writes it, see
/// PythonJson), nested too deeply, or no object.
void forEachElement(const std::filesystem::path& path,
                    const std::function<void(const std::string& key, const nlohmann::json& object)>& use);

/// A JSON object, as Python's json module writes it; null for anything else and for what is nested too deeply.
nlohmann::json parseObject(std::string_view text);

/// A text, or a list of them.
std::vector<std::string> textsOf(const nlohmann::json& value);

/// The text of a member, empty when it is not there or no text.
std::string textOf(const nlohmann::json& object, const char* key);

}  // namespace diagonal
