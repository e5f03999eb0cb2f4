// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/wizard_defaults.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/file.h"
#include "engine/base/resources.h"

namespace diagonal {

namespace {

constexpr size_t kManyImages = 4000;
constexpr int64_t kEvaluations = 6;

/// The recipe that is shipped for scenes; the plain defaults where it cannot be read.
TrainOptions scenesRecipe() {
    try {
        const auto file = resourceFolder() / "recipes" / "scenes.json";
        return trainOptionsFromJson(nlohmann::json::parse(readText(file, 1 << 20)), displayName(file));
    } catch (const std::exception&) {
        TrainOptions options;
        options.trainData = "scenes:count=20000,seed=1";
        options.model = "demo";
        options.steps = 2400;
        options.batchSize = 64;
        return options;
    }
}

void scenesObjective(TrainOptions& options) {
    TrainOptions recipe = scenesRecipe();
    recipe.trainData = options.trainData;
    recipe.output = options.output;
    recipe.seed = options.seed;
    // Often enough to see the diagonal grow.
    recipe.validateEvery = std::min(recipe.validateEvery, std::max<int64_t>(1, recipe.steps / kEvaluations));
    options = recipe;
}

}  // namespace

TrainOptions defaultOptions() {
    TrainOptions options = scenesRecipe();
    scenesObjective(options);
    return options;
}

size_t trainingImages(const DatasetSummary& summary) {
    const size_t images = summary.train + summary.unassigned;
    // Without a validation split the trainer holds a twentieth back.
    return summary.validation > 0 || images < 40 ? images : images - images / 20;
}

void suitData(TrainOptions& options, const DatasetSummary& summary) {
    if (summary.kind == "Scenes") {
        scenesObjective(options);
        return;
    }
    const TrainOptions initial;
    const size_t images = std::max<size_t>(trainingImages(summary), 2);
    options.model = images >= kManyImages ? "small" : "tiny";
    options.batchSize = static_cast<int>(std::min<size_t>(static_cast<size_t>(initial.batchSize), images));
    options.epochs = 30;
    options.steps = 0;
    options.learningRate = initial.learningRate;
    options.weightDecay = initial.weightDecay;
    options.vocabularySize = initial.vocabularySize;
    // A batch holds each class many times: pairs of equal captions are no negatives.
    options.loss = summary.kind.ends_with("Class folders") ? "soft" : initial.loss;
    const auto stepsPerEpoch = std::max<int64_t>(1, static_cast<int64_t>(images) / options.batchSize);
    const int64_t steps = options.epochs * stepsPerEpoch;
    options.warmup = std::min<int64_t>(initial.warmup, std::max<int64_t>(1, steps / 10));
    options.validateEvery = std::clamp<int64_t>(steps / 20, 5, initial.validateEvery);
    options.saveEvery = std::clamp<int64_t>(steps / 4, 1, initial.saveEvery);
}

TrainOptions withKept(const TrainOptions& options, const TrainOptions& mine, const std::set<std::string>& keys) {
    nlohmann::json json = toJson(options);
    const nlohmann::json kept = toJson(mine);
    for (const std::string& key : keys)
        json[key] = kept.at(key);
    return trainOptionsFromJson(json, "options");
}

std::set<std::string> differences(const TrainOptions& one, const TrainOptions& other) {
    const nlohmann::json values = toJson(one), others = toJson(other);
    std::set<std::string> keys;
    for (const auto& [key, value] : values.items())
        if (value != others.at(key)) keys.insert(key);
    return keys;
}

DatasetOptions datasetOptions(const TrainOptions& options) {
    return {Split::All, options.imageKey, options.captionKey, options.templates};
}

void suitModel(TrainOptions& options, bool fineTune) {
    const TrainOptions initial;
    if (fineTune) {
        options.learningRate = std::min(options.learningRate, 1e-5);
    } else if (options.learningRate <= 1e-5) {
        options.learningRate = initial.learningRate;
    }
    if (fineTune) return;
    options.lockImage = options.lockText = false;
    options.loraRank = initial.loraRank;
    options.loraAlpha = initial.loraAlpha;
    options.loraTargets = initial.loraTargets;
}

QString dataName(const TrainOptions& options) {
    const QString spec = QString::fromStdString(options.trainData);
    if (spec.startsWith(QLatin1String("scenes:"))) return QStringLiteral("scenes");
    // Without "csv:", and without the numbers of shards.
    static const QRegularExpression kPrefix(QStringLiteral("^[a-z0-9]{2,}:")),
        kNumbers(QStringLiteral("[-_.]?\\{[^}]*\\}"));
    QString path = QString(spec).remove(kPrefix).remove(kNumbers);
    // Without a look at the disk: a folder may be called "photos.2024".
    static const QRegularExpression kEnding(QStringLiteral("\\.(csv|tsv|txt|json|jsonl|tar|zip)$"),
                                            QRegularExpression::CaseInsensitiveOption);
    const QString name = QDir::cleanPath(path).section(QLatin1Char('/'), -1);
    const QString base = QString(name).remove(kEnding);
    return base.isEmpty() ? name : base;
}

QString plainPath(QString path) {
    path = path.trimmed();
    if (path == QLatin1String("~") || path.startsWith(QLatin1String("~/"))) path.replace(0, 1, QDir::homePath());
    return path.isEmpty() ? path : QDir::cleanPath(path);
}

QString freeRunName(const QStringList& taken, const TrainOptions& options) {
    const QString model = QFileInfo(QString::fromStdString(options.model)).fileName();
    const QString base = QStringLiteral("%1 %2").arg(dataName(options), model);
    QString name = base;
    for (int number = 2; taken.contains(name); ++number)
        name = QStringLiteral("%1 %2").arg(base).arg(number);
    return name;
}

}  // namespace diagonal
