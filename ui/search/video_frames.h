// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

#include "engine/index/search.h"

namespace diagonal {

/// A video of the library as its page shows it: its frames in order of time, and what the query makes of them.
struct VideoFrames {
    int file = -1;  ///< index into Snapshot::files
    QString path;
    int width = 0, height = 0;
    qint64 duration = 0;             ///< ms
    std::vector<CurvePoint> points;  ///< whole frames; without a query their scores are no numbers
    std::vector<Moment> moments;     ///< above the line, in order of time
    std::vector<qint64> cuts;        ///< ms; not where a long shot was divided (cutsOf)
    std::vector<CurvePoint> below;   ///< peaks that stay below it, in order of time
    double line = 0;                 ///< relevance
    bool hasQuery = false;

    /// The frame that stands for a time; -1: there is none.
    int frameAt(qint64 time) const;
    int bestMoment() const;  ///< -1: there is none
    /// Of the best moment, else of the best frame, else of the first.
    qint64 bestTime() const;
};

/// Where one shot ends and the next begins. A piece as long as those into which long shots are divided counts as
/// divided from what follows.
std::vector<qint64> cutsOf(const std::vector<CurvePoint>& points);

/// Index into Snapshot::files; -1: it is not there. likely: where it is looked for first.
int fileAt(const Snapshot& snapshot, const QString& path, int likely = -1);

/// Reads it from the library; query: empty for none. Takes a pass over the library's rows. Any thread.
VideoFrames readVideoFrames(const Snapshot& snapshot, int file);
/// With the curve of a query, and moments as the search found them (empty: none was above the line).
VideoFrames readVideoFrames(const Searcher& searcher, int file, std::span<const QueryTerm> query,
                            const std::vector<Moment>& moments, double line);

}  // namespace diagonal
