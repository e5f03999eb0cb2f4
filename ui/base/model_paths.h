// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace diagonal {

/// Whether a path looks like a model by its name and what lies in it: a folder with a configuration, a file with
/// weights. Runs are not: the Train pane takes them.
bool isModelPath(const QString& path);

/// Whether a folder is a run of training.
bool isRunPath(const QString& folder);

/// What people call the model at a path: the name of the file or folder, of RUN/model the run's, in
/// Hugging Face's cache the repository's.
QString modelTitle(const QString& path);

}  // namespace diagonal
