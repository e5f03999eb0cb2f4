// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/config_from_tensors.h"

#include <torch/types.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/checkpoint/presets.h"
#include "engine/parts/head.h"
#include "engine/parts/image_kind.h"
#include "engine/parts/shapes.h"
#include "engine/parts/text_kind.h"

namespace diagonal {

namespace {

void readVision(const Shapes& shapes, const std::string& file, ClipConfig& config) {
    for (const ImageKind* kind : imageKinds())
        if (auto spec = kind->fromShapes(shapes, config)) {
            config.vision = *spec;
            int out = 0;
            for (const HeadKind* head : headKinds())
                if (auto found = head->fromShapes(shapes, true, out)) config.imageHead = *found;
            return;
        }
    throw Error(file, "has an image tower of a kind that is not known here",
                "Give its architecture: --architecture NAME, or a folder with its configuration");
}

/// Heads of attention are 64 wide in models of these widths; of others who knows.
void doubtHeads(const Shapes& shapes, const ClipConfig& config) {
    static constexpr int kUsual[] = {64, 384, 512, 640, 768, 896, 1024};
    const auto doubt = [&](int width, const char* tower) {
        const std::string what = "the heads of attention of its " + std::string(tower) + " tower, which is " +
                                 std::to_string(width) + " wide";
        if (std::ranges::find(kUsual, width) == std::end(kUsual)) shapes.doubt(what);
    };
    if (const auto* vit = config.vision.as<VitConfig>()) doubt(vit->width, "image");
    if (const auto* vit = config.vision.as<SiglipVitConfig>()) doubt(vit->width, "image");
    if (!config.text.isCbow() && config.text.kind != "bert") doubt(config.text.width, "text");
}

}  // namespace

ReadConfig configFromTensors(const Tensors& tensors, const std::string& file, bool isOfKnownCode) {
    const Shapes shapes(tensors, file);
    ClipConfig config;
    for (const TextKind* kind : textKinds())
        if (kind->fromShapes(shapes, config)) break;
    readVision(shapes, file, config);
    config.logitBias = shapes.has("logit_bias");
    if (config.vision.is<SiglipVitConfig>()) {
        config.text.causal = false;
        config.text.fillsContext = true;
        config.text.epsilon = 1e-6;
    }
    if (const auto preset = presetWithShapesOf(config)) return {*preset, true};
    if (config.text.kind == "bert" && !isOfKnownCode) shapes.doubt("which output of its text tower is taken");
    if (!isOfKnownCode && shapes.doubts().empty()) doubtHeads(shapes, config);
    if (!shapes.doubts().empty())
        throw Error(file, "does not tell " + joined(shapes.doubts()),
                    "Give its architecture: --architecture NAME, or a JSON file in open_clip's form, also beside the "
                    "weights under their name");
    return {config, false};
}

}  // namespace diagonal
