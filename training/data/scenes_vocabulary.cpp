// SPDX-License-Identifier: Apache-2.0
#include "training/data/scenes_vocabulary.h"

#include <algorithm>

#include "training/data/scenes.h"

namespace diagonal {

namespace {

enum Colour { kRed, kOrange, kYellow, kGreen, kBlue, kPurple, kPink, kBrown, kGray };

}  // namespace

const std::vector<std::string>& sceneShapes() {
    static const std::vector<std::string> names = {"circle", "square",  "triangle", "star", "hexagon",
                                                   "cross",  "diamond", "heart",    "ring"};
    return names;
}

const std::vector<std::string>& sceneShapePlurals() {
    static const std::vector<std::string> names = {"circles", "squares",  "triangles", "stars", "hexagons",
                                                   "crosses", "diamonds", "hearts",    "rings"};
    return names;
}

// The boxes hold what people and CSS call by these names (brown: #A52A2A as
// well as #8B4513) and
// leave gaps between neighbours.
const std::vector<SceneColour>& sceneColourRanges() {
    static const std::vector<SceneColour> ranges = {
        {"red", -8, 7, 74, 100, 80, 100},     {"orange", 23, 40, 80, 100, 91, 100},
        {"yellow", 48, 62, 75, 100, 90, 100}, {"green", 92, 150, 60, 100, 45, 100},
        {"blue", 204, 242, 66, 100, 62, 100}, {"purple", 268, 302, 45, 100, 45, 80},
        {"pink", 322, 350, 24, 62, 94, 100},  {"brown", 0, 30, 52, 88, 33, 64},
        {"gray", 0, 360, 0, 7, 38, 68},
    };
    return ranges;
}

const std::vector<std::string>& sceneColours() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> list;
        for (const SceneColour& colour : sceneColourRanges())
            list.push_back(colour.name);
        return list;
    }();
    return names;
}

const std::vector<SceneBackground>& sceneBackgrounds() {
    static const std::vector<SceneBackground> list = {
        {"white", 250, 250, 250, 9, {}},
        {"black", 10, 10, 10, 4, {}},
        {"light gray", 212, 212, 212, 2, {kGray}},
        {"dark gray", 60, 60, 60, 2, {kGray, kBrown}},
        {"beige", 238, 226, 198, 2, {}},
        {"light blue", 186, 216, 240, 2, {}},
        {"pale green", 202, 236, 202, 2, {}},
        {"pale yellow", 252, 246, 200, 1, {kYellow}},
        {"lavender", 222, 212, 246, 1, {}},
        {"dark blue", 16, 24, 84, 2, {kBlue, kPurple}},
        {"dark green", 12, 66, 36, 1, {kGreen, kBrown}},
    };
    return list;
}

const std::vector<std::string>& sceneSizes() {
    static const std::vector<std::string> names = {"small", "medium", "large"};
    return names;
}

const std::vector<std::string>& scenePositions() {
    static const std::vector<std::string> names = {"top left", "top",         "top right", "left",        "center",
                                                   "right",    "bottom left", "bottom",    "bottom right"};
    return names;
}

const std::vector<std::string>& scenePositionPhrases() {
    static const std::vector<std::string> phrases = {"in the top left",    "at the top",    "in the top right",
                                                     "on the left",        "in the center", "on the right",
                                                     "in the bottom left", "at the bottom", "in the bottom right"};
    return phrases;
}

const std::vector<std::string>& sceneCounts() {
    static const std::vector<std::string> words = {"zero", "one", "two", "three", "four"};
    return words;
}

bool isVisible(int colour, int background) {
    const std::vector<int>& clashes = sceneBackgrounds().at(static_cast<size_t>(background)).clashes;
    return std::find(clashes.begin(), clashes.end(), colour) == clashes.end();
}

std::vector<std::string> sceneLabels() {
    std::vector<std::string> labels;
    for (const std::string& colour : sceneColours()) {
        for (const std::string& shape : sceneShapes())
            labels.push_back(std::string(colour).append(" ").append(shape));
    }
    return labels;
}

// Two diagonals of a 9 x 9 Latin square less two cells: 16 of 81 pairs, one or two of each colour and each shape.
bool isHeldOut(int shape, int colour) {
    const int shapes = static_cast<int>(sceneShapes().size());
    const int diagonal = (2 * colour) % shapes;
    return shape == diagonal || (colour < 7 && shape == (diagonal + 4) % shapes);
}

}  // namespace diagonal
