// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace diagonal {

/// "+6.5 σ", "−0.4 σ": how far above the background of a library.
QString formatSigma(double relevance);
/// The number alone, with its sign.
QString formatSigned(double value, int decimals = 1);
/// "4:12", "1:04:12" of milliseconds; with tenths "1:58.0".
QString formatTime(qint64 milliseconds, bool tenths = false);
/// "4 June 2019", as the language writes it; empty for 0. Seconds as LibraryFile::date has them.
QString formatDate(qint64 seconds);

}  // namespace diagonal
