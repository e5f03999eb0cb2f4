// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDir>
#include <QString>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/base/file.h"
#include "training/run/metrics.h"
#include "training/run/run_folder.h"
#include "ui/train/wizard_defaults.h"

namespace diagonal {

inline StepMetrics stepAt(int64_t step, int64_t total) {
    StepMetrics metrics;
    metrics.step = step;
    metrics.totalSteps = total;
    metrics.samples = step * 32;
    metrics.epoch = static_cast<double>(step) / 10;
    metrics.loss = metrics.lossImage = metrics.lossText = 3.0 / static_cast<double>(step);
    metrics.temperature = 0.05;
    metrics.logitScale = 20;
    metrics.learningRate = 1e-3;
    metrics.samplesPerSecond = 100;
    metrics.batchTime = 0.5;
    metrics.dataTime = 0.1;
    return metrics;
}

inline ValidationMetrics validationAt(int64_t step) {
    ValidationMetrics metrics;
    metrics.step = step;
    metrics.loss = 1;
    metrics.textToImage.at10 = 0.5;
    metrics.probe = 2;
    metrics.probeMatrix = {0.5F, 0.1F, 0.2F, 0.4F};
    return metrics;
}

inline TrainOptions optionsIn(const QString& folder) {
    TrainOptions options = defaultOptions();
    options.output = folder.toStdString();
    options.batchSize = 32;
    return options;
}

/// A run folder with some steps, as the trainer leaves one that was stopped.
inline void writeRun(const QString& folder, int steps) {
    QDir().mkpath(folder + QStringLiteral("/checkpoints/step-00000005"));
    const std::filesystem::path run = folder.toStdString();
    writeFile(configFile(run), toJson(optionsIn(folder)).dump());
    std::string lines;
    for (int i = 1; i <= steps; ++i)
        lines += metricsLine(stepAt(i, 20)) + "\n";
    lines += metricsLine(validationAt(steps)) + "\n";
    writeFile(metricsFile(run), lines);
    writeFile(checkpointFolder(run, 5) / "DONE", "");
}

}  // namespace diagonal
