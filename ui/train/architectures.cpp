// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/architectures.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/json_reader.h"
#include "engine/base/resources.h"
#include "engine/checkpoint/config_json.h"
#include "engine/parts/cost.h"

namespace diagonal {

namespace fs = std::filesystem;

std::vector<ArchitectureChoice> architectureChoices() {
    std::vector<ArchitectureChoice> choices;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(resourceFolder() / "architectures", ignored)) {
        if (entry.path().extension() != ".json") continue;
        try {
            const auto config = clipConfigFromJson(readJson(entry.path()), entry.path().string());
            choices.push_back({QString::fromStdString(entry.path().stem().string()), config.imageSize,
                               config.text.vocabularySize, costOf(config).parameters});
        } catch (const Error&) {
            continue;
        }
    }
    std::sort(choices.begin(), choices.end(), [](const auto& a, const auto& b) { return a.parameters < b.parameters; });
    return choices;
}

}  // namespace diagonal
