// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFile>

/// All bytes of a file, none where it cannot be read.
inline QByteArray bytesIn(const QString& file) {
    QFile opened(file);
    return opened.open(QIODevice::ReadOnly) ? opened.readAll() : QByteArray();
}
