// SPDX-License-Identifier: Apache-2.0
#include "training/data/prompt_templates.h"

#include <filesystem>

#include "engine/base/encoding.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/text/text_sets.h"
#include "training/data/file_dataset.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr uint64_t kLargestSet = 1 << 20;
constexpr const char* kPlace = "{}";

fs::path fileOf(const std::string& given) {
    std::error_code failure;
    if (fs::is_regular_file(given, failure)) return given;
    if (const auto file = textSetFile(TextSets::Templates, given)) return *file;
    throw Error("template \"" + displayName(given) + "\"", "has no {} where the label goes, and no set has this name",
                "Write, for example, \"a photo of a {}\", or name one of " + joined(textSetNames(TextSets::Templates)));
}

}  // namespace

std::vector<std::string> promptTemplates(const std::string& given) {
    if (given.empty()) return {"a photo of a {}."};
    if (given.find(kPlace) != std::string::npos) {
        if (!isUtf8(given)) throw Error("template \"" + displayName(given) + "\"", "this is not UTF-8");
        return {given};
    }
    const fs::path file = fileOf(given);
    const std::string text = readPlainText(file, kLargestSet);
    std::vector<std::string> templates;
    for (const std::string_view line : linesOf(text)) {
        if (trimmed(line).empty()) continue;
        if (line.find(kPlace) == std::string_view::npos)
            throw Error(displayName(file), "a line has no {} where the label goes", "Each line is a template");
        templates.emplace_back(trimmed(line));
    }
    if (templates.empty()) throw Error(displayName(file), "holds no template", "Each line is a template");
    return templates;
}

}  // namespace diagonal
