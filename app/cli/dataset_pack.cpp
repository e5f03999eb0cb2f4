// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "app/cli/console.h"
#include "app/cli/dataset_commands.h"
#include "app/cli/options.h"
#include "app/cli/signals.h"
#include "engine/base/new_folder.h"
#include "engine/base/text.h"
#include "engine/checkpoint/model_source.h"
#include "engine/text/sentencepiece_tokenizer.h"
#include "training/data/caption_keys.h"
#include "training/data/caption_sample.h"
#include "training/data/pack_dataset.h"
#include "training/data/pack_writer.h"

namespace diagonal::cli {

namespace {

enum class TokenizerChoice { Captions, Clip };

struct PackCommand {
    std::string spec, out, model;
    std::vector<std::string> teachers;
    ComputeOptions compute;  ///< of the teachers
    DatasetOptions data;
    int size = 256, vocabularySize = 4096;
    TokenizerChoice tokenizer = TokenizerChoice::Captions;
    CLI::Option *tokenizerOption = nullptr, *vocabularyOption = nullptr;
    const CLI::App* app = nullptr;
};

/// Of the train split where there is one: what is tested on stays unseen.
CaptionSample captionsToLearn(const Dataset& dataset) {
    bool hasTrain = false;
    for (size_t i = 0; i < dataset.size() && !hasTrain; ++i)
        hasTrain = dataset.split(i) == Split::Train;
    const auto isWanted = [&](size_t i) { return !hasTrain || dataset.split(i) == Split::Train; };
    return sampleCaptions(dataset, kTokenizerCaptions, isWanted, stopToken());
}

void chooseTokenizer(const PackCommand& command, const Dataset& dataset, PackOptions& options) {
    TokenizerConfig& config = options.tokenizerConfig;
    if (!command.model.empty()) {
        const ModelSource source = openModelSource(locateModel(command.model));
        config = {.contextLength = source.clip.text.contextLength,
                  .vocabularySize = source.clip.text.vocabularySize,
                  .cleaning = source.cleaning,
                  .padToContext = source.clip.text.fillsContext};
        options.tokenizer = loadTokenizer(source.tokenizerFolder, config);
    } else if (command.tokenizer == TokenizerChoice::Clip) {
        options.tokenizer = loadTokenizer({}, config);
    } else {
        const CaptionSample sample = captionsToLearn(dataset);
        console().note("Note: " + sample.note());
        options.tokenizer =
            trainSentencePieceTokenizer(sample.captions, command.vocabularySize, config.contextLength, stopToken());
        config.vocabularySize = options.tokenizer->vocabularySize();
    }
}

void requireSense(const PackCommand& command) {
    if (!command.model.empty() && command.tokenizerOption->count() > 0)
        throw UsageError("--model and --tokenizer both say whose token ids are kept: give one of them.");
    const bool isTrained = command.model.empty() && command.tokenizer == TokenizerChoice::Captions;
    if (!isTrained && command.vocabularyOption->count() > 0)
        throw UsageError("--vocabulary-size is of the tokenizer that is trained on the captions; leave it out.");
    for (const char* option : {"--device", "--precision", "--threads", "--batch-size"})
        if (command.teachers.empty() && command.app->count(option) > 0)
            throw UsageError(std::string(option) + " is for what a --teacher computes; leave it out.");
    for (size_t i = 0; i < command.teachers.size(); ++i)
        if (std::find(command.teachers.begin(), command.teachers.begin() + static_cast<ptrdiff_t>(i),
                      command.teachers[i]) != command.teachers.begin() + static_cast<ptrdiff_t>(i))
            throw UsageError("--teacher " + command.teachers[i] + " is given twice.");
}

std::vector<std::shared_ptr<Session>> openTeachers(const PackCommand& command) {
    std::vector<std::shared_ptr<Session>> sessions;
    for (const std::string& teacher : command.teachers) {
        ModelOptions options;
        static_cast<ComputeOptions&>(options) = command.compute;
        options.model = teacher;
        sessions.push_back(openSession(options));
    }
    return sessions;
}

/// "", ", with embeddings of ViT-B/32 and RN50".
std::string taughtBy(const std::vector<Teacher>& teachers) {
    std::vector<std::string> names;
    for (const Teacher& teacher : teachers)
        names.push_back(teacher.name);
    return names.empty() ? std::string() : ", and the embeddings of " + joined(names, " and ");
}

int runPack(const PackCommand& command) {
    requireSense(command);
    requireNew(command.out);
    if (!CaptionKeys::from(command.data.captionKey).probabilities.empty())
        throw UsageError("--caption-key: a pack keeps all captions alike; give the names without probabilities.");
    ProgressLine opening("shards indexed");
    DatasetOptions data = command.data;
    data.opening = opening.job();
    const auto dataset = openDataset(command.spec, data);
    console().clearLive();
    for (const auto& warning : dataset->warnings())
        console().note("Note: " + warning);
    PackOptions options;
    options.teachers = openTeachers(command);
    if (!options.teachers.empty() && isPack(command.spec.substr(command.spec.starts_with("pack:") ? 5 : 0)))
        console().note("Note: the teacher is shown the pictures of the pack, not those that it was made of.");
    options.size = command.size;
    if (!options.teachers.empty() && !dataset->teachers().empty())
        console().note(
            "Note: the embeddings of the pack's own teachers are not taken along; name them again by --teacher.");
    if (dataset->tokenizer() != nullptr && command.model.empty() && command.tokenizerOption->count() == 0)
        console().note(
            "Note: the pack's own token ids are made anew, of another tokenizer; --tokenizer or --model says which.");
    chooseTokenizer(command, *dataset, options);
    ProgressLine progress("images");
    const PackResult result = packDataset(*dataset, command.out, options, progress.job());
    console().clearLive();
    for (const auto& one : result.failures)
        console().problem(one);
    console().note(counted(result.images, "image") + " (" + formatBytes(static_cast<int64_t>(result.bytes)) + "), " +
                   counted(result.captions, "caption") + " and " + counted(result.tokens, "token id") + " (" +
                   options.tokenizer->kind() + ", " + grouped(options.tokenizer->vocabularySize()) + " tokens)" +
                   taughtBy(result.teachers) + " in " + displayName(command.out) +
                   ".\nTry:  diagonal-cli train --train-data pack:" + displayName(command.out) +
                   " --model small --epochs 10 --out my-run" +
                   (result.teachers.empty() ? "" : " --distill-weight 0.7"));
    return result.failures.empty() && dataset->missing() == 0 ? kDone : kSomeUnreadable;
}

}  // namespace

void addDatasetPack(CLI::App* dataset, Program& program) {
    auto options = std::make_shared<PackCommand>();
    CLI::App* command = dataset->add_subcommand(
        "pack", std::string("Keep a data set decoded, resized and with its token ids, so that training reads it "
                            "as fast as the disk does.\n\nOUT is a folder: train on it with pack:OUT.\n") +
                    kSpecHelp);
    command->add_option("spec", options->spec, "The data, as for train --train-data")->required();
    command->add_option("out", options->out, "The folder to make")->required();
    command
        ->add_option("--size", options->size,
                     "Pixels of the shorter side at most; nothing is enlarged or cut off (default: 256)")
        ->option_text("PX")
        ->check(CLI::Range(16, 16384));
    command->add_option("-m,--model", options->model, "Keep the ids of this model's tokenizer: to fine-tune it")
        ->option_text("PATH|NAME");
    options->tokenizerOption = addChoice<TokenizerChoice>(
        command, "--tokenizer", options->tokenizer,
        {{"captions", TokenizerChoice::Captions}, {"clip", TokenizerChoice::Clip}},
        "For a new model: captions (trained on them) or clip (CLIP's vocabulary) (default: captions)");
    options->vocabularyOption =
        command
            ->add_option("--vocabulary-size", options->vocabularySize,
                         "Pieces of the tokenizer that is trained on the captions, at most (default: 4096)")
            ->option_text("N")
            ->check(CLI::Range(8, 1000000));
    command
        ->add_option("--teacher", options->teachers,
                     "Keep what this model makes of the pictures and captions, for train --distill-weight; may be "
                     "repeated")
        ->allow_extra_args(false)
        ->option_text("PATH|NAME");
    addDataOptions(command, options->data);
    options->compute.batchSize = 0;
    addCompute(command, options->compute);
    addQuiet(command);
    options->app = command;
    command->footer(
        "  diagonal-cli dataset pack photos/coco coco-pack --size 256 --tokenizer clip\n"
        "  diagonal-cli dataset pack captions.csv pack --size 224 --model ViT-B/32 --split train\n"
        "  diagonal-cli dataset pack photos/coco taught-pack --teacher ViT-B/32");
    runs(command, program, options, runPack);
}

}  // namespace diagonal::cli
