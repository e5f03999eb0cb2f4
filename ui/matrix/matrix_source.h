// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <optional>

#include "engine/base/job.h"

namespace diagonal {

/// Images and captions that a matrix is made of.
struct MatrixItems {
    QString title;  ///< "Flickr8k test"
    QStringList files, captions;
    bool paired = false;     ///< caption i belongs to image i
    qint64 available = 0;    ///< pairs of the source, of which these are the first
    QStringList unreadable;  ///< "name: reason"
};

/// The first pairs of a data set, of its test split where it has one; each image with its first caption. Any thread.
/// Throws Error.
MatrixItems readPairs(const QString& path, int limit, const JobContext& job);

/// Some scenes with a caption each, drawn into PNG files of the folder. Any thread. Throws Error.
MatrixItems drawSampleScenes(const QString& folder, int count, const JobContext& job);

/// The pairs of what was dropped, where it is one data set of a kind that can be read; else it is images. Any thread.
/// Throws Error.
std::optional<MatrixItems> readDropped(const QStringList& paths, int limit, const JobContext& job);

}  // namespace diagonal
