// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/checkpoint/model_info.h"

class QWidget;

namespace diagonal {

void showModelDetails(QWidget* parent, const ModelInfo& model);
void showShortcuts(QWidget* parent);
/// Versions and licences.
void showAbout(QWidget* parent);

}  // namespace diagonal
