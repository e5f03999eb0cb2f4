// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <set>
#include <string>

#include "training/data/dataset.h"
#include "training/run/options.h"

namespace diagonal {

inline constexpr int kDefaultScenes = 20000;

/// A run on scenes that takes about two minutes on two cores.
TrainOptions defaultOptions();

/// Sets model and objective to what suits the data; the data options and the output stay.
void suitData(TrainOptions& options, const DatasetSummary& summary);

/// `options` with the values that `mine` has for these keys of config.json.
TrainOptions withKept(const TrainOptions& options, const TrainOptions& mine, const std::set<std::string>& keys);
/// Keys whose values differ.
std::set<std::string> differences(const TrainOptions& one, const TrainOptions& other);

/// How the data of a run is opened.
DatasetOptions datasetOptions(const TrainOptions& options);

/// What a person's own choice of model asks of the learning rate: fine-tuning wants a small one.
void suitModel(TrainOptions& options, bool fineTune);

/// "scenes demo", or with a number where the name is taken.
QString freeRunName(const QStringList& taken, const TrainOptions& options);

/// "scenes", or the name of the folder or file.
QString dataName(const TrainOptions& options);

/// A path as a person types it, "~" for the home folder: without "." and "..".
QString plainPath(QString path);

/// Images of a summary that a run trains on.
size_t trainingImages(const DatasetSummary& summary);

}  // namespace diagonal
