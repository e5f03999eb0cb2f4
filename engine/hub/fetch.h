// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/hub/catalogue.h"

namespace diagonal {

/// Downloads a model into Diagonal's cache and returns its file or folder; see getModel.
std::filesystem::path fetchModel(const CatalogueModel& model, const JobContext& job);

}  // namespace diagonal
