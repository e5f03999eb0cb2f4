// SPDX-License-Identifier: Apache-2.0
#include "training/data/scenes_folder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <system_error>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/png.h"
#include "engine/inference/export.h"
#include "training/data/csv.h"
#include "training/data/scenes.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::pair<const char*, Split>, 3> kSplits = {
    {{"train", Split::Train}, {"validation", Split::Validation}, {"test", Split::Test}}};

[[noreturn]] void refuseSplits(const std::string& text) {
    throw Error("--split " + text, "these are no shares of a whole",
                "Give for example train=0.8,validation=0.1,test=0.1");
}

/// Numbers of scenes, in the order of kSplits, that add up to count.
std::array<size_t, 3> countsOf(const std::string& text, size_t count) {
    std::array<double, 3> shares = {};
    size_t start = 0;
    while (start < text.size()) {
        const size_t end = std::min(text.find(',', start), text.size());
        const std::string item = text.substr(start, end - start);
        start = end + 1;
        const size_t equals = item.find('=');
        if (equals == std::string::npos) refuseSplits(text);
        size_t split = 0;
        while (split < kSplits.size() && item.substr(0, equals) != kSplits[split].first)
            ++split;
        double share = 0;
        const auto [last, failure] = std::from_chars(item.data() + equals + 1, item.data() + item.size(), share);
        const bool isNumber = failure == std::errc() && last == item.data() + item.size() && share >= 0 && share <= 1;
        if (split == kSplits.size() || !isNumber) refuseSplits(text);
        shares[split] += share;
    }
    if (std::abs(shares[0] + shares[1] + shares[2] - 1) > 1e-6) refuseSplits(text);
    std::array<size_t, 3> counts = {};
    double sum = 0;
    size_t before = 0;
    for (size_t i = 0; i < counts.size(); ++i) {
        sum += shares[i];
        const auto upTo = i == 2 ? count : static_cast<size_t>(std::llround(sum * static_cast<double>(count)));
        counts[i] = upTo - before;
        before = upTo;
    }
    return counts;
}

void check(const std::error_code& failure, const fs::path& path) {
    if (failure) throw Error(displayName(path), "cannot be made: " + failure.message(), "Give another folder");
}

bool isTaken(const fs::path& out) {
    std::error_code failure;
    return fs::exists(out, failure) && !(fs::is_directory(out, failure) && fs::is_empty(out, failure));
}

/// What makes the pictures of one call those of another.
std::string recipeOf(const ScenesFolderOptions& options) {
    return "count=" + std::to_string(options.count) + " seed=" + std::to_string(options.seed) +
           " size=" + std::to_string(options.imageSize) + " splits=" + options.splits +
           " held_out_only=" + std::to_string(static_cast<int>(options.heldOutOnly)) + "\n";
}

/// OUT.partial, emptied unless it is of the same recipe.
fs::path openPartial(const fs::path& out, const std::string& recipe) {
    fs::path partial = out;
    partial += ".partial";
    std::error_code failure;
    const fs::path note = partial / "recipe.txt";
    const bool goesOn = fs::is_regular_file(note, failure) && readText(note) == recipe;
    if (!goesOn && isTaken(partial)) {
        throw Error(displayName(partial), "this is left of other scenes", "Remove it, or give another folder");
    }
    fs::create_directories(partial / "images", failure);
    check(failure, partial);
    if (!goesOn) writeFile(note, recipe);
    return partial;
}

std::string nameOf(size_t index) {
    const std::string number = std::to_string(index + 1);
    return "images/scene-" + std::string(number.size() < 6 ? 6 - number.size() : 0, '0') + number + ".png";
}

}  // namespace

void makeScenesFolder(const fs::path& given, const ScenesFolderOptions& options, const JobContext& job) {
    const fs::path out = given.filename().empty() ? given.parent_path() : given;
    const std::array<size_t, 3> counts = countsOf(options.splits, options.count);
    if (isTaken(out)) {
        throw Error(displayName(out), "there is something in this folder already", "Give a new or an empty folder");
    }
    const fs::path partial = openPartial(out, recipeOf(options));

    std::string table = "image,caption,label,split,held_out\r\n";
    size_t done = 0;
    for (size_t i = 0; i < kSplits.size(); ++i) {
        if (counts[i] == 0) continue;
        const auto& [splitName, split] = kSplits[i];
        const auto scenes = makeScenes({.count = counts[i],
                                        .seed = options.seed,
                                        .imageSize = options.imageSize,
                                        .split = split,
                                        .heldOutOnly = options.heldOutOnly});
        for (size_t k = 0; k < scenes->size(); ++k, ++done) {
            job.throwIfStopped();
            const std::string name = nameOf(done);
            std::error_code failure;
            if (!fs::exists(partial / name, failure)) {
                const std::vector<uint8_t> png = encodePng(scenes->image(k));
                writeFile(partial / name, {reinterpret_cast<const char*>(png.data()), png.size()});
            }
            const int label = scenes->label(k);
            const int shapes = static_cast<int>(sceneShapes().size());
            const std::string rest = "," + scenes->labels()[static_cast<size_t>(label)] + "," + splitName + "," +
                                     (isHeldOut(label % shapes, label / shapes) ? "yes" : "no") + "\r\n";
            for (const std::string& caption : scenes->captions(k))
                table.append(name).append(",").append(csvText(caption)).append(rest);
            job.progress(static_cast<int64_t>(done + 1), static_cast<int64_t>(options.count));
        }
    }
    std::string labels;
    for (const std::string& label : sceneLabels())
        labels += label + "\n";
    writeFile(partial / "labels.txt", labels);
    writeFile(partial / "captions.csv", table);

    std::error_code failure;
    fs::remove(partial / "recipe.txt", failure);
    check(failure, partial);
    fs::remove(out, failure);  // an empty folder of that name
    check(failure, out);
    fs::rename(partial, out, failure);
    check(failure, out);
}

}  // namespace diagonal
