// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/data_preview.h"

#include <QCoreApplication>
#include <QRandomGenerator>
#include <algorithm>
#include <cstring>
#include <filesystem>
#include <numeric>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/image_files.h"
#include "training/data/csv_dataset.h"
#include "ui/base/engine_texts.h"

namespace diagonal {

namespace {

constexpr int kSamplePixels = 320;

QStringList columnsOf(const std::string& spec) {
    const std::string path = spec.starts_with("csv:") ? spec.substr(4) : spec;
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) return {};
    QStringList columns;
    for (const std::string& column : tableColumns(path))
        columns << QString::fromStdString(column);
    return columns;
}

DataSample sampleOf(const Dataset& dataset, size_t index, QRandomGenerator& random) {
    DataSample sample;
    sample.name = QString::fromStdString(dataset.name(index));
    if (const auto captions = static_cast<quint32>(dataset.captionCount(index)); captions > 0)
        sample.caption = QString::fromStdString(std::string(dataset.caption(index, random.bounded(captions))));
    try {
        const QImage picture = toQImage(dataset.image(index));
        sample.picture =
            picture.width() > kSamplePixels || picture.height() > kSamplePixels
                ? picture.scaled(kSamplePixels, kSamplePixels, Qt::KeepAspectRatioByExpanding, Qt::SmoothTransformation)
                : picture;
    } catch (const Error& error) {
        sample.problem = engineText(error.problem());
    }
    return sample;
}

struct PreviewWords {
    Q_DECLARE_TR_FUNCTIONS(diagonal::DataPreview)
};

/// What was found at a path that is no data set, and what to do; the engine's own words list the ways of the command
/// line to name data.
Error explained(const std::string& spec, const Error& error) {
    namespace fs = std::filesystem;
    if (!error.remedy().starts_with("Data can be ")) return error;
    const fs::path path(spec);
    std::error_code ignored;
    const auto say = [&](const QString& problem, const QString& remedy) {
        return Error(displayName(path), problem.toStdString(), remedy.toStdString());
    };
    if (!fs::exists(path, ignored))
        return say(PreviewWords::tr("there is no such file or folder"),
                   PreviewWords::tr("Look at the spelling, or choose it"));
    if (!fs::is_directory(path, ignored))
        return say(PreviewWords::tr("no pictures with captions are named in it"),
                   PreviewWords::tr("Choose a table with columns for image and caption, a JSON file of "
                                    "COCO or Karpathy, or tar shards"));
    const ImageFiles found = listImages(std::vector{path});
    if (!found.files.empty())
        return say(
            PreviewWords::tr("%n picture(s) lie in it, and no captions", nullptr, static_cast<int>(found.files.size())),
            PreviewWords::tr("Put the pictures into folders named after what they show, or add a "
                             "captions.csv with the columns image and caption"));
    return say(fs::is_empty(path, ignored) ? PreviewWords::tr("the folder is empty")
                                           : PreviewWords::tr("there are no pictures in it"),
               PreviewWords::tr("Choose a folder with pictures and captions, or use scenes"));
}

std::shared_ptr<const Dataset> opened(const std::string& spec, const DatasetOptions& options) {
    try {
        return openDataset(spec, options);
    } catch (const Error& error) {
        throw explained(spec, error);
    }
}

}  // namespace

QImage toQImage(const Image& image) {
    QImage out(image.width, image.height, QImage::Format_RGB888);
    const size_t bytes = static_cast<size_t>(image.width) * 3;
    for (int y = 0; y < image.height; ++y)
        std::memcpy(out.scanLine(y), image.rgb.data() + static_cast<size_t>(y) * bytes, bytes);
    return out;
}

DataPreview previewData(const std::string& spec, const DatasetOptions& options, int round, const JobContext& job) {
    DataPreview preview;
    DatasetOptions opening = options;
    opening.opening = job;
    const auto dataset = opened(spec, opening);
    job.throwIfStopped();
    preview.summary = summarize(spec, options, false, job);
    if (dataset->kind() == "CSV") preview.columns = columnsOf(spec);
    preview.hasTemplates =
        !dataset->labels().empty() && (dataset->kind() == "Class folders" || dataset->kind() == "WebDataset");
    QRandomGenerator random(static_cast<quint32>(round + 1));
    const size_t count = std::min<size_t>(kSampleCount, dataset->size());
    std::vector<size_t> chosen;
    while (chosen.size() < count) {
        const size_t index = random.bounded(static_cast<quint32>(dataset->size()));
        if (std::find(chosen.begin(), chosen.end(), index) == chosen.end()) chosen.push_back(index);
    }
    for (const size_t index : chosen) {
        job.throwIfStopped();
        preview.samples.push_back(sampleOf(*dataset, index, random));
    }
    return preview;
}

int medianWords(const std::vector<size_t>& lengths) {
    const size_t all = std::accumulate(lengths.begin(), lengths.end(), size_t{0});
    size_t seen = 0;
    for (size_t words = 0; words < lengths.size(); ++words) {
        seen += lengths[words];
        if (seen * 2 >= all && all > 0) return static_cast<int>(words);
    }
    return 0;
}

}  // namespace diagonal
