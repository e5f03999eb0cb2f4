// SPDX-License-Identifier: Apache-2.0
#include "app/cli/console.h"
#include "app/cli/options.h"
#include "engine/checkpoint/model_report.h"

namespace diagonal::cli {

namespace {

struct InspectOptions {
    std::string model;
    ModelHints hints;
    bool tensors = false, tree = false, hash = false;
    Format format = Format::Table;
};

std::string shapeText(const std::vector<int64_t>& shape) {
    std::string text;
    for (const int64_t size : shape)
        text += (text.empty() ? "" : " × ") + std::to_string(size);
    return text.empty() ? "scalar" : text;
}

std::string gigaflops(int64_t flops) {
    return fixed(static_cast<double>(flops) / 1e9, 2);
}

Json toJson(const ModelPart& part) {
    Json json = {{"name", part.name}, {"parameters", part.parameters}};
    if (part.parts.empty()) json.update({{"shape", part.shape}, {"dtype", part.dtype}});
    for (const auto& child : part.parts)
        json["parts"].push_back(toJson(child));
    return json;
}

Json toJson(const ModelReport& report, const std::vector<FileHash>& hashes, const InspectOptions& options) {
    const ModelInfo& info = report.info;
    Json json = {{"name", info.name},
                 {"path", info.path.string()},
                 {"format", info.format},
                 {"architecture", info.architecture},
                 {"summary", report.summary},
                 {"parameters", info.parameters},
                 {"image_parameters", report.imageParameters},
                 {"text_parameters", report.textParameters},
                 {"image_flops", report.imageFlops},
                 {"text_flops", report.textFlops},
                 {"embed_dim", info.embedDim},
                 {"image_size", info.imageSize},
                 {"context_length", info.contextLength},
                 {"logit_scale", info.logitScale},
                 {"temperature", info.temperature},
                 {"fitted_temperature", info.fittedTemperature > 0 ? Json(info.fittedTemperature) : Json()},
                 {"logit_bias", info.hasLogitBias ? Json(info.logitBias) : Json()},
                 {"tokenizer", info.tokenizer},
                 {"preprocessing", info.preprocessing},
                 {"activation", info.activation},
                 {"activation_from", info.activationFrom},
                 {"dtype", info.dtype},
                 {"bytes", report.bytes},
                 {"files", Json::array()},
                 {"metadata", info.metadata},
                 {"notes", info.notes},
                 {"knows", info.knows},
                 {"suggested_template", info.suggestedTemplate},
                 {"suggested_labels", info.suggestedLabels}};
    for (const auto& file : info.files)
        json["files"].push_back({{"path", file.string()}});
    for (size_t i = 0; i < hashes.size(); ++i)
        json["files"][i]["sha256"] = hashes[i].sha256;
    if (options.tree) json["tree"] = toJson(report.tree);
    if (options.tensors) {
        json["tensors"] = Json::array();
        for (const auto& tensor : info.tensors)
            json["tensors"].push_back({{"name", tensor.name}, {"shape", tensor.shape}, {"dtype", tensor.dtype}});
    }
    return json;
}

void addParts(const ModelPart& part, const std::string& indent, std::vector<std::vector<std::string>>& rows) {
    rows.push_back({indent + printable(part.name), part.shape, part.dtype, grouped(part.parameters)});
    for (const auto& child : part.parts)
        addParts(child, indent + "  ", rows);
}

std::string toText(const ModelReport& report, const std::vector<FileHash>& hashes, const InspectOptions& options) {
    const ModelInfo& info = report.info;
    std::vector<std::pair<std::string, std::string>> facts = {
        {"Model", info.name},
        {"Path", displayName(info.path)},
        {"Form", info.format},
        {"Architecture",
         info.architecture == report.summary ? info.architecture : info.architecture + ": " + report.summary},
        {"Parameters", grouped(info.parameters) + " (images " + grouped(report.imageParameters) + ", texts " +
                           grouped(report.textParameters) + ")"},
        {"Work", gigaflops(report.imageFlops) + " GFLOPs an image, " + gigaflops(report.textFlops) + " a full text"},
        {"Embedding", std::to_string(info.embedDim) + " numbers"},
        {"Image size", std::to_string(info.imageSize) + " × " + std::to_string(info.imageSize) + " pixels"},
        {"Preprocessing", info.preprocessing},
        {"Context", std::to_string(info.contextLength) + " tokens"},
        {"Tokenizer", info.tokenizer},
        {"Activation", info.activation + ", according to " + info.activationFrom},
        {"Stored as", info.dtype + ", " + formatBytes(static_cast<int64_t>(report.bytes))},
        {"Logit scale", fixed(info.logitScale, 2)},
        {"Temperature", fixed(info.temperature, 4)}};
    if (info.fittedTemperature > 0) facts.emplace_back("Fitted temperature", fixed(info.fittedTemperature, 4));
    if (info.hasLogitBias) facts.emplace_back("Logit bias", fixed(info.logitBias, 3));
    for (const auto& [key, value] : info.metadata)
        facts.emplace_back("File says", printable(key + ": " + value));
    for (const std::string& note : info.notes)
        facts.emplace_back("Note", note);
    for (const auto& hash : hashes)
        facts.emplace_back("SHA-256", hash.sha256 + "  " + displayName(hash.file.filename()));
    if (!info.knows.empty()) facts.emplace_back("Knows", info.knows + ", and nothing else");
    std::string text = renderFacts(facts);
    if (options.tree) {
        std::vector<std::vector<std::string>> rows{{"PART", "SHAPE", "TYPE", "PARAMETERS"}};
        addParts(report.tree, "", rows);
        text += "\n" + renderTable(rows, {3});
    }
    if (options.tensors) {
        std::vector<std::vector<std::string>> rows{{"TENSOR", "SHAPE", "TYPE"}};
        for (const auto& tensor : info.tensors)
            rows.push_back({printable(tensor.name), shapeText(tensor.shape), tensor.dtype});
        text += "\n" + renderTable(rows, {});
    }
    return text;
}

int runInspect(const InspectOptions& options) {
    const ModelReport report = reportOf(locateModel(options.model), options.hints);
    std::vector<FileHash> hashes;
    if (options.hash) {
        DownloadLine line("SHA-256");
        hashes = hashesOf(report.info, line.job());
    }
    Output output;
    if (options.format == Format::Json)
        output.write(dump(toJson(report, hashes, options), 2) + "\n");
    else
        output.write(toText(report, hashes, options));
    output.finish();
    return kDone;
}

}  // namespace

void addInspect(CLI::App& app, Program& program) {
    auto options = std::make_shared<InspectOptions>();
    CLI::App* command = app.add_subcommand(
        "inspect",
        "Look into a model: architecture, size, temperature, tokenizer, preprocessing.\n\nReads the configuration "
        "and the file headers alone, so it is quick for any size.\nNothing a file holds is executed.");
    command
        ->add_option("model", options->model,
                     "A model folder (open_clip, Hugging Face), a .pt or .safetensors file, a run folder, a name of "
                     "“diagonal-cli models list”, or demo")
        ->required();
    command->add_flag("--tree", options->tree, "Show the architecture as a tree with shapes and parameters");
    command->add_flag("--tensors", options->tensors, "List every tensor with its shape and type");
    command->add_flag("--hash", options->hash, "Compute the SHA-256 of the files with the weights");
    addHints(command, options->hints);
    addFormat(command, options->format, {Format::Table, Format::Json});
    addQuiet(command);
    command->footer(
        "  diagonal-cli inspect demo\n"
        "  diagonal-cli inspect ViT-B-32.pt --tree\n"
        "  diagonal-cli inspect my-run --tensors\n"
        "  diagonal-cli inspect my-run --format json");
    runs(command, program, options, runInspect);
}

}  // namespace diagonal::cli
