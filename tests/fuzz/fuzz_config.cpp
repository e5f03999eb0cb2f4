// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/checkpoint/config_json.h"
#include "engine/checkpoint/hugging_face_config.h"

using nlohmann::json;

namespace {

template <typename Function>
void refusedOrRead(const Function& function) {
    try {
        function();
    } catch (const diagonal::Error&) {
    }
}

}  // namespace

/// Model configurations of open_clip and Hugging Face. What is read is written and must be read as the same again.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto limitDepth = [](int depth, json::parse_event_t, json&) {
        if (depth > 64) throw diagonal::Error("fuzz", "nested too deeply");
        return true;
    };
    refusedOrRead([&] {
        const json config = json::parse(data, data + size, limitDepth, false);
        if (config.is_discarded()) return;
        const json model = config.is_object() ? config.value("model_cfg", config) : config;
        const json preprocess = config.is_object() ? config.value("preprocess_cfg", config) : config;
        refusedOrRead([&] {
            const json written = toJson(diagonal::clipConfigFromJson(model, "fuzz"));
            if (toJson(diagonal::clipConfigFromJson(written, "fuzz")) != written) __builtin_trap();
        });
        refusedOrRead([&] { diagonal::preprocessFromJson(preprocess, 224, "fuzz"); });
        refusedOrRead([&] {
            const diagonal::ClipConfig clip = diagonal::clipConfigFromHuggingFace(config, "fuzz");
            diagonal::describeArchitecture(clip);
            diagonal::preprocessFromHuggingFace(config, clip, "fuzz");
        });
    });
    return 0;
}
