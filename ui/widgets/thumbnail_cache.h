// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCache>
#include <QImage>
#include <QObject>
#include <QPixmap>
#include <QSet>
#include <QThreadPool>

#include "ui/widgets/thumbnail_store.h"

namespace diagonal {

/// Pictures of files, decoded on threads of its own and kept up to a bound of memory (192 MiB of pixels,
/// 10,000 reasons why not), however many there are. UI thread only.
class ThumbnailCache : public QObject {
    Q_OBJECT

  public:
    /// One cache for the whole program.
    static ThumbnailCache& instance();

    explicit ThumbnailCache(QObject* parent = nullptr);
    ~ThumbnailCache() override;

    /// Keeps thumbnails in this folder too, and drops the longest unused there (in the background). Off at first.
    void keepOnDisk(const QString& folder);

    /// The picture so that it covers size x size device pixels (centre-cropped square when `square`, else fitted
    /// inside), upright as EXIF says. A null pixmap means: not yet; ready(path) tells when to ask again.
    QPixmap pixmap(const QString& path, int size, bool square = true);
    /// Why there is no picture; empty when there is or may be one.
    QString error(const QString& path) const;
    /// Pictures that were asked for and are no longer of use (scrolled past).
    void cancelPending();
    void clear();

  Q_SIGNALS:
    void ready(const QString& path);

  private:
    void store(const QString& key, const QString& path, const QImage& image, const QString& error);

    QCache<QString, QPixmap> m_pixmaps;
    QCache<QString, QString> m_errors;
    ThumbnailStore m_store;
    QSet<QString> m_pending;
    QThreadPool m_pool;
    quint64 m_generation = 0;
};

/// Decodes a file for showing: upright, at most `size` on the longer side (0: as it is), or cropped square. Any thread.
/// Huge pictures are refused with a reason.
QImage readPicture(const QString& path, int size, bool square, QString* error = nullptr);

}  // namespace diagonal
