// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/format.h"

#include <QCoreApplication>
#include <QDir>
#include <QLocale>
#include <QRegularExpression>
#include <cmath>

#include "ui/base/paths.h"

namespace diagonal {

namespace {

struct FormatWords {
    Q_DECLARE_TR_FUNCTIONS(diagonal::format)
};

QString fixed(double value, int decimals) {
    return std::isfinite(value) ? formatNumber(value, decimals) : QStringLiteral("–");
}

}  // namespace

QString formatNumber(double value, int decimals) {
    // A real minus is as wide as a digit; most locales have a hyphen.
    return QLocale().toString(value, 'f', decimals).replace(QLatin1Char('-'), QChar(0x2212));
}

QString formatShare(const QString& number) {
    return FormatWords::tr("%1%").arg(number);
}

QString formatCount(qint64 value) {
    return QLocale().toString(value);
}

QString formatCosine(double value) {
    return fixed(value, 3);
}

QString formatTemperature(double value) {
    return fixed(value, 4);
}

QString formatPercent(double probability) {
    if (!std::isfinite(probability)) return QStringLiteral("–");
    if (probability < 0.0001) return QStringLiteral("< ") + formatShare(fixed(0.01, 2));
    if (probability > 0.999) return QStringLiteral("> ") + formatShare(fixed(99.9, 1));
    return formatShare(fixed(100 * probability, probability < 0.01 ? 2 : 1));
}

QString formatShortPercent(double probability) {
    if (!std::isfinite(probability)) return QStringLiteral("–");
    if (probability < 0.01) return QStringLiteral("< ") + formatShare(fixed(1, 0));
    if (probability > 0.99) return QStringLiteral("> ") + formatShare(fixed(99, 0));
    return formatShare(fixed(100 * probability, 0));
}

QString formatRate(double perSecond, const QString& unit) {
    return QStringLiteral("%1 %2").arg(formatNumber(perSecond, perSecond < 10 ? 1 : 0), unit);
}

QString formatTimeLeft(double seconds) {
    const qint64 whole = std::max<qint64>(1, std::llround(seconds));
    if (whole < 60) return FormatWords::tr("%1 s").arg(whole);
    if (whole < 3600) return QStringLiteral("%1:%2").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0'));
    return FormatWords::tr("%1 h %2 min").arg(whole / 3600).arg(whole / 60 % 60);
}

QString formatBytes(qint64 bytes) {
    return QLocale().formattedDataSize(bytes, 1, QLocale::DataSizeSIFormat);
}

double readNumber(const QString& text, bool* valid) {
    QString plain = text.trimmed().replace(QChar(0x2212), QLatin1Char('-'));
    bool isLocal = false;
    const double local = QLocale().toDouble(plain, &isLocal);
    bool isPlain = false;
    const double withPoint = plain.toDouble(&isPlain);
    // "0.001" has no group of digits, whatever the point is elsewhere; "1.000" could be either.
    static const QRegularExpression leadingZero(QStringLiteral("^-?0[.,]"));
    const bool isFraction = leadingZero.match(plain).hasMatch();
    *valid = true;
    if (isPlain && (isFraction || !isLocal || local == withPoint)) return withPoint;
    if (isLocal && !isPlain && !(isFraction && std::abs(local) >= 1)) return local;
    if (!isPlain && plain.count(QLatin1Char(',')) == 1 && (isFraction || !isLocal))
        return plain.replace(QLatin1Char(','), QLatin1Char('.')).toDouble(valid);
    *valid = false;
    return 0;
}

QString formatWithin(const QString& name) {
    //: "lower" where a name of the window ("Data") becomes "data" within a sentence; else "same", as in German.
    return FormatWords::tr("lower") == QLatin1String("lower") ? name.toLower() : name;
}

QString inOneLine(const QStringList& sentences) {
    QString line = sentences.value(0);
    for (const QString& sentence : sentences.mid(1))
        line = FormatWords::tr("%1 %2").arg(line, sentence);
    return line;
}

QString shortPath(const QString& path) {
    const QString home = QDir::homePath();
    if (path == home || path.startsWith(home + QLatin1Char('/'))) return QLatin1Char('~') + path.mid(home.size());
    return path;
}

QString formatPath(const QString& path) {
    return inSentence(shownPath(shortPath(path)));
}

}  // namespace diagonal
