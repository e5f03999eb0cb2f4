// SPDX-License-Identifier: Apache-2.0
#include "training/data/scenes.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "engine/base/error.h"
#include "training/data/random.h"
#include "training/data/scenes_vocabulary.h"

namespace diagonal {

namespace {

constexpr size_t kLargestCount = 2'000'000;

struct Pair {
    int shape, colour;
};

std::vector<Pair> pairsOf(bool heldOut, bool others) {
    std::vector<Pair> pairs;
    for (int colour = 0; colour < static_cast<int>(sceneColours().size()); ++colour) {
        for (int shape = 0; shape < static_cast<int>(sceneShapes().size()); ++shape) {
            if (isHeldOut(shape, colour) ? heldOut : others) pairs.push_back({shape, colour});
        }
    }
    return pairs;
}

const std::vector<Pair>& pairsOf(const ScenesOptions& options) {
    static const std::vector<Pair> train = pairsOf(false, true), heldOut = pairsOf(true, false),
                                   all = pairsOf(true, true);
    if (options.split == Split::Train) return train;
    return options.heldOutOnly ? heldOut : all;
}

int drawBackground(int colour, Random& random) {
    const std::vector<SceneBackground>& all = sceneBackgrounds();
    int sum = 0;
    for (int i = 0; i < static_cast<int>(all.size()); ++i) {
        if (isVisible(colour, i)) sum += all[static_cast<size_t>(i)].weight;
    }
    int left = static_cast<int>(random.below(static_cast<uint32_t>(sum)));
    for (int i = 0; i < static_cast<int>(all.size()); ++i) {
        if (!isVisible(colour, i)) continue;
        left -= all[static_cast<size_t>(i)].weight;
        if (left < 0) return i;
    }
    return 0;
}

class ScenesDataset : public Dataset {
  public:
    explicit ScenesDataset(const std::vector<ScenesOptions>& parts)
        : Dataset({.kind = "Scenes", .labels = sceneLabels(), .supportsAugmentation = false}) {
        for (const ScenesOptions& part : parts) {
            for (size_t i = 0; i < part.count; ++i) {
                const Scene scene = sceneAt(part, i);
                m_entries.push_back({scene, sceneCaptions(scene), part.split, part.imageSize});
            }
        }
    }

    size_t size() const override { return m_entries.size(); }
    std::string name(size_t index) const override {
        static const std::map<Split, std::string> kNames = {
            {Split::Train, "train"}, {Split::Validation, "validation"}, {Split::Test, "test"}, {Split::All, "scene"}};
        return kNames.at(m_entries.at(index).split) + "-" + std::to_string(index);
    }
    size_t captionCount(size_t index) const override { return m_entries.at(index).captions.size(); }
    std::string_view caption(size_t index, size_t number) const override {
        return m_entries.at(index).captions.at(number);
    }
    Image decode(size_t index, int /*enough*/) const override {
        const Entry& entry = m_entries.at(index);
        return drawScene(entry.scene, entry.imageSize);
    }
    int label(size_t index) const override {
        const Scene& scene = m_entries.at(index).scene;
        return scene.colour * static_cast<int>(sceneShapes().size()) + scene.shape;
    }
    Split split(size_t index) const override { return m_entries.at(index).split; }

  private:
    struct Entry {
        Scene scene;
        std::vector<std::string> captions;
        Split split;
        int imageSize;
    };
    std::vector<Entry> m_entries;
};

uint64_t readNumber(const std::string& key, const std::string& value, uint64_t low, uint64_t high) {
    uint64_t number = 0;
    const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (failure != std::errc() || end != value.data() + value.size() || number < low || number > high) {
        throw Error("scenes:" + key + "=" + value, "not a number that fits",
                    "Give a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    }
    return number;
}

Split readSplit(const std::string& value) {
    static const std::map<std::string, Split> kNames = {
        {"train", Split::Train}, {"validation", Split::Validation}, {"val", Split::Validation}, {"test", Split::Test}};
    const auto found = kNames.find(value);
    if (found == kNames.end()) {
        throw Error("scenes:split=" + value, "there is no such split", "Give train, validation or test");
    }
    return found->second;
}

}  // namespace

size_t heldBackCount(size_t count) {
    return std::max(count / 10, 10 * sceneLabels().size());
}

Scene sceneAt(const ScenesOptions& options, size_t index) {
    const std::vector<Pair>& pairs = pairsOf(options);
    const bool train = options.split == Split::Train;
    Scene scene;
    scene.shape = pairs[index % pairs.size()].shape;
    scene.colour = pairs[index % pairs.size()].colour;
    scene.seed = seedOf(options.seed, options.split, index);
    Random random(seedOf(scene.seed, 0x5CE7E));
    scene.background = drawBackground(scene.colour, random);
    scene.size = static_cast<int>(random.below(3));
    scene.position = scene.size == 2 ? 4 : static_cast<int>(random.below(9));
    if (train && random.chance(0.15F)) {
        scene.count = 2 + static_cast<int>(random.below(3));
        scene.size = static_cast<int>(random.below(2));
    }
    return scene;
}

std::shared_ptr<const Dataset> makeScenes(const ScenesOptions& options) {
    if (options.split != Split::All) return std::make_shared<ScenesDataset>(std::vector{options});
    std::vector<ScenesOptions> parts(3, options);
    parts[0].split = Split::Train;
    parts[1].split = Split::Validation;
    parts[2].split = Split::Test;
    parts[1].count = parts[2].count = heldBackCount(options.count);
    return std::make_shared<ScenesDataset>(parts);
}

ScenesOptions parseScenes(const std::string& text, Split split) {
    ScenesOptions options;
    options.split = split;
    bool named = false;
    size_t start = 0;
    while (start < text.size()) {
        const size_t end = std::min(text.find(',', start), text.size());
        const std::string item = text.substr(start, end - start);
        start = end + 1;
        if (item.empty()) continue;
        const size_t equals = item.find('=');
        const std::string key = item.substr(0, equals);
        const std::string value = equals == std::string::npos ? "" : item.substr(equals + 1);
        if (key == "count") {
            options.count = readNumber(key, value, 1, kLargestCount);
        } else if (key == "seed") {
            options.seed = readNumber(key, value, 0, UINT64_MAX);
        } else if (key == "size") {
            options.imageSize = static_cast<int>(readNumber(key, value, 16, 1024));
        } else if (key == "split") {
            options.split = readSplit(value);
            named = true;
        } else {
            throw Error("scenes:" + item, "there is no option \"" + key + "\"",
                        "Known options: count, seed, size, split; for example scenes:count=20000,seed=1");
        }
    }
    const bool heldBack = options.split == Split::Validation || options.split == Split::Test;
    if (!named && heldBack) options.count = heldBackCount(options.count);
    return options;
}

std::shared_ptr<const Dataset> openScenes(const std::string& text, const DatasetOptions& options) {
    return makeScenes(parseScenes(text, options.split));
}

}  // namespace diagonal
