// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "app/cli/console.h"
#include "app/cli/dataset_commands.h"
#include "app/cli/embed_images.h"
#include "app/cli/embed_items.h"
#include "app/cli/index_commands.h"
#include "app/cli/inputs.h"
#include "app/cli/label_options.h"
#include "app/cli/options.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/embeddings/projector.h"

namespace diagonal::cli {

namespace {

void checkEnding(const std::string& out) {
    if (!isEmbeddingFile(out) && !isProjector(out))
        throw UsageError("--out: “" + out + "” must end in .csv, .npy, .safetensors or .projector.");
}

/// Tells what a person should know of things as they come.
class Teller {
  public:
    Teller(const Session& session, const ItemsToEmbed& what) : m_session(session), m_what(what) {}

    void tell(size_t number, const NewItem& item) {
        const EmbeddingItems& items = *m_what.items;
        if (!item.error.empty()) reportUnreadable(items.name(number), item.error);
        reportNote(items.name(number), item.note);
        if (item.notFinite > 0)
            console().problem("text " + grouped(number + 1) + ", “" + shorten(printable(items.name(number)), 60) +
                              "”: " + m_session.notFinite());
        if (m_firstTruncated.empty()) m_firstTruncated = item.firstTruncated;
    }

    void finish(const ExportReport& report) const {
        if (report.truncated > 0)
            console().note(noteOfTruncated(report.truncated, static_cast<size_t>(report.rows), m_session.info(),
                                           m_firstTruncated));
        if (report.hasNoSprite)
            console().note("Note: without pictures of the rows: a sprite holds at most " +
                           grouped(SpriteSheet::kMostTiles) + " of them.");
    }

