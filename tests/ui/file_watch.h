// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace diagonal {

/// Hears what the thread that made it asks of the file system: every sync of a disk, and every look at, or opening of,
/// what lies below a folder. The program's own functions stand before the C library's, so that Qt and the standard
/// library are heard too. One at a time.
class FileWatch {
  public:
    /// folder: foreign; empty: only syncs are heard.
    explicit FileWatch(const QString& folder = {});
    ~FileWatch();
    FileWatch(const FileWatch&) = delete;
    FileWatch& operator=(const FileWatch&) = delete;

    /// "stat /foreign/a.png", "fdatasync"
    QStringList calls() const;
};

}  // namespace diagonal
