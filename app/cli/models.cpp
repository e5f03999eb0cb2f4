// SPDX-License-Identifier: Apache-2.0
#include "app/cli/console.h"
#include "app/cli/models_commands.h"
#include "app/cli/options.h"
#include "engine/hub/hub.h"

namespace diagonal::cli {

namespace {

struct ListOptions {
    Format format = Format::Table;
};

struct NamesOptions {
    std::vector<std::string> names;
};

Json toJson(const HubModel& model) {
    return {{"name", model.about.name},
            {"description", model.about.description},
            {"languages", model.about.languages},
            {"licence", model.about.licence},
            {"bytes", model.about.bytes},
            {"path", model.path.empty() ? Json() : Json(model.path.string())},
            {"where", model.where},
            {"removable", model.removable}};
}

std::string known(const std::string& text) {
    return text.empty() ? "–" : printable(text);
}

int runList(const ListOptions& options) {
    const auto models = hubModels();
    Output output;
    if (options.format == Format::Json) {
        Json json = Json::array();
        for (const auto& model : models)
            json.push_back(toJson(model));
        output.write(dump(json, 2) + "\n");
    } else {
        std::vector<std::vector<std::string>> rows{
            {"NAME", "SIZE", "ON THIS COMPUTER", "LANGUAGES", "LICENCE", "GOOD FOR"}};
        for (const auto& model : models)
            rows.push_back({printable(model.about.name),
                            model.about.bytes > 0 ? formatBytes(static_cast<int64_t>(model.about.bytes)) : "–",
                            model.path.empty() ? "–" : model.where, known(model.about.languages),
                            known(model.about.licence), printable(model.about.description)});
        output.write(renderTable(rows, {1}));
    }
    output.finish();
    return kDone;
}

int runGet(const NamesOptions& options) {
    Output output;
    for (const auto& name : options.names) {
        std::optional<std::filesystem::path> path = findModel(name);
        if (!path) {
            console().note("Getting " + name + ".");
            DownloadLine line(name);
            try {
                path = getModel(name, line.job());
            } catch (const Cancelled&) {
                console().note("Stopped. What has come is kept; “diagonal-cli models get " + name + "” goes on.");
                return kInterrupted;
            }
        }
        output.write(displayName(*path) + "\n");
        output.flush();
    }
    output.finish();
    return kDone;
}

int runRemove(const NamesOptions& options) {
    for (const auto& name : options.names)
        removeModel(name);
    return kDone;
}

void addList(CLI::App* models, Program& program) {
    auto options = std::make_shared<ListOptions>();
    CLI::App* command = models->add_subcommand(
        "list",
        "Show the models that can be had by name, and which are on this computer.\n\nOther CLIP and SigLIP models that "
        "lie in Hugging Face's cache are shown, too.");
    addFormat(command, options->format, {Format::Table, Format::Json});
    addQuiet(command);
    command->footer(
        "  diagonal-cli models list\n"
        "  diagonal-cli models list --format json");
    runs(command, program, options, runList);
}

void addGet(CLI::App* models, Program& program) {
    auto options = std::make_shared<NamesOptions>();
    CLI::App* command = models->add_subcommand(
        "get",
        "Download models, and print where they lie.\n\nWhat is on this computer already is not downloaded again. A "
        "download that was stopped goes on\nwhere it ended, and every file is checked before it is used.");
    command->add_option("name", options->names, "A name of “models list”, or hf:OWNER/NAME of huggingface.co")
        ->required();
    addQuiet(command);
    command->footer(
        "  diagonal-cli models get ViT-B/32\n"
        "  diagonal-cli models get hf:laion/CLIP-ViT-B-32-laion2B-s34B-b79K\n"
        "  diagonal-cli label photos --label \"a cat\" --label \"a dog\" --model ViT-B/32");
    runs(command, program, options, runGet);
}

void addRemove(CLI::App* models, Program& program) {
    auto options = std::make_shared<NamesOptions>();
    CLI::App* command = models->add_subcommand("remove",
                                               "Remove downloaded models.\n\nAlso what a stopped download left. Only "
                                               "from Diagonal's own cache: other programs' "
                                               "files stay.");
    command->add_option("name", options->names, "A name of “models list”")->required();
    addQuiet(command);
    command->footer("  diagonal-cli models remove ViT-B/32");
    runs(command, program, options, runRemove);
}

}  // namespace

void addModels(CLI::App& app, Program& program) {
    CLI::App* command = app.add_subcommand("models", "List, download, remove and compare models.");
    command->require_subcommand(0, 1);
    addList(command, program);
    addGet(command, program);
    addRemove(command, program);
    addModelsCompare(command, program);
    command->footer(
        "  diagonal-cli models list\n"
        "  diagonal-cli models get ViT-B/32\n"
        "  diagonal-cli models compare ViT-B/32 ViT-L/14 --images photos/ --texts captions.txt");
}

}  // namespace diagonal::cli