  private:
    const Session& m_session;
    const ItemsToEmbed& m_what;
    std::string m_firstTruncated;
};

/// Says what an interrupted run has left.
void tellOfRest(const EmbedOptions& options) {
    console().clearLive();
    std::error_code ignored;
    const auto partial = PartialRows::fileOf(options.out);
    if (std::filesystem::exists(partial, ignored))
        console().note("What is embedded already stands in " + displayName(partial) +
                       ": the same command with --resume goes on there.");
}

void embedAndWrite(Session& session, const EmbedOptions& options, const ItemsToEmbed& what, EmbeddingExport& work) {
    Teller teller(session, what);
    if (work.report().isBegunAnew)
        console().note("Note: --resume: what was left is of another model, other inputs or options: begun anew.");
    else if (options.resume && work.report().resumed > 0)
        console().note(grouped(work.report().resumed) + " of " + grouped(work.report().items) + " " + what.things +
                       (work.report().resumed == 1 ? " was" : " were") + " embedded already.");
    {
        ProgressLine progress(what.things);
        work.embed(
            session, [&](size_t number, const NewItem& item) { teller.tell(number, item); }, progress.job());
    }
    reportCache(session);
    ProgressLine progress("rows written");
    work.write(what.failures, progress.job());
    teller.finish(work.report());
}

int runEmbed(const EmbedOptions& options) {
    checkEnding(options.out);
    const ItemsToEmbed what = itemsToEmbed(options);
    const auto session = openSession(options);
    const ExportPlan plan{options.out, !options.noNormalize, options.type, options.resume, modelSource(options.model)};
    ExportReport report;
    try {
        EmbeddingExport work(*session, what.items, plan, ProgressLine(what.things).job());
        embedAndWrite(*session, options, what, work);
        report = work.report();
    } catch (...) {
        tellOfRest(options);
        throw;
    }
    console().clearLive();
    std::string said =
        counted(report.rows, "embedding") + " of " + std::to_string(session->info().embedDim) + " numbers";
    // Of a video each key frame has one.
    const auto embedded = static_cast<int64_t>(report.items - report.failures.size() + what.failures.size());
    if (report.rows != embedded && !what.areTexts) said += ", of " + counted(embedded, "file");
    said += " in " + displayName(options.out) + "." + toldOfCache(report.known);
    if (!report.failures.empty())
        said += " " + grouped(report.failures.size()) + " could not be read: see " +
                displayName(options.out + ".errors.csv") + ".";
    if (report.notFinite > 0)
        said += " " + grouped(report.notFinite) +
                (report.notFinite == 1 ? " is not finite: its row holds" : " are not finite: their rows hold") +
                " no numbers.";
    console().note(said);
    return report.failures.empty() && report.notFinite == 0 && what.missing == 0 ? kDone : kSomeUnreadable;
}

void addInputs(CLI::App* command, EmbedOptions& options) {
    addAllFolders(command);
    command->add_option("images,--images", options.images, kImagesHelp)->option_text("PATH...");
    command
        ->add_option("--images-column", options.imagesColumn,
                     "The column of a table (.csv, .tsv) that names the images, by name or number from 1")
        ->option_text("NAME");
    command
        ->add_option("--texts", options.texts,
                     "Embed the lines of a text file instead, of stdin (-), or a set of labels (imagenet, cifar10, …)")
        ->option_text("NAME|FILE");
    command
        ->add_option("--texts-column", options.textsColumn,
                     "Take --texts FILE for a table (.csv, .tsv), and from it this column, by name or number from 1")
        ->option_text("NAME");
    command->add_option("--data", options.data, "Embed a data set instead, as for train --train-data")
        ->option_text("SPEC");
    addChoice<DataPart>(command, "--data-part", options.part,
                        {{"images", DataPart::Images}, {"captions", DataPart::Captions}},
                        "Of --data: images or captions (default: images)");
    addDataColumns(command, options.dataOptions);
    addTemplates(command, options.templates);
    addTemplateSet(command, options.templateSet);
    command
        ->add_option("--every", options.video.every, "Of videos: seconds between frames of a long shot (default: 10)")
        ->check(CLI::Range(0.1, 86400.0))
        ->option_text("SECONDS");
    command->add_flag("--patches", options.video.patches, "Of videos: also half-overlapping parts of each frame");
}

}  // namespace

void addEmbed(CLI::App& app, Program& program) {
    auto options = std::make_shared<EmbedOptions>();
    CLI::App* command = app.add_subcommand(
        "embed",
        "Turn pictures, videos, texts or data sets into embeddings, for other tools.\n\nCSV: path,e0,e1,…  NPY: [n, d] "
        "with FILE.paths.txt beside it. safetensors: tensor “embeddings”.\nNAME.projector: a folder for TensorBoard's "
        "projector. Of a video each key frame is a row.\nWhat cannot be read has no row; it stands in "
        "FILE.errors.csv.");
    addInputs(command, *options);
    command
        ->add_option("-o,--out", options->out, "The file to write: .csv, .npy or .safetensors, or a folder .projector")
        ->required()
        ->option_text("FILE");
    command->add_flag("--no-normalize", options->noNormalize, "Keep the length of the embeddings (default: length 1)");
    addChoice<FloatType>(command, "--dtype", options->type,
                         {{"fp32", FloatType::Float32}, {"fp16", FloatType::Float16}},
                         "Numbers in fp32 or fp16, half the size (default: fp32)");
    command->add_flag("--resume", options->resume, "Go on with what an interrupted run has left in FILE.partial");
    addModel(command, *options);
    addCacheOption(command, *options);
    command->footer(
        "  diagonal-cli embed pictures/ --out pictures.npy --model my-clip\n"
        "  diagonal-cli embed --images a.jpg b.jpg --out two.csv\n"
        "  diagonal-cli embed --texts captions.txt --out captions.safetensors\n"
        "  diagonal-cli embed --texts imagenet --templates openai-80 --out classifier.npy --model my-clip\n"
        "  diagonal-cli embed --texts products.csv --texts-column title --out titles.npy --dtype fp16\n"
        "  diagonal-cli embed --data flickr8k:photos --split test --out test.projector");
    runs(command, program, options, runEmbed);
}

}  // namespace diagonal::cli
