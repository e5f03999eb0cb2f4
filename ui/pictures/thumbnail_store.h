// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QString>

namespace diagonal {

/// Thumbnails on the disk, so that a folder seen before shows at once: one small file each, private to the person. A
/// file that changed has another name here. Nothing of this fails: what cannot be read or written is as if it were not
/// there. Any thread.
class ThumbnailStore {
  public:
    static constexpr qint64 kMostBytes = qint64{512} << 20;

    /// Empty folder: keeps nothing.
    explicit ThumbnailStore(QString folder = {}) : m_folder(std::move(folder)) {}

    /// Name of the thumbnail of a picture as it is now; empty: there is no such file, or nothing is kept of it.
    QString fileFor(const QString& picture, int size, bool square) const;
    /// A null image: none, or damaged. Marks it as used.
    QImage load(const QString& file) const;
    void save(const QString& file, const QImage& image) const;

    /// Removes the longest unused until what is left takes at most so many bytes.
    void prune(qint64 mostBytes = kMostBytes) const;

  private:
    QString m_folder;
};

}  // namespace diagonal
