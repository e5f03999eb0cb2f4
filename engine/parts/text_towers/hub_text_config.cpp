// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/text_towers/hub_text_config.h"

#include <algorithm>
#include <vector>

#include "engine/base/file.h"
#include "engine/base/resources.h"
#include "engine/base/text.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr const char* kSlash = "--";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

std::vector<std::string> knownNames() {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(resourceFolder() / "text-models", error))
        if (entry.path().extension() == ".json") names.push_back(replaced(entry.path().stem().string(), kSlash, "/"));
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

HubTextConfig readHubTextConfig(const std::string& name, const fs::path& folder, const JsonReader& text) {
    std::error_code error;
    // A name of the hub is no way out of the folder.
    const bool isPlain = !name.empty() && name.find("..") == std::string::npos && !fs::path(name).is_absolute();
    if (const fs::path file = folder / name / "config.json"; isPlain && !folder.empty() && fs::exists(file, error))
        return {readJson(file), displayName(file)};
    if (auto published = publishedTextConfig(name)) return *published;
    throw text.bad("hf_model_name", "is \"" + name +
                                        "\": no folder beside the configuration has that name and a "
                                        "config.json, and known are " +
                                        joined(knownNames()));
}

std::optional<HubTextConfig> publishedTextConfig(const std::string& name) {
    const auto names = knownNames();
    if (std::find(names.begin(), names.end(), name) == names.end()) return std::nullopt;
    const fs::path file = resourceFolder() / "text-models" / (replaced(name, "/", kSlash) + ".json");
    return HubTextConfig{readJson(file), displayName(file)};
}

}  // namespace diagonal
