// SPDX-License-Identifier: Apache-2.0
#include "app/cli/embed_items.h"

#include "app/cli/console.h"
#include "app/cli/inputs.h"
#include "app/cli/label_options.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/list_file.h"
#include "training/data/table_column.h"

namespace diagonal::cli {

namespace {

void tell(const std::vector<std::string>& notes) {
    for (const std::string& note : notes)
        console().note("Note: " + note);
}

ItemsToEmbed textsToEmbed(const EmbedOptions& options) {
    std::vector<std::string> texts;
    if (options.textsColumn.empty()) {
        texts = readSet(TextSets::Labels, "--texts", options.texts, BlankLines::Keep);
    } else {
        ProgressLine progress("records");
        TextColumn column = readTextColumn(options.texts, options.textsColumn, progress.job());
        tell(column.notes);
        texts = std::move(column.texts);
    }
    const std::vector<std::string> templates = givenTemplates(options.templates, options.templateSet);
    if (!templates.empty() && options.noNormalize)
        throw UsageError("--no-normalize: what templates make of a text has length 1 by definition.");
    for (size_t i = 0; !templates.empty() && i < texts.size(); ++i)
        if (texts[i].empty())
            throw Error(displayName(options.texts) + ", line " + std::to_string(i + 1), "is empty",
                        "A template needs a text: fill the line, or leave it out");
    return {std::make_shared<TextItems>(std::move(texts), templates), {}, "texts", 0, true};
}

ItemsToEmbed imagesToEmbed(const EmbedOptions& options) {
    if (!options.imagesColumn.empty()) {
        if (options.images.size() != 1) throw UsageError("--images-column: give one table, such as pictures.csv.");
        ProgressLine progress("records");
        ImageColumn column = readImageColumn(options.images.front(), options.imagesColumn, progress.job());
        tell(column.notes);
        return {std::make_shared<FileItems>(std::move(column.files), options.video), {}, "images"};
    }
    for (const std::string& file : options.images)
        if (isTable(file))
            throw UsageError("“" + displayName(file) +
                             "” is a table. Name the column of its images with --images-column NAME, or embed a column "
                             "of texts: --texts FILE --texts-column NAME.");
    ImageFiles images = gatherImages(options.images, FolderFiles::ImagesAndVideos);
    return {std::make_shared<FileItems>(std::move(images.files), options.video), std::move(images.failures), "images"};
}

ItemsToEmbed dataToEmbed(const EmbedOptions& options) {
    ProgressLine opening("shards indexed");
    DatasetOptions data = options.dataOptions;
    data.opening = opening.job();
    if (options.templates.size() > 1)
        throw UsageError("--template: with --data give one, or a set of them with --templates.");
    data.templates = options.templates.empty() ? options.templateSet : options.templates.front();
    const auto dataset = openDataset(options.data, data);
    console().clearLive();
    tell(dataset->warnings());
    if (dataset->size() == 0) throw Error(options.data, "no image is in there");
    return {std::make_shared<DatasetItems>(dataset, options.part),
            {},
            "images",
            dataset->missing(),
            options.part == DataPart::Captions};
}

}  // namespace

ItemsToEmbed itemsToEmbed(const EmbedOptions& options) {
    const int kinds =
        (options.images.empty() ? 0 : 1) + (options.texts.empty() ? 0 : 1) + (options.data.empty() ? 0 : 1);
    if (kinds == 0) throw UsageError("nothing to embed: give images, --texts FILE or --data SPEC.");
    if (kinds > 1) throw UsageError("images, --texts and --data go into separate files: give one of them.");
    if (!options.textsColumn.empty() && options.texts.empty())
        throw UsageError("--texts-column: names a column of --texts FILE.");
    if (!options.imagesColumn.empty() && options.images.empty())
        throw UsageError("--images-column: names a column of the table that is given for the images.");
    if (!options.texts.empty()) return textsToEmbed(options);
    return options.data.empty() ? imagesToEmbed(options) : dataToEmbed(options);
}

}  // namespace diagonal::cli
