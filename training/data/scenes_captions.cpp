// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "training/data/random.h"
#include "training/data/scenes.h"
#include "training/data/scenes_vocabulary.h"

namespace diagonal {

namespace {

std::string article(const std::string& noun) {
    return std::string("aeiou").find(noun.front()) == std::string::npos ? "a " + noun : "an " + noun;
}

/// "a picture of" and its like.
std::string medium(Random& random) {
    static const std::array<std::string, 6> kWays = {"a picture of ", "a drawing of ",  "an image of ",
                                                     "a photo of ",   "a painting of ", "an icon of "};
    return kWays[random.below(static_cast<uint32_t>(kWays.size()))];
}

}  // namespace

std::vector<std::string> sceneCaptions(const Scene& scene) {
    Random random(seedOf(scene.seed, 0xCA97));
    const auto word = [](const std::vector<std::string>& list, int index) {
        return list.at(static_cast<size_t>(index));
    };
    const std::string colour = word(sceneColours(), scene.colour);
    const std::string size = word(sceneSizes(), scene.size);
    const std::string where = word(scenePositionPhrases(), scene.position);
    const std::string ground = sceneBackgrounds().at(static_cast<size_t>(scene.background)).name;
    const bool sized = scene.count == 1 || scene.size == 0;  // several objects are small or nothing in particular

    std::vector<std::string> captions;
    if (scene.count == 1) {
        const std::string shape = word(sceneShapes(), scene.shape);
        const std::string pair = colour + " " + shape;
        const std::string one = article(pair);
        // Plain wordings weigh more than detailed ones; the two media may be the same.
        captions = {pair, one, medium(random) + one, medium(random) + one};
        const std::string onGround = " on " + article(ground + " background");
        const std::string details[] = {"a " + size + " " + pair, one + " " + where,
                                       random.chance(0.5F) ? one + onGround : pair + ", " + ground + " background",
                                       "a " + size + " " + pair + " " + where + onGround};
        // Two of them: what a caption says beside shape and colour must not outweigh these.
        const uint32_t first = random.below(4);
        captions.push_back(details[first]);
        captions.push_back(details[(first + 1 + random.below(3)) % 4]);
        if (random.chance(0.25F)) captions.push_back(random.chance(0.5F) ? article(shape) : article(colour + " shape"));
        return captions;
    }
    const std::string count = word(sceneCounts(), scene.count);
    const std::string pairs = colour + " " + word(sceneShapePlurals(), scene.shape);
    captions = {count + " " + pairs, pairs, medium(random) + count + " " + pairs,
                count + " " + pairs + " on " + article(ground + " background"),
                std::to_string(scene.count) + " " + pairs + ", " + ground + " background"};
    if (sized) captions.push_back(count + " " + size + " " + pairs);
    return captions;
}

}  // namespace diagonal
