// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "engine/image/image.h"
#include "training/run/observer.h"

namespace diagonal {

/// The probe matrix of one evaluation as float32 NPY, [probe, probe]. Throws Error.
void writeProbe(const std::filesystem::path& file, const ValidationMetrics& metrics);

/// Fills probe and probeMatrix; leaves them empty when the file is missing or is no such matrix.
void readProbe(const std::filesystem::path& file, ValidationMetrics& metrics);

/// The probe matrix in viridis, one range of cosines for all steps. Empty where there is none.
Image probePicture(const ValidationMetrics& metrics);

}  // namespace diagonal
