// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/search_texts.h"

#include <QDateTime>
#include <QLocale>
#include <QRegularExpression>
#include <QTimeZone>
#include <cmath>

#include "ui/widgets/format.h"

namespace diagonal {

QString formatSigned(double value, int decimals) {
    if (!std::isfinite(value)) return QStringLiteral("–");
    const QString number = formatNumber(value, decimals);
    return value >= 0 ? QLatin1Char('+') + number : number;
}

QString formatSigma(double relevance) {
    return formatSigned(relevance) + QStringLiteral(" σ");
}

QString formatTime(qint64 milliseconds, bool tenths) {
    const qint64 all = std::max<qint64>(0, milliseconds), seconds = all / 1000;
    const auto two = [](qint64 value) { return QStringLiteral("%1").arg(value, 2, 10, QLatin1Char('0')); };
    QString text = seconds < 3600
                       ? QStringLiteral("%1:%2").arg(seconds / 60).arg(two(seconds % 60))
                       : QStringLiteral("%1:%2:%3").arg(seconds / 3600).arg(two(seconds / 60 % 60), two(seconds % 60));
    if (tenths) text += QLocale().decimalPoint() + QString::number(all % 1000 / 100);
    return text;
}

QString formatDate(qint64 seconds) {
    if (seconds == 0) return {};
    // The long form of the language without the day of the week.
    static const QRegularExpression kWeekday(QStringLiteral(",?\\s*dddd,?\\s*"));
    const QString format = QLocale().dateFormat(QLocale::LongFormat).remove(kWeekday).trimmed();
    return QLocale().toString(QDateTime::fromSecsSinceEpoch(seconds, QTimeZone::utc()).date(), format);
}

}  // namespace diagonal
