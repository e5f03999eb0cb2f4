// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

namespace diagonal {

struct LibraryVersion {
    QString name, version, licence;
};

/// What Diagonal is built on, for the About dialog.
QList<LibraryVersion> libraryVersions();

}  // namespace diagonal
