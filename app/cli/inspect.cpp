// SPDX-License-Identifier: Apache-2.0
#include "app/cli/console.h"
#include "app/cli/options.h"
#include "engine/checkpoint/model_folder.h"

namespace diagonal::cli {

namespace {

struct InspectOptions {
    std::string model;
    bool tensors = false;
    Format format = Format::Table;
};

std::string shapeText(const std::vector<int64_t>& shape) {
    std::string text;
    for (const int64_t size : shape)
        text += (text.empty() ? "" : " × ") + std::to_string(size);
    return text.empty() ? "scalar" : text;
}

Json toJson(const ModelInfo& info, bool tensors) {
    Json json = {{"name", info.name},
                 {"path", info.path.string()},
                 {"architecture", info.architecture},
                 {"parameters", info.parameters},
                 {"embed_dim", info.embedDim},
                 {"image_size", info.imageSize},
                 {"context_length", info.contextLength},
                 {"logit_scale", info.logitScale},
                 {"temperature", info.temperature},
                 {"tokenizer", info.tokenizer},
                 {"activation", info.activation},
                 {"dtype", info.dtype},
                 {"knows", info.knows},
                 {"suggested_template", info.suggestedTemplate},
                 {"suggested_labels", info.suggestedLabels}};
    if (tensors) {
        json["tensors"] = Json::array();
        for (const auto& tensor : info.tensors)
            json["tensors"].push_back({{"name", tensor.name}, {"shape", tensor.shape}, {"dtype", tensor.dtype}});
    }
    return json;
}

std::string toText(const ModelInfo& info, bool tensors) {
    std::vector<std::pair<std::string, std::string>> facts = {
        {"Model", info.name},
        {"Folder", displayName(info.path)},
        {"Architecture", info.architecture},
        {"Parameters", grouped(info.parameters)},
        {"Embedding", std::to_string(info.embedDim) + " numbers"},
        {"Image size", std::to_string(info.imageSize) + " × " + std::to_string(info.imageSize) + " pixels"},
        {"Context", std::to_string(info.contextLength) + " tokens"},
        {"Tokenizer", info.tokenizer},
        {"Activation", info.activation},
        {"Stored as", info.dtype},
        {"Logit scale", fixed(info.logitScale, 2)},
        {"Temperature", fixed(info.temperature, 4)}};
    if (!info.knows.empty()) facts.emplace_back("Knows", info.knows + ", and nothing else");
    std::string text = renderFacts(facts);
    if (!tensors) return text;
    std::vector<std::vector<std::string>> rows{{"TENSOR", "SHAPE", "TYPE"}};
    for (const auto& tensor : info.tensors)
        rows.push_back({printable(tensor.name), shapeText(tensor.shape), tensor.dtype});
    return text + "\n" + renderTable(rows, {});
}

int runInspect(const InspectOptions& options) {
    const ModelInfo info = readModelInfo(resolveModel(options.model));
    Output output;
    if (options.format == Format::Json)
        output.write(dump(toJson(info, options.tensors), 2) + "\n");
    else
        output.write(toText(info, options.tensors));
    output.finish();
    return kDone;
}

}  // namespace

void addInspect(CLI::App& app, Program& program) {
    auto options = std::make_shared<InspectOptions>();
    CLI::App* command = app.add_subcommand(
        "inspect",
        "Look into a model: architecture, size, temperature, tokenizer.\n\nReads the configuration and the "
        "file headers alone, so it is quick for any size.");
    command->add_option("model", options->model, "A model folder, a run folder, or demo")->required();
    command->add_flag("--tensors", options->tensors, "List every tensor with its shape and type");
    addFormat(command, options->format, {Format::Table, Format::Json});
    addQuiet(command);
    command->footer(
        "  diagonal-cli inspect demo\n"
        "  diagonal-cli inspect my-run --tensors\n"
        "  diagonal-cli inspect my-run --format json");
    runs(command, program, options, runInspect);
}

}  // namespace diagonal::cli
