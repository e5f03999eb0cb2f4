// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/paths.h"

#include <QByteArray>
#include <QUrl>
#include <algorithm>

#include "engine/base/encoding.h"
#include "engine/base/file.h"

namespace diagonal {

namespace {

constexpr char16_t kFirstByte = 0xDC80, kLastByte = 0xDCFF, kByteBase = 0xDC00;

bool isByte(const QString& name, qsizetype at) {
    const char16_t unit = name[at].unicode();
    return unit >= kFirstByte && unit <= kLastByte && (at == 0 || !name[at - 1].isHighSurrogate());
}

/// Marks, embeddings, overrides and isolates.
bool turnsDirection(QChar c) {
    const char16_t unit = c.unicode();
    return unit == 0x061C || unit == 0x200E || unit == 0x200F || (unit >= 0x202A && unit <= 0x202E) ||
           (unit >= 0x2066 && unit <= 0x2069);
}

QString withoutTurns(const QString& text) {
    if (std::ranges::none_of(text, turnsDirection)) return text;
    QString shown;
    for (const QChar c : text)
        shown += turnsDirection(c) ? QStringLiteral("\\u%1").arg(c.unicode(), 4, 16, QLatin1Char('0')) : QString(c);
    return shown;
}

QString isolated(const QString& text) {
    const bool isLeftwards = std::ranges::any_of(text, [](QChar c) {
        const QChar::Direction direction = c.direction();
        return direction == QChar::DirR || direction == QChar::DirAL || direction == QChar::DirAN;
    });
    return isLeftwards ? QChar(0x2068) + text + QChar(0x2069) : text;
}

}  // namespace

std::filesystem::path toPath(const QString& name) {
    std::string bytes;
    qsizetype from = 0;
    for (qsizetype at = 0; at <= name.size(); ++at) {
        if (at < name.size() && !isByte(name, at)) continue;
        bytes += QStringView(name).mid(from, at - from).toUtf8().toStdString();
        if (at < name.size()) bytes += static_cast<char>(name[at].unicode() - kByteBase);
        from = at + 1;
    }
    return bytes;
}

QString fromPath(const std::filesystem::path& path) {
    QString name;
    for (std::string_view rest = path.native(); !rest.empty();) {
        const size_t length = utf8Length(rest);
        name += QString::fromUtf8(rest.data(), static_cast<qsizetype>(length));
        rest.remove_prefix(length);
        if (rest.empty()) break;
        name += QChar(static_cast<char16_t>(kByteBase + static_cast<unsigned char>(rest.front())));
        rest.remove_prefix(1);
    }
    return name;
}

QString fromUrl(const QUrl& url) {
    return fromPath(QByteArray::fromPercentEncoding(url.path(QUrl::FullyEncoded).toLatin1()).toStdString());
}

QUrl toUrl(const QString& path) {
    return QUrl::fromEncoded("file://" + QByteArray::fromStdString(toPath(path).native()).toPercentEncoding("/"));
}

QString shownPath(const QString& path) {
    return withoutTurns(QString::fromStdString(displayName(toPath(path))));
}

QString shownName(const QString& path) {
    const QString name = path.mid(path.lastIndexOf(QLatin1Char('/')) + 1);
    return shownPath(name.isEmpty() ? path : name);
}

QString inSentence(const QString& shown) {
    return isolated(withoutTurns(shown));
}

QString nameInSentence(const QString& path) {
    return inSentence(shownName(path));
}

}  // namespace diagonal
