// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/versions.h"

#include <curl/curlver.h>
#include <sqlite3.h>
#include <torch/version.h>
#include <unicode/uvernum.h>

#include <opencv2/core/version.hpp>

#include "ui/widgets/plot_impl.h"  // takes QCustomPlot's header in

namespace diagonal {

QList<LibraryVersion> libraryVersions() {
    return {
        {QStringLiteral("LibTorch"), QStringLiteral(TORCH_VERSION), QStringLiteral("BSD-3-Clause")},
        {QStringLiteral("Qt"), QString::fromLatin1(qVersion()), QStringLiteral("LGPL-3.0")},
        {QStringLiteral("OpenCV"), QStringLiteral(CV_VERSION), QStringLiteral("Apache-2.0")},
        {QStringLiteral("QCustomPlot"), QStringLiteral(QCUSTOMPLOT_VERSION_STR), QStringLiteral("GPL-3.0")},
        {QStringLiteral("SentencePiece"), QStringLiteral(SENTENCEPIECE_VERSION), QStringLiteral("Apache-2.0")},
        {QStringLiteral("ICU"), QStringLiteral(U_ICU_VERSION), QStringLiteral("Unicode-3.0")},
        {QStringLiteral("SQLite"), QStringLiteral(SQLITE_VERSION), QStringLiteral("public domain")},
        {QStringLiteral("libcurl"), QStringLiteral(LIBCURL_VERSION), QStringLiteral("curl")},
    };
}

}  // namespace diagonal
