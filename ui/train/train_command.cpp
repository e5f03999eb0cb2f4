// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/train_command.h"

#include <QRegularExpression>
#include <QStringList>

namespace diagonal {

namespace {

QString quoted(const std::string& text) {
    const QString word = QString::fromStdString(text);
    static const QRegularExpression plain(QStringLiteral("^[A-Za-z0-9_./:=,+-]+$"));
    if (plain.match(word).hasMatch()) return word;
    return QLatin1Char('\'') + QString(word).replace(QLatin1Char('\''), QStringLiteral("'\\''")) + QLatin1Char('\'');
}

QString shown(const std::string& value) {
    return quoted(value);
}
QString shown(double value) {
    return QString::number(value, 'g', 10);
}
template <typename Integer>
QString shown(Integer value) {
    return QString::number(value);
}

}  // namespace

QString trainCommand(const TrainOptions& options) {
    const TrainOptions initial;
    QStringList words = {QStringLiteral("diagonal-cli"), QStringLiteral("train")};
    const auto add = [&](const char* name, const auto& value, const auto& initialValue) {
        if (value != initialValue) words << QString::fromLatin1(name) << shown(value);
    };
    words << QStringLiteral("--train-data") << quoted(options.trainData);
    add("--val-data", options.validationData, initial.validationData);
    add("--image-key", options.imageKey, initial.imageKey);
    add("--caption-key", options.captionKey, initial.captionKey);
    words << QStringLiteral("--model") << quoted(options.model);
    words << QStringLiteral("--out") << quoted(options.output.string());
    add("--epochs", options.epochs, initial.epochs);
    add("--steps", options.steps, initial.steps);
    add("--batch-size", options.batchSize, initial.batchSize);
    add("--lr", options.learningRate, initial.learningRate);
    add("--warmup", options.warmup, initial.warmup);
    add("--wd", options.weightDecay, initial.weightDecay);
    add("--vocabulary-size", options.vocabularySize, initial.vocabularySize);
    if (options.augment != initial.augment) words << QStringLiteral("--no-augment");
    add("--val-every", options.validateEvery, initial.validateEvery);
    add("--save-every", options.saveEvery, initial.saveEvery);
    add("--keep-checkpoints", options.keepCheckpoints, initial.keepCheckpoints);
    add("--device", options.device, initial.device);
    add("--precision", options.precision, initial.precision);
    add("--threads", options.threads, initial.threads);
    add("--workers", options.workers, initial.workers);
    add("--seed", options.seed, initial.seed);
    return words.join(QLatin1Char(' '));
}

}  // namespace diagonal
