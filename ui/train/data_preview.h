// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QString>
#include <QStringList>
#include <vector>

#include "training/data/dataset.h"
#include "ui/jobs/types.h"

namespace diagonal {

struct DataSample {
    QImage picture;
    QString name, caption;
    QString problem;  ///< why there is no picture
};

/// What the wizard shows of a data set.
struct DataPreview {
    DatasetSummary summary;
    std::vector<DataSample> samples;
    QStringList columns;        ///< of a CSV file
    bool hasTemplates = false;  ///< captions are made of classes
};

inline constexpr int kSampleCount = 8;

/// Opens the data, counts, and decodes some of its pictures, others for another `round`. Any thread. Throws Error.
DataPreview previewData(const std::string& spec, const DatasetOptions& options, int round, const JobContext& job);

/// Pixels as Qt has them.
QImage toQImage(const Image& image);

/// The word count that half of the captions do not exceed; lengths is a histogram by words.
int medianWords(const std::vector<size_t>& lengths);

}  // namespace diagonal
