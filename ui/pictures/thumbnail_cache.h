// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCache>
#include <QImage>
#include <QObject>
#include <QPixmap>
#include <QSet>
#include <QSize>
#include <functional>

#include "ui/pictures/thumbnail_store.h"

namespace diagonal {

/// A picture file, decoded for showing, and what its header says.
struct ShownPicture {
    QImage image;     ///< upright; null: `problem` says why
    QSize size;       ///< of the file, upright; empty where the header cannot be read
    QString format;   ///< "JPEG"
    QString problem;  ///< a sentence part: "the file is empty"
};

/// At most `size` on the longer side (0: as it is), or cropped square. Any thread. Only regular files are opened. A
/// huge picture is shown smaller than it is, and not at all where that is not allowed. hasRead: called when only
/// decoding is left.
ShownPicture readPicture(const QString& path, int size, bool square, const std::function<void()>& hasRead = {});

/// Pictures of files, decoded on FileThreads and kept up to a bound of memory (192 MiB of pixels,
/// 10,000 reasons why not), however many there are. UI thread only.
class ThumbnailCache : public QObject {
    Q_OBJECT

  public:
    /// One cache for the whole program.
    static ThumbnailCache& instance();

    explicit ThumbnailCache(QObject* parent = nullptr);

    /// Keeps thumbnails in this folder too, and drops the longest unused there (in the background). Off at first.
    void keepOnDisk(const QString& folder);

    /// The picture so that it covers size x size device pixels (centre-cropped square when `square`, else fitted
    /// inside), upright as EXIF says. A null pixmap means: not yet; ready(path) tells when to ask again.
    QPixmap pixmap(const QString& path, int size, bool square = true);
    /// Why there is no picture; empty when there is or may be one.
    QString error(const QString& path) const;
    void clear();

  Q_SIGNALS:
    void ready(const QString& path);

  private:
    void store(const QString& key, const QString& path, const ShownPicture& picture);

    QCache<QString, QPixmap> m_pixmaps;
    QCache<QString, QString> m_errors;
    ThumbnailStore m_store;
    QSet<QString> m_pending;
};

}  // namespace diagonal
