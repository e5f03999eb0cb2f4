// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QStringList>
#include <string>
#include <vector>

class QMimeData;

namespace diagonal {

/// What a drag or the clipboard carries that pictures can be made of. At most one of the three is set: files before
/// the picture itself, and that before a mere link.
struct PictureSources {
    QStringList paths;  ///< local files and folders
    QImage image;       ///< a picture without a file; also from a data: URL
    QString link;       ///< http(s): only where the picture lies. Nothing is fetched

    bool isEmpty() const { return paths.isEmpty() && image.isNull() && link.isEmpty(); }
};
PictureSources pictureSources(const QMimeData* data);

/// Pictures without a file live in a temporary folder whose name begins so.
inline const QString kPastedFolder = QStringLiteral("diagonal-pasted-");
inline bool isPasted(const QString& path) {
    return path.contains('/' + kPastedFolder);
}

/// What a walk through folders left out (ImageFiles::leftBehind), to be told; empty where that is nothing.
QString leftBehindNote(size_t count, const std::vector<std::string>& names);

/// A line of a list of pictures that is of no use.
struct ListFailure {
    QString path, reason;
};

/// Paths in lists of pictures are taken relative to the list file; "#" begins a comment. Everything that is no list
/// stays. What a list names and is not there, and a list that cannot be read, is a failure. Any thread.
QStringList expandPathLists(const QStringList& paths, std::vector<ListFailure>& failures);

}  // namespace diagonal
