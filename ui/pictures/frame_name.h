// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace diagonal {

/// Frames of videos stand among pictures under a name of their own, which is no absolute path: "frame:1500:/a/b.mp4" is
/// what /a/b.mp4 shows after 1.5 seconds. Thumbnails and PictureView read it; the name of the file is still the last
/// part.
QString frameName(const QString& video, qint64 milliseconds);

struct FrameName {
    QString file;              ///< of a picture itself
    qint64 milliseconds = -1;  ///< -1: it is a picture
    bool isFrame() const { return milliseconds >= 0; }
};
FrameName frameOf(const QString& name);

}  // namespace diagonal
