// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <new>

#include "app/cli/console.h"
#include "app/cli/dataset_commands.h"
#include "app/cli/inputs.h"
#include "app/cli/model_score_writer.h"
#include "app/cli/models_commands.h"
#include "app/cli/options.h"
#include "app/cli/signals.h"
#include "engine/hub/hub.h"
#include "engine/inference/embedding_cache.h"
#include "training/data/captioned_dataset.h"

namespace diagonal::cli {

namespace {

struct ModelsCompareOptions : ModelOptions {
    std::vector<std::string> names, images;
    std::string texts, spec, out;
    DatasetOptions data;
    size_t limit = 0;
    Format format = Format::Table;
    CLI::Option* formatOption = nullptr;
};

CaptionedPictures ownPictures(const ModelsCompareOptions& options) {
    ImageFiles images = gatherImages(options.images);
    for (const auto& file : images.files) {
        std::error_code failure;
        if (!std::filesystem::exists(file, failure))
            images.failures.push_back({file, "there is no such file or folder"});
    }
    if (!images.failures.empty())
        throw Error(displayName(images.failures.front().path), images.failures.front().reason,
                    "Without it captions could go to the wrong pictures: give pictures that are there");
    return drawPictures(pairCaptions({images.files.begin(), images.files.end()}, options.texts), options.limit);
}

CaptionedPictures picturesOf(const ModelsCompareOptions& options) {
    const bool hasOwn = !options.images.empty() || !options.texts.empty();
    if (hasOwn == !options.spec.empty())
        throw UsageError(hasOwn ? "--data and --images with --texts are two ways to say the same: give one of them."
                                : "no pictures: give --data SPEC, or --images with --texts.");
    if (options.images.empty() != options.texts.empty())
        throw UsageError(options.texts.empty() ? "--images: --texts FILE says what their captions are."
                                               : "--texts: --images says which pictures they belong to.");
    if (hasOwn) return ownPictures(options);
    ProgressLine opening("shards indexed");
    DatasetOptions data = options.data;
    data.opening = opening.job();
    const auto dataset = openDataset(options.spec, data);
    for (const auto& warning : dataset->warnings())
        console().note("Note: " + warning);
    return captionedPictures(dataset, options.limit);
}

ScoredModel describe(const std::string& name) {
    ScoredModel model;
    model.name = name;
    if (const auto about = catalogueModelOf(name)) {
        model.languages = about->languages;
        model.licence = about->licence;
    }
    return model;
}

/// What a model's failure says; the other models go on.
std::string reasonOf(const std::exception& exception) {
    if (const auto* error = dynamic_cast<const Error*>(&exception)) return error->what();
    if (dynamic_cast<const std::bad_alloc*>(&exception) != nullptr) return "there is not enough memory for it";
    const std::string text = exception.what();
    return text.substr(0, text.find('\n'));  // LibTorch puts a stack trace below
}

void score(ScoredModel& model, const SessionOptions& settings, const CaptionedPictures& pictures,
           const std::string& place) {
    try {
        const std::string path = locateModel(model.name).string();
        ProgressLine progress("pictures and texts, model " + place);
        model.score = scoreModel(path, settings, pictures, progress.job());
    } catch (const Cancelled&) {
        throw;
    } catch (const std::exception& exception) {
        model.error = reasonOf(exception);
        console().problem(model.error.starts_with(model.name) ? model.error : model.name + ": " + model.error);
    }
}

void reportPictures(const std::vector<ScoredModel>& models) {
    const auto scored = std::ranges::find_if(models, [](const auto& model) { return model.score.has_value(); });
    if (scored == models.end()) return;
    for (const FileFailure& failure : scored->score->unreadable)
        reportUnreadable(failure.path, failure.reason);
    for (const auto& model : models)
        if (model.score && model.score->notFinite > 0)
            console().problem(model.name + ": " + counted(model.score->notFinite, "embedding is", "embeddings are") +
                              " not finite in precision " + model.score->precision +
                              (model.score->notFinite == 1 ? "; it counts as a miss" : "; they count as misses"));
    for (const auto& model : models)
        if (model.score && model.score->truncated > 0)
            console().note("Note: " + model.name + ": " +
                           counted(model.score->truncated, "caption is", "captions are") + " longer than its " +
                           std::to_string(model.score->info.contextLength) + " tokens and " +
                           (model.score->truncated == 1 ? "was" : "were") + " cut at the end.");
}

int runModelsCompare(const ModelsCompareOptions& options) {
    const Format format =
        options.formatOption->count() > 0 ? options.format : formatOfFile(options.out, options.format);
    const CaptionedPictures pictures = picturesOf(options);
    prepareDevice(options);
    const SessionOptions settings = sessionOptions(options);
    std::vector<ScoredModel> models;
    for (const auto& name : options.names)
        models.push_back(describe(name));
    bool isStopped = false;
    for (size_t i = 0; i < models.size() && !isStopped; ++i) {
        try {
            score(models[i], settings, pictures,
                  std::to_string(i + 1) + " of " + std::to_string(models.size()) + ": " + models[i].name);
        } catch (const Cancelled&) {
            if (i == 0) throw;
            isStopped = true;
        }
    }
    if (isStopped)
        for (auto& model : models)
            if (!model.score && model.error.empty()) model.error = "not measured: stopped before";
    console().clearLive();
    reportPictures(models);
    if (settings.cache)
        for (const auto& message : settings.cache->takeMessages())
            console().note("Note: " + message);
    const auto done = std::ranges::count_if(models, [](const auto& model) { return model.score.has_value(); });
    const bool isWhole =
        std::ranges::all_of(models, [](const auto& model) { return model.score && model.score->unreadable.empty(); });
    writeModelScores(std::move(models), options.out, format);
    if (isStopped) return kInterrupted;
    return isWhole ? kDone : done > 0 ? kSomeUnreadable : kFailed;
}

}  // namespace

void addModelsCompare(CLI::App* models, Program& program) {
    auto options = std::make_shared<ModelsCompareOptions>();
    CLI::App* command = models->add_subcommand(
        "compare",
        std::string("Find out which model is best for your pictures.\n\nEach model looks for the picture of a caption "
                    "among all pictures, and for a caption of a picture among all\ncaptions. Recall@K is how often the "
                    "right one is among the best K. Times are those of the model alone, warm, in\nfull batches; memory "
                    "is what it takes at the most. Marked with * are the models of the Pareto front: no other\none is "
                    "both better and quicker.\n\n") +
            kSpecHelp);
    command
        ->add_option("name", options->names,
                     "Models, as for --model of other commands: folders, files, names of “models list”; what is not "
                     "on this computer is downloaded")
        ->required();
    command->add_option("--data", options->spec, "Pictures with captions, as for train --train-data")
        ->option_text("SPEC");
    addAllFolders(command);
    command
        ->add_option("--images", options->images,
                     "Or your own pictures: files, folders (with all below them), lists of them (.txt, .lst), or - for "
                     "a list on stdin")
        ->option_text("PATH...");
    command
        ->add_option("--texts", options->texts,
                     "Their captions: line i is the caption of picture i; or on each line a picture, a tab and a "
                     "caption, several lines a picture if you like")
        ->option_text("FILE");
    addDataOptions(command, options->data);
    command->add_option("--limit", options->limit, "At most so many pictures, drawn by a hash of their names")
        ->option_text("N")
        ->check(CLI::Range(1, 1000000000));
    command->add_option("-o,--out", options->out, "Write to a file instead; .csv and .json set the format")
        ->option_text("FILE");
    options->formatOption = addFormat(command, options->format, {Format::Table, Format::Csv, Format::Json});
    addCompute(command, *options);
    addCacheOption(command, *options);
    addQuiet(command);
    command->footer(
        "  diagonal-cli models compare ViT-B/32 ViT-L/14 my-clip --data flickr8k:photos/flickr8k --split test\n"
        "  diagonal-cli models compare ViT-B/32 hf:laion/CLIP-ViT-B-32-laion2B-s34B-b79K --images photos/ --texts "
        "captions.txt --limit 500\n"
        "  diagonal-cli models compare demo RUN --data scenes:count=500,seed=7 --format json");
    runs(command, program, options, runModelsCompare);
}

}  // namespace diagonal::cli
