// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "training/data/dataset.h"

namespace diagonal {

/// One generated picture of coloured shapes.
struct Scene {
    int shape = 0, colour = 0, background = 0, size = 0, position = 0;  ///< indices into the vocabularies below
    int count = 1;
    uint64_t seed = 0;  ///< of everything else: exact places, sizes, angles, noise
};

const std::vector<std::string>& sceneShapes();
const std::vector<std::string>& sceneColours();

/// "red circle": every colour with every shape; index = colour * shapes + shape.
std::vector<std::string> sceneLabels();

/// Whether the pair is kept out of training: a fifth of the pairs, spread so that each colour and each shape is still
/// seen in others.
bool isHeldOut(int shape, int colour);

/// Draws a scene at size x size pixels. Equal scenes give equal pixels on every machine.
Image drawScene(const Scene& scene, int size);

/// Several true captions of a scene, from several wordings.
std::vector<std::string> sceneCaptions(const Scene& scene);

struct ScenesOptions {
    size_t count = 20000;
    uint64_t seed = 1;
    int imageSize = 64;
    Split split = Split::Train;  ///< Train: only pairs that are not held out. Validation and Test: labelled scenes of
                                 ///< all pairs, other seeds.
    bool heldOutOnly = false;    ///< of Validation and Test: only held-out pairs
};

std::shared_ptr<const Dataset> makeScenes(const ScenesOptions& options);

/// Scene number `index` of makeScenes(options).
Scene sceneAt(const ScenesOptions& options, size_t index);

/// Validation and test scenes that go with `count` training scenes: a tenth, at least ten of each pair.
size_t heldBackCount(size_t count);

/// The text after "scenes:", "count=20000,seed=1,size=64,split=train"; all keys may be left out. Throws Error naming
/// the keys for an unknown one. A split in the text wins over `split`, and its count is then that split's own.
ScenesOptions parseScenes(const std::string& text, Split split);

/// What openDataset does with "scenes:…". Split::All is the three splits in a row.
std::shared_ptr<const Dataset> openScenes(const std::string& text, const DatasetOptions& options);

}  // namespace diagonal
