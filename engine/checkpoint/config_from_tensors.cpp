// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/config_from_tensors.h"

#include <torch/types.h>

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
    if (!shapes.doubts().empty())
        throw Error(file, "does not tell " + joined(shapes.doubts()),
                    "Give its architecture: --architecture NAME, or a JSON file in open_clip's form, also beside the "
                    "weights under their name");
    return {config, false};
}

}  // namespace diagonal
