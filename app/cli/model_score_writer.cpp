// SPDX-License-Identifier: Apache-2.0
#include "app/cli/model_score_writer.h"

#include <algorithm>

#include "app/cli/console.h"
#include "engine/inference/export.h"

namespace diagonal::cli {

namespace {

constexpr double kMilli = 1000;

/// For each model, those without a score left out of the comparison.
std::vector<bool> frontOf(const std::vector<ScoredModel>& models) {
    std::vector<Tradeoff> choices;
    for (const auto& model : models)
        if (model.score) choices.push_back({model.score->recall.mean(), model.score->imageSeconds});
    const std::vector<bool> front = paretoFront(choices);
    std::vector<bool> result;
    size_t next = 0;
    for (const auto& model : models)
        result.push_back(model.score && front[next++]);
    return result;
}

Json orNull(const std::string& text) {
    return text.empty() ? Json() : Json(text);
}

/// All columns, those of the score null where there is none.
Json toJson(const ScoredModel& model, bool isOnFront) {
    Json json = {{"model", model.name}, {"error", orNull(model.error)}};
    const ModelScore* score = model.score ? &*model.score : nullptr;
    const auto add = [&](const char* key, auto value) { json[key] = score != nullptr ? Json(value(*score)) : Json(); };
    add("pareto_front", [&](const auto&) { return isOnFront; });
    add("mean_recall", [](const auto& one) { return one.recall.mean(); });
    add("text_to_image_R@1", [](const auto& one) { return one.recall.textToImage.at1; });
    add("text_to_image_R@5", [](const auto& one) { return one.recall.textToImage.at5; });
    add("text_to_image_R@10", [](const auto& one) { return one.recall.textToImage.at10; });
    add("image_to_text_R@1", [](const auto& one) { return one.recall.imageToText.at1; });
    add("image_to_text_R@5", [](const auto& one) { return one.recall.imageToText.at5; });
    add("image_to_text_R@10", [](const auto& one) { return one.recall.imageToText.at10; });
    add("ms_per_image", [](const auto& one) { return kMilli * one.imageSeconds; });
    add("ms_per_text", [](const auto& one) { return kMilli * one.textSeconds; });
    add("peak_memory_bytes", [](const auto& one) { return one.memoryBytes ? Json(*one.memoryBytes) : Json(); });
    add("embed_dim", [](const auto& one) { return one.info.embedDim; });
    add("image_size", [](const auto& one) { return one.info.imageSize; });
    add("bytes", [](const auto& one) { return one.bytes; });
    json["languages"] = orNull(model.languages);
    json["licence"] = orNull(model.licence);
    add("pictures", [](const auto& one) { return one.pictures; });
    add("captions", [](const auto& one) { return one.captions; });
    add("unreadable", [](const auto& one) { return one.unreadable.size(); });
    add("truncated", [](const auto& one) { return one.truncated; });
    add("device", [](const auto& one) { return one.device; });
    add("precision", [](const auto& one) { return one.precision; });
    add("path", [](const auto& one) { return one.info.path.string(); });
    return json;
}

std::string csvCell(const Json& value) {
    if (value.is_null()) return {};
    return value.is_string() ? csvText(value.get<std::string>()) : value.dump();
}

std::string toCsv(const Json& models) {
    std::string text;
    for (const auto& [key, value] : models.front().items())
        text += (text.empty() ? "" : ",") + key;
    text += "\r\n";
    for (const Json& model : models) {
        std::string line;
        for (const auto& [key, value] : model.items())
            line += (key == "model" ? "" : ",") + csvCell(value);
        text += line + "\r\n";
    }
    return text;
}

/// "14.3  37.7  51.2", in per cent.
std::string percents(const RecallAtK& recall) {
    std::string text;
    for (const double value : {recall.at1, recall.at5, recall.at10})
        text += padded(fixed(100 * value, 1), text.empty() ? 5 : 7, true);
    return text;
}

std::string toTable(const std::vector<ScoredModel>& models, const std::vector<bool>& front) {
    std::vector<std::vector<std::string>> rows{{"", "MODEL", "TEXT→IMAGE 1/5/10", "IMAGE→TEXT 1/5/10", "MEAN",
                                                "MS/IMAGE", "MS/TEXT", "MEMORY", "DIM", "SIZE", "LANGUAGES",
                                                "LICENCE"}};
    const auto known = [](const std::string& text) { return text.empty() ? "–" : printable(text); };
    std::string failures;
    for (size_t i = 0; i < models.size(); ++i) {
        const ScoredModel& model = models[i];
        const std::string name = shorten(printable(model.name), kMaxNameWidth);
        if (!model.score) {
            const bool isNamed = model.error.starts_with(model.name);
            failures += "\n" + (isNamed ? "" : name + ": ") + printable(model.error);
            continue;
        }
        const ModelScore& score = *model.score;
        rows.push_back({front[i] ? "*" : "", name, percents(score.recall.textToImage),
                        percents(score.recall.imageToText), fixed(100 * score.recall.mean(), 1),
                        fixed(kMilli * score.imageSeconds, 1), fixed(kMilli * score.textSeconds, 1),
                        score.memoryBytes ? formatBytes(*score.memoryBytes) : "–", std::to_string(score.info.embedDim),
                        formatBytes(static_cast<int64_t>(score.bytes)), known(model.languages), known(model.licence)});
    }
    if (rows.size() == 1) return failures.substr(1) + "\n";
    const auto scored = std::ranges::find_if(models, [](const auto& model) { return model.score.has_value(); });
    return renderTable(rows, {2, 3, 4, 5, 6, 7, 8, 9}) + "\nRecall in per cent, on " +
           counted(scored->score->pictures, "picture") + " with " + counted(scored->score->captions, "caption") +
           ". * no other model here is both better (mean) and quicker (ms an image).\n" +
           (failures.empty() ? "" : failures + "\n");
}

}  // namespace

void writeModelScores(std::vector<ScoredModel> models, const std::string& file, Format format) {
    const auto rank = [](const ScoredModel& model) { return model.score ? -model.score->recall.mean() : 1.0; };
    std::ranges::stable_sort(models, {}, rank);
    const std::vector<bool> front = frontOf(models);
    Json json = Json::array();
    for (size_t i = 0; i < models.size(); ++i)
        json.push_back(toJson(models[i], front[i]));
    Output output(file);
    if (format == Format::Json)
        output.write(dump(json, 2) + "\n");
    else
        output.write(format == Format::Csv ? toCsv(json) : toTable(models, front));
    output.finish();
}

}  // namespace diagonal::cli
