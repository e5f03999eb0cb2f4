// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "app/cli/console.h"
#include "app/cli/embed_images.h"
#include "app/cli/inputs.h"
#include "app/cli/label_options.h"
#include "app/cli/options.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
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

/// What was written.
struct Embedded {
    size_t rows = 0, known = 0,
           failures = 0;  ///< known: rows of the cache; failures: texts without numbers, or pictures that have no row
    std::string told;     ///< where failures are told
};

Embedded embedTexts(Session& session, const EmbedOptions& options, const std::vector<std::string>& texts,
                    const std::vector<std::string>& templates) {
    EmbeddedLines lines;
    if (templates.empty()) {
        lines = embedLines(session, texts, !options.noNormalize);
    } else {
        for (size_t i = 0; i < texts.size(); ++i)
            if (texts[i].empty())
                throw Error(displayName(options.texts) + ", line " + std::to_string(i + 1), "is empty",
                            "A template needs a text: fill the line, or leave it out");
        ProgressLine progress("texts");
        lines.embeddings = embedLabels(session, texts, templates, progress.job());
    }
    exportEmbeddings(options.out, texts, lines.embeddings);
    writeFailures(options.out, {});
    return {texts.size(), 0, lines.failures, "are not finite: their rows hold no numbers"};
}

Embedded embedPictures(Session& session, const EmbedOptions& options) {
    const ImageFiles images = gatherImages(options.images);
    CsvNames names;
    for (const auto& file : images.files)
        names.prepare(file);
    EmbeddingWriter writer(options.out, session.info().embedDim, names);
    size_t rows = 0, known = 0;
    const auto failures = embedFiles(session, images, !options.noNormalize, [&](const ImageEmbedding& image) {
        writer.add(images.files[image.index].string(), image.values);
        ++rows;
        if (image.isKnown) ++known;
    });
    writeFailures(options.out, failures);
    if (rows == 0) throw Error(displayName(options.out), "not written: none of the images has an embedding");
    writer.finish();
    return {rows, known, failures.size(), "could not be read: see " + displayName(options.out + ".errors.csv")};
}

int runEmbed(const EmbedOptions& options) {
    checkEnding(options.out);
    if (options.images.empty() == options.texts.empty())
        throw UsageError(options.images.empty() ? "nothing to embed: give images, or --texts FILE."
                                                : "images and --texts go into separate files: give one of them.");
    std::vector<std::string> texts, templates;
    if (!options.texts.empty()) {
        texts = readSet(TextSets::Labels, "--texts", options.texts, BlankLines::Keep);
        templates = givenTemplates(options.templates, options.templateSet);
        if (!templates.empty() && options.noNormalize)
            throw UsageError("--no-normalize: what templates make of a text has length 1 by definition.");
    }
    const auto session = openSession(options);
    const Embedded done =
        texts.empty() ? embedPictures(*session, options) : embedTexts(*session, options, texts, templates);
    console().note(grouped(done.rows) + " embeddings of " + std::to_string(session->info().embedDim) + " numbers in " +
                   displayName(options.out) + "." + toldOfCache(done.known) +
                   (done.failures == 0 ? "" : " " + grouped(done.failures) + " " + done.told + "."));
    return done.failures == 0 ? kDone : kSomeUnreadable;
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
