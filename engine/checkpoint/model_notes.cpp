// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/model_notes.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json_reader.h"
#include "engine/base/resources.h"

namespace diagonal {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr const char* kNotesFile = "diagonal.json";
constexpr const char* kTemperature = "fitted_temperature";
constexpr const char* kSpaces = " \t\r\n";

/// The notes of a folder lie in it, those of a lone file beside it: "weights.pt.diagonal.json".
fs::path notesFileOf(const fs::path& model) {
    if (fs::is_directory(model)) return model / kNotesFile;
    fs::path file = model;
    return file += std::string(".") + kNotesFile;
}

/// Where the text of valid JSON has the fitted temperature of its outermost object: from its key to before the comma or
/// brace that ends it; equal without one.
std::pair<size_t, size_t> placeOfTemperature(const std::string& text) {
    const std::string key = '"' + std::string(kTemperature) + '"';
    size_t begin = std::string::npos;
    for (size_t i = 0, depth = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"') {
            const size_t start = i;
            while (++i < text.size() && text[i] != '"')
                if (text[i] == '\\') ++i;
            const size_t next = text.find_first_not_of(kSpaces, i + 1);
            if (depth == 1 && next != std::string::npos && text[next] == ':' &&
                text.compare(start, key.size(), key) == 0)
                begin = start;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if (begin != std::string::npos && depth == 1 && (c == ',' || c == '}')) {
            return {begin, i};
        } else if ((c == '}' || c == ']') && depth > 0) {
            --depth;
        }
    }
    return {0, 0};
}

/// What the file is when it came with the temperature.
std::string notesOfTemperature(const json& temperature) {
    return json{{kTemperature, temperature}}.dump(2) + "\n";
}

}  // namespace

void readNotes(const fs::path& model, ModelInfo& info) {
    const fs::path file = notesFileOf(model);
    std::error_code failure;  // of a name that is too long, say: nothing is there
    if (!fs::exists(file, failure)) return;
    const json notes = readJson(file);
    try {
        const double fitted = notes.value(kTemperature, 0.0);
        info.fittedTemperature = fitted > 0 && std::isfinite(fitted) ? fitted : 0;
        info.name = notes.value("name", info.name);
        info.knows = notes.value("knows", "");
        info.suggestedTemplate = notes.value("template", "");
        info.suggestedLabels = notes.value("labels", std::vector<std::string>());
        info.familiarTexts = notes.value("familiar_texts", std::vector<std::string>());
        info.familiarCosine = notes.value("familiar_cosine", 0.0);
    } catch (const json::exception& error) {
        throw Error(displayName(file), "has an ill-typed value: " + wordsOf(error));
    }
}

void writeNotes(const fs::path& folder, const ModelInfo& info) {
    if (info.knows.empty() && info.suggestedTemplate.empty() && info.suggestedLabels.empty()) return;
    json notes = {{"name", info.name},
                  {"knows", info.knows},
                  {"template", info.suggestedTemplate},
                  {"labels", info.suggestedLabels}};
    if (!info.familiarTexts.empty()) {
        notes["familiar_texts"] = info.familiarTexts;
        notes["familiar_cosine"] = info.familiarCosine;
    }
    writeFile(folder / kNotesFile, notes.dump(2) + "\n");
}

void refuseShippedModel(const fs::path& model) {
    std::error_code none;
    const fs::path shipped = fs::weakly_canonical(resourceFolder(), none), file = fs::weakly_canonical(model, none);
    if (shipped.empty() || std::ranges::mismatch(shipped, file).in1 != shipped.end()) return;
    throw Error(displayName(model), "belongs to Diagonal itself, which keeps no temperature with it",
                "Copy the model folder, and name the copy as the model");
}

bool isNotesOf(const fs::path& folder, const fs::path& file) {
    return file == folder / kNotesFile;
}

std::optional<std::string> notesWithoutTemperature(std::string text) {
    for (;;) {
        auto [begin, end] = placeOfTemperature(text);
        if (begin == end) return text;
        const std::string member = text.substr(begin, end - begin);
        const json value = json::parse(member.substr(member.find(':') + 1), nullptr, false);
        if (!value.is_discarded() && text == notesOfTemperature(value)) return std::nullopt;
        begin = text.find_last_not_of(kSpaces, begin - 1) + 1;
        if (text[end] == ',') {
            ++end;
        } else {
            end = text.find_last_not_of(kSpaces, end - 1) + 1;  // the spaces before the brace stay
            if (text[begin - 1] == ',') --begin;
        }
        text.erase(begin, end - begin);
    }
}

fs::path saveFittedTemperature(const fs::path& model, double temperature) {
    refuseShippedModel(model);
    const fs::path file = notesFileOf(model);
    std::optional<std::string> text;
    if (fs::exists(file)) {
        if (!readJson(file).is_object()) throw Error(displayName(file), "is no JSON object", "Take it away");
        text = notesWithoutTemperature(readText(file));
    }
    if (!text) {
        writeFile(file, notesOfTemperature(temperature));
        return file;
    }
    // Put into the text, so that all else stays as it was written and notesWithoutTemperature finds it again.
    const size_t place = text->find('{') + 1;
    const bool isEmpty = (*text)[text->find_first_not_of(kSpaces, place)] == '}';
    const std::string member = '"' + std::string(kTemperature) + "\": " + json(temperature).dump();
    text->insert(place, isEmpty ? " " + member : "\n  " + member + ",");
    writeFile(file, *text);
    return file;
}

}  // namespace diagonal
