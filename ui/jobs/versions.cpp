// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/versions.h"

#include <torch/version.h>

namespace diagonal {

QList<LibraryVersion> libraryVersions() {
    return {
        {QStringLiteral("LibTorch"), QStringLiteral(TORCH_VERSION), QStringLiteral("BSD-3-Clause")},
        {QStringLiteral("Qt"), QString::fromLatin1(qVersion()), QStringLiteral("LGPL-3.0")},
        {QStringLiteral("OpenCV"), QStringLiteral("4"), QStringLiteral("Apache-2.0")},
        {QStringLiteral("QCustomPlot"), QStringLiteral("2.1"), QStringLiteral("GPL-3.0")},
        {QStringLiteral("SentencePiece"), QStringLiteral("0.1"), QStringLiteral("Apache-2.0")},
    };
}

}  // namespace diagonal
