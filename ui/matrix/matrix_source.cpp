// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/matrix/matrix_source.h"

#include <QCoreApplication>
#include <QFile>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/image_files.h"
#include "engine/image/png.h"
#include "training/data/dataset.h"
#include "training/data/scenes.h"
#include "ui/base/paths.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

struct MatrixSource {
    Q_DECLARE_TR_FUNCTIONS(diagonal::MatrixSource)
};

std::vector<size_t> pairsOf(const Dataset& dataset) {
    std::vector<size_t> all, test;
    for (size_t i = 0; i < dataset.size(); ++i) {
        if (dataset.captionCount(i) == 0 || dataset.file(i).empty()) continue;
        all.push_back(i);
        if (dataset.split(i) == Split::Test) test.push_back(i);
    }
    return test.empty() ? all : test;
}

}  // namespace

MatrixItems readPairs(const QString& path, int limit, const JobContext& job) {
    const auto dataset = openDataset(toPath(path).string());
    job.throwIfStopped();
    const auto pairs = pairsOf(*dataset);
    if (pairs.empty()) {
        throw Error(displayName(toPath(path)), MatrixSource::tr("there is no image with a caption in it").toStdString(),
                    MatrixSource::tr("Choose a CSV file with columns for image and caption, or a Flickr8k folder")
                        .toStdString());
    }
    MatrixItems items;
    items.title = dataset->kind() == "CSV" ? nameInSentence(path) : QString::fromStdString(dataset->kind());
    if (dataset->split(pairs.front()) == Split::Test) items.title = MatrixSource::tr("%1 test").arg(items.title);
    items.paired = true;
    items.available = static_cast<qint64>(pairs.size());
    for (size_t i = 0; i < pairs.size() && static_cast<int>(i) < limit; ++i) {
        items.files << fromPath(dataset->file(pairs[i]));
        items.captions << QString::fromStdString(dataset->captions(pairs[i]).front()).simplified();
    }
    return items;
}

MatrixItems drawSampleScenes(const QString& folder, int count, const JobContext& job) {
    constexpr int kSize = 128;
    constexpr size_t kStride = 7;  // neighbours share a colour
    ScenesOptions options;
    options.split = Split::Validation;
    MatrixItems items;
    items.title = MatrixSource::tr("Sample scenes");
    items.paired = true;
    items.available = count;
    for (int i = 0; i < count; ++i) {
        job.throwIfStopped();
        const Scene scene = sceneAt(options, static_cast<size_t>(i) * kStride);
        const auto bytes = encodePng(drawScene(scene, kSize));
        const QString file = QStringLiteral("%1/scene-%2.png").arg(folder).arg(i + 1, 2, 10, QLatin1Char('0'));
        writeFile(toPath(file), {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
        items.files << file;
        items.captions << QString::fromStdString(sceneCaptions(scene).front());
        job.progress(i + 1, count);
    }
    return items;
}

std::optional<MatrixItems> readDropped(const QStringList& paths, int limit, const JobContext& job) {
    if (paths.size() != 1 || hasImageExtension(toPath(paths.first()))) return {};
    try {
        return readPairs(paths.first(), limit, job);
    } catch (const Error&) {
        if (!fs::is_directory(toPath(paths.first()))) throw;
        return {};
    }
}

}  // namespace diagonal
