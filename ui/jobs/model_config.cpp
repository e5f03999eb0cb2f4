// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/model_config.h"

#include <filesystem>

#include "engine/base/error.h"
#include "engine/checkpoint/model_folder.h"
#include "engine/checkpoint/presets.h"

namespace diagonal {

std::optional<ClipConfig> modelConfig(const std::string& model) {
    std::error_code error;
    try {
        if (isArchitecture(model)) return architecture(model);
        if (!std::filesystem::exists(model, error)) return std::nullopt;
        ClipConfig config;
        readModelInfo(model, {}, &config);
        return config;
    } catch (const Error&) {
        return std::nullopt;
    }
}

}  // namespace diagonal
