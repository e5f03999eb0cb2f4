// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QCoreApplication;

namespace diagonal {

/// Qt's and our texts in a language ("zh_CN"; empty: the system's); numbers follow it. English needs no file.
void installTranslations(QCoreApplication& application, const QString& language = {});

}  // namespace diagonal
