// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace diagonal {

/// What a scene can be made of. Each list is indexed by the Scene field of its name.

struct SceneBackground {
    std::string name;
    uint8_t red, green, blue;  ///< middle of its range
    int weight;                ///< how often it is drawn, relative to the others
    std::vector<int> clashes;  ///< colours that would be hard to see on it
};

/// A colour name stands for a box of hues (degrees), saturations and values (per cent).
struct SceneColour {
    std::string name;
    int hueLow, hueHigh;
    int saturationLow, saturationHigh;
    int valueLow, valueHigh;
};

const std::vector<SceneColour>& sceneColourRanges();
const std::vector<SceneBackground>& sceneBackgrounds();
const std::vector<std::string>& sceneShapePlurals();
const std::vector<std::string>& sceneSizes();            ///< "small", "medium", "large"
const std::vector<std::string>& scenePositions();        ///< "top left" … "bottom right", row by row
const std::vector<std::string>& scenePositionPhrases();  ///< "in the top left", "at the top", …
const std::vector<std::string>& sceneCounts();           ///< "zero", "one" … "four"

/// Whether a colour can be told from a background.
bool isVisible(int colour, int background);

}  // namespace diagonal
