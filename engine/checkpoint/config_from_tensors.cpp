// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/config_from_tensors.h"

#include <torch/types.h>

#include "engine/base/error.h"
#include "engine/checkpoint/presets.h"
#include "engine/parts/head.h"
#include "engine/parts/image_kind.h"
#include "engine/parts/shapes.h"
#include "engine/parts/text_kind.h"

namespace diagonal {

namespace {

constexpr int kHeadWidth = 64, kWidestUsual = 1024;

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

/// Heads are 64 wide in towers of these widths; of others no shape tells.
void requireUsualHeads(const ClipConfig& config, const std::string& file) {
    int width = 0;
    if (const auto* vit = config.vision.as<VitConfig>()) width = vit->width;
    if (const auto* siglip = config.vision.as<SiglipVitConfig>()) width = siglip->width;
    for (const int each : {width, config.text.width})
        if (each > kWidestUsual || (each > kHeadWidth && each % kHeadWidth != 0))
            throw Error(
                file,
                "has a tower " + std::to_string(each) + " wide, of which no tensor tells the number of attention heads",
                "Give its architecture: --architecture NAME, or a JSON file in open_clip's form");
}

}  // namespace

ClipConfig configFromTensors(const Tensors& tensors, const std::string& file) {
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
    if (const auto preset = presetWithShapesOf(config)) return *preset;
    requireUsualHeads(config, file);
    return config;
}

}  // namespace diagonal
