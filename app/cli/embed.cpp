// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "app/cli/console.h"
#include "app/cli/embed_images.h"
#include "app/cli/inputs.h"
#include "app/cli/label_options.h"
#include "app/cli/options.h"
#include "engine/inference/export.h"
#include "engine/inference/zero_shot.h"

namespace diagonal::cli {

namespace {

struct EmbedOptions : ModelOptions {
    std::vector<std::string> images;
    std::vector<std::string> templates;
    std::string texts, templateSet, out;
    bool noNormalize = false;
};

void checkEnding(const std::string& out) {
    for (const char* ending : {".csv", ".npy", ".safetensors"})
        if (out.ends_with(ending)) return;
    throw UsageError("--out: “" + out + "” must end in .csv, .npy or .safetensors.");
}

/// Without the rows of what could not be read.
Embeddings readableRows(const EmbeddedImages& images, std::vector<std::string>& names) {
    Embeddings rows;
    rows.dim = images.embeddings.dim;
    for (size_t i = 0; i < images.files.size(); ++i) {
        if (!images.readable[i]) continue;
        const auto row = images.embeddings.row(static_cast<int64_t>(i));
        rows.values.insert(rows.values.end(), row.begin(), row.end());
        names.push_back(images.files[i].string());
    }
    return rows;
}

int runEmbed(const EmbedOptions& options) {
    checkEnding(options.out);
    if (options.images.empty() == options.texts.empty())
        throw UsageError(options.images.empty() ? "nothing to embed: give images, or --texts FILE."
                                                : "images and --texts go into separate files: give one of them.");
    std::vector<std::string> names;
    Embeddings rows;
    std::vector<FileFailure> failures;
    std::shared_ptr<Session> session;
    if (!options.texts.empty()) {
        names = readSet(TextSets::Labels, "--texts", options.texts, BlankLines::Keep);
        const auto templates = givenTemplates(options.templates, options.templateSet);
        if (!templates.empty() && options.noNormalize)
            throw UsageError("--no-normalize: what templates make of a text has length 1 by definition.");
        session = openSession(options);
        ProgressLine progress("texts");
        rows = templates.empty() ? embedLines(*session, names, !options.noNormalize)
                                 : embedLabels(*session, names, templates, progress.job());
    } else {
        session = openSession(options);
        EmbeddedImages images = embedFiles(*session, options.images, !options.noNormalize);
        rows = readableRows(images, names);
        failures = std::move(images.failures);
        if (names.empty()) throw Error(options.out, "not written: none of the images could be read");
    }
    exportEmbeddings(options.out, names, rows);
    writeFailures(options.out, failures);
    console().note(grouped(rows.count()) + " embeddings of " + std::to_string(rows.dim) + " numbers in " +
                   displayName(options.out) + "." +
                   (failures.empty() ? ""
                                     : " " + grouped(failures.size()) + " could not be read: see " +
                                           displayName(options.out + ".errors.csv") + "."));
    return failures.empty() ? kDone : kSomeUnreadable;
}

}  // namespace

void addEmbed(CLI::App& app, Program& program) {
    auto options = std::make_shared<EmbedOptions>();
    CLI::App* command = app.add_subcommand(
        "embed",
        "Turn pictures or texts into embeddings, for other tools.\n\nCSV: path,e0,e1,…  NPY: float32 [n, d] "
        "with FILE.paths.txt beside it. safetensors: tensor “embeddings”.\nWhat cannot be read has no row; it "
        "stands in FILE.errors.csv.");
    addAllFolders(command);
    command->add_option("images,--images", options->images, kImagesHelp)->option_text("PATH...");
    command
        ->add_option("--texts", options->texts,
                     "Embed the lines of a text file instead, of stdin (-), or a set of labels (imagenet, cifar10, …)")
        ->option_text("NAME|FILE");
    addTemplates(command, options->templates);
    addTemplateSet(command, options->templateSet);
    command->add_option("-o,--out", options->out, "The file to write: .csv, .npy or .safetensors")
        ->required()
        ->option_text("FILE");
    command->add_flag("--no-normalize", options->noNormalize, "Keep the length of the embeddings (default: length 1)");
    addModel(command, *options);
    addCacheOption(command, *options);
    command->footer(
        "  diagonal-cli embed pictures/ --out pictures.npy --model my-clip\n"
        "  diagonal-cli embed --images a.jpg b.jpg --out two.csv\n"
        "  diagonal-cli embed --texts captions.txt --out captions.safetensors\n"
        "  diagonal-cli embed --texts imagenet --templates openai-80 --out classifier.npy --model my-clip");
    runs(command, program, options, runEmbed);
}

}  // namespace diagonal::cli
