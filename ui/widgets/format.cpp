// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/format.h"

#include <QCoreApplication>
#include <QDir>
#include <QLocale>
#include <cmath>

namespace diagonal {

namespace {

QString translated(const char* text) {
    return QCoreApplication::translate("diagonal::format", text);
}

QString fixed(double value, int decimals) {
    return std::isfinite(value) ? QLocale().toString(value, 'f', decimals) : QStringLiteral("–");
}

}  // namespace

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
    if (probability < 0.0001) return QStringLiteral("< %1%").arg(fixed(0.01, 2));
    if (probability > 0.999) return QStringLiteral("> %1%").arg(fixed(99.9, 1));
    return QStringLiteral("%1%").arg(fixed(100 * probability, probability < 0.01 ? 2 : 1));
}

QString formatShortPercent(double probability) {
    if (!std::isfinite(probability)) return QStringLiteral("–");
    if (probability < 0.01) return QStringLiteral("< 1%");
    if (probability > 0.99) return QStringLiteral("> 99%");
    return QStringLiteral("%1%").arg(std::lround(100 * probability));
}

QString formatRate(double perSecond, const QString& unit) {
    return QStringLiteral("%1 %2").arg(QLocale().toString(perSecond, 'f', perSecond < 10 ? 1 : 0), unit);
}

QString formatTimeLeft(double seconds) {
    const qint64 whole = std::max<qint64>(1, std::llround(seconds));
    if (whole < 60) return translated(QT_TRANSLATE_NOOP("diagonal::format", "%1 s")).arg(whole);
    if (whole < 3600) return QStringLiteral("%1:%2").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0'));
    return translated(QT_TRANSLATE_NOOP("diagonal::format", "%1 h %2 min")).arg(whole / 3600).arg(whole / 60 % 60);
}

QString formatBytes(qint64 bytes) {
    return QLocale().formattedDataSize(bytes, 1, QLocale::DataSizeSIFormat);
}

QString formatPath(const QString& path) {
    const QString home = QDir::homePath();
    if (path == home || path.startsWith(home + QLatin1Char('/'))) return QLatin1Char('~') + path.mid(home.size());
    return path;
}

}  // namespace diagonal
