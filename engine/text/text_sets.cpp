// SPDX-License-Identifier: Apache-2.0
#include "engine/text/text_sets.h"

#include <map>

#include "engine/base/resources.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

std::map<std::string, fs::path> allSets(TextSets kind) {
    const bool areTemplates = kind == TextSets::Templates;
    const fs::path resources = resourceFolder();
    std::map<std::string, fs::path> sets = {
        areTemplates ? std::pair<const std::string, fs::path>("openai-80", "clip/openai_imagenet_templates.txt")
                     : std::pair<const std::string, fs::path>("imagenet", "clip/imagenet_classes.txt")};
    std::error_code failure;
    for (auto& [name, file] : sets)
        file = resources / file;
    std::erase_if(sets, [&](const auto& set) { return !fs::is_regular_file(set.second, failure); });
    const fs::path folder = resources / (areTemplates ? "templates" : "labels");
    for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end; entry.increment(failure))
        if (entry->path().extension() == ".txt") sets[entry->path().stem().string()] = entry->path();
    return sets;
}

}  // namespace

std::vector<std::string> textSetNames(TextSets kind) {
    std::vector<std::string> names;
    for (const auto& [name, file] : allSets(kind))
        names.push_back(name);
    return names;
}

std::optional<fs::path> textSetFile(TextSets kind, const std::string& name) {
    const auto sets = allSets(kind);
    const auto found = sets.find(name);
    return found == sets.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace diagonal
