// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include "engine/inference/colour_map.h"
#include "engine/inference/matrix.h"

namespace diagonal {

/// A matrix as it is shown, and where it goes.
struct MatrixExport {
    QString file;  ///< .csv, .npy or .png
    SimilarityMatrix matrix;
    QStringList names, captions;
    ColourMap colours = ColourMap::Viridis;
    double low = 0, high = 1;  ///< of the colours
};

/// Any thread. Throws Error, for another ending too.
void writeMatrix(const MatrixExport& job);

}  // namespace diagonal
