// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace diagonal {

/// Numbers as the style guide writes them.
QString formatNumber(double value, int decimals);           ///< "0.50", "−0.50", with the locale's signs
QString formatShare(const QString& number);                 ///< "96%" of "96", as the language writes it
QString formatCount(qint64 value);                          ///< "8,091", with the locale's separators
QString formatCosine(double value);                         ///< "0.286"; loss likewise; "–" when it is not finite
QString formatTemperature(double value);                    ///< "0.0187"
QString formatPercent(double probability);                  ///< "96.1%", "0.05%", "< 0.01%", "> 99.9%"
QString formatShortPercent(double probability);             ///< "96%", "> 99%", "< 1%"
QString formatRate(double perSecond, const QString& unit);  ///< "31 images/s"
QString formatTimeLeft(double seconds);                     ///< "1 s", "9:52", "2 h 10 min"
QString formatBytes(qint64 bytes);                          ///< "7.9 MB"
/// A number as a person types it: in the locale's way, else with a point, with a hyphen or a real minus. "1,000" is a
/// thousand where the comma groups digits, and nothing at all (valid: false) where groups and fractions could be mixed
/// up.
double readNumber(const QString& text, bool* valid);
/// A name as it stands within a sentence, where the language writes it in small letters there.
QString formatWithin(const QString& name);
/// Whole sentences behind each other.
QString inOneLine(const QStringList& sentences);
/// A path with "~" for the home folder, to be edited.
QString shortPath(const QString& path);
/// The same for people to read, alone or within a sentence.
QString formatPath(const QString& path);

}  // namespace diagonal
