// SPDX-License-Identifier: Apache-2.0
#include "engine/hub/hugging_face.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"

namespace diagonal {

namespace {

using nlohmann::json;
using Files = std::map<std::string, RepositoryFile>;

constexpr uint64_t kMostFileBytes = uint64_t{1} << 38;
constexpr std::array kSmallFiles = {"vocab.json",
                                    "merges.txt",
                                    "tokenizer.json",
                                    "tokenizer_config.json",
                                    "special_tokens_map.json",
                                    "added_tokens.json",
                                    "spiece.model",
                                    "tokenizer.model",
                                    "sentencepiece.bpe.model",
                                    "vocab.txt",
                                    "preprocessor_config.json",
                                    "processor_config.json"};

bool isHex(const std::string& text, size_t digits) {
    return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// "model-00001-of-00002.safetensors" of the stem "model" and the ending ".safetensors".
bool isShard(const std::string& name, const std::string& stem, const std::string& ending) {
    const std::string middle = "-00001-of-00002";
    if (name.size() != stem.size() + middle.size() + ending.size()) return false;
    if (!name.starts_with(stem) || !name.ends_with(ending)) return false;
    for (size_t i = 0; i < middle.size(); ++i) {
        const char c = name[stem.size() + i];
        if (middle[i] >= '0' && middle[i] <= '9' ? c < '0' || c > '9' : c != middle[i]) return false;
    }
    return true;
}

/// Nothing for an entry that is not as the hub writes them.
std::optional<RepositoryFile> readFile(const json& entry) {
    const auto text = [](const json& object, const char* key) -> std::string {
        const auto found = object.find(key);
        return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    if (!entry.is_object() || !entry.contains("size") || !entry["size"].is_number_unsigned()) return {};
    RepositoryFile file{text(entry, "rfilename"), entry["size"].get<uint64_t>(), "", false};
    if (file.bytes > kMostFileBytes) return {};
    const auto lfs = entry.find("lfs");
    if (lfs == entry.end() || lfs->is_null()) return file;
    if (!lfs->is_object()) return {};
    file.sha256 = text(*lfs, "sha256");
    return isHex(file.sha256, 64) ? std::optional(file) : std::nullopt;
}

/// The names of the weights, in the form to prefer; empty when there are none.
std::vector<std::string> chooseWeights(const Files& files, const std::vector<std::string>& choices) {
    for (const auto& choice : choices) {
        if (files.contains(choice)) return {choice};
        const size_t dot = choice.rfind('.');
        const std::string stem = choice.substr(0, dot), ending = choice.substr(dot), index = choice + ".index.json";
        if (!files.contains(index)) continue;
        std::vector<std::string> names{index};
        for (const auto& [name, file] : files)
            if (isShard(name, stem, ending)) names.push_back(name);
        if (names.size() > 1) return names;
    }
    return {};
}

}  // namespace

std::string huggingFaceEndpoint() {
    const char* given = std::getenv("HF_ENDPOINT");
    if (given == nullptr || *given == '\0') return "https://huggingface.co";
    std::string endpoint = given;
    while (endpoint.ends_with('/'))
        endpoint.pop_back();
    if (!endpoint.starts_with("https://") && !endpoint.starts_with("http://"))
        throw Error("HF_ENDPOINT", "“" + endpoint + "” is not an http or https address");
    return endpoint;
}

RepositoryListing chooseFiles(const std::string& answer, const std::string& subject) {
    const json document = json::parse(answer, nullptr, false);
    const Error strange(subject, "the hub's answer is not understood", "Try again later");
    if (!document.is_object() || !document.contains("siblings") || !document["siblings"].is_array()) throw strange;
    if (!document.contains("sha") || !document["sha"].is_string()) throw strange;
    RepositoryListing listing;
    listing.commit = document["sha"].get<std::string>();
    if (!isHex(listing.commit, 40)) throw strange;
    Files files;
    for (const json& entry : document["siblings"])
        if (auto file = readFile(entry)) files.try_emplace(file->name, *file);

    std::string config = "open_clip_config.json";
    std::vector<std::string> weights;
    if (files.contains(config))
        weights = chooseWeights(files, {"open_clip_model.safetensors", "open_clip_pytorch_model.safetensors",
                                        "open_clip_pytorch_model.bin"});
    if (weights.empty()) {
        config = "config.json";
        if (files.contains(config)) weights = chooseWeights(files, {"model.safetensors", "pytorch_model.bin"});
    }
    if (weights.empty())
        throw Error(subject, "this repository has no model that Diagonal can read",
                    "It needs open_clip_config.json or config.json, and weights as safetensors or PyTorch files");
    listing.files.push_back(files.at(config));
    for (const char* name : kSmallFiles)
        if (const auto found = files.find(name); found != files.end()) listing.files.push_back(found->second);
    for (const auto& name : weights) {
        listing.files.push_back(files.at(name));
        listing.files.back().weights = true;
        // Small files are few kilobytes; of weights without a hash nobody could tell whether they came whole.
        if (!name.ends_with(".index.json") && files.at(name).sha256.empty()) throw strange;
    }
    return listing;
}

}  // namespace diagonal
