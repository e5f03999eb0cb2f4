// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace diagonal {

/// Numbers as the style guide writes them.
QString formatCount(qint64 value);                          ///< "8,091", with the locale's separators
QString formatCosine(double value);                         ///< "0.286"; loss likewise; "–" when it is not finite
QString formatTemperature(double value);                    ///< "0.0187"
QString formatPercent(double probability);                  ///< "96.1%", "0.05%", "< 0.01%", "> 99.9%"
QString formatShortPercent(double probability);             ///< "96%", "> 99%", "< 1%"
QString formatRate(double perSecond, const QString& unit);  ///< "31 images/s"
QString formatTimeLeft(double seconds);                     ///< "1 s", "9:52", "2 h 10 min"
QString formatBytes(qint64 bytes);                          ///< "7.9 MB"
/// Path for people: the home folder as "~".
QString formatPath(const QString& path);

}  // namespace diagonal
