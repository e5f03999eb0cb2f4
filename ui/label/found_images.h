// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <mutex>
#include <utility>
#include <vector>

#include "engine/base/job.h"
#include "engine/image/image_files.h"

namespace diagonal {

/// What a walk through folders has found, on its way from the thread that walks to the one that shows it. Any thread.
class FoundImages {
  public:
    using Failures = std::vector<std::pair<QString, QString>>;  ///< path and reason

    /// Walks files, folders and lists of files until done or stopped; throws Cancelled then.
    void list(const QStringList& paths, const JobContext& context);
    /// What has come since the last call.
    std::pair<QStringList, Failures> take();
    /// Nothing has come at all.
    bool isEmpty() const;
    /// What the walk left out so far, to be told; empty where that is nothing.
    QString leftBehind() const;

  private:
    mutable std::mutex m_mutex;
    QStringList m_files;
    Failures m_failures;
    ImageFiles m_left;  ///< of which only what was left out is kept
    bool m_empty = true;
};

}  // namespace diagonal
