// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/model_notes.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json_reader.h"

namespace diagonal {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr const char* kNotesFile = "diagonal.json";

/// The notes of a folder lie in it, those of a lone file beside it: "weights.pt.diagonal.json".
fs::path notesFileOf(const fs::path& model) {
    if (fs::is_directory(model)) return model / kNotesFile;
    fs::path file = model;
    return file += std::string(".") + kNotesFile;
}

}  // namespace

void readNotes(const fs::path& model, ModelInfo& info) {
    const fs::path file = notesFileOf(model);
    std::error_code failure;  // of a name that is too long, say: nothing is there
    if (!fs::exists(file, failure)) return;
    const json notes = readJson(file);
    try {
        const double fitted = notes.value("fitted_temperature", 0.0);
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

fs::path saveFittedTemperature(const fs::path& model, double temperature) {
    const fs::path file = notesFileOf(model);
    json notes = json::object();
    if (fs::exists(file)) notes = readJson(file);
    if (!notes.is_object()) throw Error(displayName(file), "is no JSON object", "Take it away");
    notes["fitted_temperature"] = temperature;
    writeFile(file, notes.dump(2) + "\n");
    return file;
}

}  // namespace diagonal
