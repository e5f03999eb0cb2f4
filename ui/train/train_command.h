// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "training/run/options.h"

namespace diagonal {

/// The `diagonal-cli train` line that starts the same run: what differs from the defaults, quoted for a shell.
QString trainCommand(const TrainOptions& options);

}  // namespace diagonal
