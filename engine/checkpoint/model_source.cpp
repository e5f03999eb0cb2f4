// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/model_source.h"

#include <torch/types.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "engine/base/error.h"
#include "engine/base/json_reader.h"
#include "engine/base/text.h"
#include "engine/checkpoint/layout.h"

namespace diagonal {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr const char* kOpenClip = "open_clip_config.json";
constexpr const char* kHuggingFace = "config.json";

/// The parts that an index names, which must be plain files of the folder.
std::vector<fs::path> partsOf(const fs::path& index) {
    const json root = readJson(index);
    const std::string name = displayName(index);
    const JsonReader map = JsonReader(root, name, "index").object("weight_map");
    std::set<std::string> names;
    for (const auto& [tensor, file] : root["weight_map"].items()) {
        if (!file.is_string()) throw map.bad(tensor.c_str(), "must be the name of a file");
        names.insert(file.get<std::string>());
    }
    std::vector<fs::path> parts;
    for (const auto& part : names) {
        if (part.empty() || fs::path(part).filename() != part || part == "..")
            throw Error(name, "names the part \"" + part + "\", which is no file beside it");
        parts.push_back(index.parent_path() / part);
        if (!fs::exists(parts.back()))
            throw Error(displayName(parts.back()), "this part of the weights is missing", "Get the whole model");
    }
    if (parts.empty()) throw Error(name, "names no file");
    return parts;
}

/// "model-00001-of-00002.safetensors": one file of several.
struct PartName {
    std::string whole;  ///< "model.safetensors"
    int number, count;
};

std::optional<PartName> partOf(const fs::path& file) {
    constexpr size_t kDigits = 5;
    const std::string stem = file.stem().string();
    const size_t of = stem.size() - std::min(stem.size(), kDigits + 4), begin = of - std::min(of, kDigits + 1);
    if (begin == 0 || stem[begin] != '-' || stem.compare(of, 4, "-of-") != 0) return std::nullopt;
    const auto number = [&](size_t at) {
        int value = 0;
        const auto [end, error] = std::from_chars(&stem[at], &stem[at] + kDigits, value);
        return error == std::errc() && end == &stem[at] + kDigits ? value : 0;
    };
    const PartName part = {stem.substr(0, begin) + file.extension().string(), number(begin + 1), number(of + 4)};
    return part.number > 0 && part.count > 1 ? std::optional(part) : std::nullopt;
}

/// Throws where the files are parts of one, which an index would say.
void refuseParts(const fs::path& folder, const std::vector<fs::path>& files) {
    std::vector<std::string> numbers;
    std::optional<PartName> first;
    for (const fs::path& file : files) {
        const auto part = partOf(file);
        if (!part || (first && (first->whole != part->whole || first->count != part->count))) return;
        if (!first) first = part;
        numbers.push_back(std::to_string(part->number));
    }
    if (!first) return;
    std::string list = numbers.front();
    for (size_t i = 1; i < numbers.size(); ++i)
        list += (i + 1 == numbers.size() ? " and " : ", ") + numbers[i];
    throw Error(displayName(folder),
                (numbers.size() == 1 ? "holds part " : "holds the parts ") + list + " of " +
                    std::to_string(first->count) + " of its weights, and the index " + first->whole +
                    ".index.json is missing",
                "Get the whole model anew, with its index");
}

/// What a folder holds under other names than the usual ones, without what trainers put beside weights.
std::vector<fs::path> filesLikeWeights(const fs::path& folder) {
    static constexpr const char* kOthers[] = {"optimizer", "scheduler", "scaler",       "training_args",
                                              "rng_state", "adapter_",  "random_states"};
    std::vector<fs::path> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const std::string name = lowered(entry.path().filename().string()),
                          ending = lowered(entry.path().extension().string());
        const bool isWeights =
            ending == ".safetensors" || ending == ".bin" || ending == ".pt" || ending == ".pth" || ending == ".ckpt";
        const bool isOther = std::ranges::any_of(kOthers, [&](const char* begin) { return name.starts_with(begin); });
        if (isWeights && !isOther && entry.is_regular_file(error)) found.push_back(entry.path());
    }
    std::ranges::sort(found);
    return found;
}

}  // namespace

bool isModelFolder(const fs::path& folder) {
    std::error_code error;
    return fs::exists(folder / kOpenClip, error) || fs::exists(folder / kHuggingFace, error);
}

std::vector<fs::path> findWeights(const fs::path& folder, const std::vector<std::string>& names) {
    std::error_code error;
    for (const auto& name : names) {
        if (fs::exists(folder / name, error)) return {folder / name};
        if (const fs::path index = folder / (name + ".index.json"); fs::exists(index, error)) return partsOf(index);
    }
    const std::vector<fs::path> others = filesLikeWeights(folder);
    refuseParts(folder, others);
    if (others.size() == 1) return others;
    if (others.size() > 1) {
        std::vector<std::string> list;
        for (const fs::path& other : others)
            list.push_back(displayName(other.filename()));
        throw Error(displayName(folder), "holds several files that could be the weights: " + joined(list),
                    "Call the one that is meant " + names.front() +
                        (others.front().extension() == ".safetensors" ? "" : ", or name it alone as the model"));
    }
    throw Error(displayName(folder / names.front()), "the file with the weights is missing",
                "Copy it beside the configuration");
}

void refusePart(const fs::path& file) {
    if (const auto part = partOf(file))
        throw Error(displayName(file),
                    "this is part " + std::to_string(part->number) + " of " + std::to_string(part->count) +
                        " of a model's weights",
                    "Name the folder it lies in, which holds " + part->whole + ".index.json and a configuration");
}

StateDict inOurNames(StateDict state, const std::string& file) {
    const Layout& layout = findLayout(state.tensors, file);
    if (state.tensors.lower_bound("text_decoder.") != state.tensors.lower_bound("text_decoder/"))
        state.metadata["left out"] = "CoCa's text decoder, which writes captions";
    Tensors ours = layout.toOurs(state.tensors);
    if (!state.tensors.empty())
        throw Error(file,
                    "tensor \"" + state.tensors.begin()->first + "\" is not part of a " + layout.name() + " model");
    state.tensors = std::move(ours);
    return state;
}

ModelSource openModelSource(const fs::path& path, const ModelHints& hints) {
    std::error_code error;
    if (!fs::is_directory(path, error)) return openWeightsFile(path, hints);
    if (!hints.architecture.empty())
        throw Error("--architecture", "a model folder says itself what architecture it is",
                    "Leave the option out, or give the file with the weights alone");
    // Repositories of LAION hold both forms; the one whose weights are there is meant.
    const bool huggingFace = fs::exists(path / kHuggingFace, error);
    if (fs::exists(path / kOpenClip, error) && (!huggingFace || hasOpenClipWeights(path)))
        return openOpenClipFolder(path);
    if (huggingFace) return openHuggingFaceFolder(path);
    throw Error(displayName(path), "no model here: neither open_clip_config.json nor config.json is there",
                "Choose an open_clip or Hugging Face model folder, a run folder, or a file with weights");
}

}  // namespace diagonal
