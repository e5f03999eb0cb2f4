// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pictures/picture_sources.h"

#include <unistd.h>

#include <QDir>
#include <QMimeData>
#include <QRegularExpression>
#include <QTextDocumentFragment>
#include <QUrl>
#include <filesystem>

#include "engine/base/error.h"
#include "engine/image/list_file.h"
#include "ui/base/paths.h"
#include "ui/pictures/drop_frame.h"

namespace diagonal {

namespace {

constexpr uintmax_t kMostListBytes = 64 << 20;

bool isFile(const QString& path) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(toPath(path), ignored);
}

QImage fromDataUrl(const QString& url) {
    const qsizetype comma = url.indexOf(',');
    if (comma < 0) return {};
    const QByteArray content = url.mid(comma + 1).toUtf8();
    const bool base64 = url.left(comma).endsWith(QLatin1String(";base64"), Qt::CaseInsensitive);
    const QByteArray bytes = QByteArray::fromPercentEncoding(content);
    return QImage::fromData(base64 ? QByteArray::fromBase64(bytes) : bytes);
}

/// False: no URL that says anything about a picture.
bool takeUrl(const QString& url, PictureSources& sources) {
    if (url.startsWith(QLatin1String("data:image/"), Qt::CaseInsensitive)) {
        sources.image = fromDataUrl(url);
    } else if (url.startsWith(QLatin1String("http://"), Qt::CaseInsensitive) ||
               url.startsWith(QLatin1String("https://"), Qt::CaseInsensitive)) {
        sources.link = url;
    }
    return !sources.isEmpty();
}

/// The first <img src="…"> of what a browser gives beside the link.
QString sourceInHtml(const QString& html) {
    static const QRegularExpression kImage(QStringLiteral("<img\\b[^>]*?\\bsrc\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)')"),
                                           QRegularExpression::CaseInsensitiveOption);
    const QRegularExpressionMatch match = kImage.match(html);
    const QString raw = match.captured(1) + match.captured(2);
    return raw.contains('&') ? QTextDocumentFragment::fromHtml(raw).toPlainText() : raw;
}

// Of any other text each line would become a picture that is missing.
QStringList readList(const QString& path, std::vector<ListFailure>& failures) {
    const auto fail = [&](const QString& reason) {
        failures.push_back({path, reason});
        return QStringList();
    };
    std::error_code ignored;
    const std::filesystem::path file = std::filesystem::absolute(toPath(path), ignored);
    if (const auto bytes = std::filesystem::file_size(file, ignored); !ignored && bytes > kMostListBytes)
        return fail(DropFrame::tr("too large for a list of pictures"));
    QStringList found;
    try {
        for (const auto& target : readPathList(file).paths) {
            const QString name = QDir::cleanPath(fromPath(target));
            if (std::filesystem::exists(toPath(name), ignored))
                found << name;
            else
                failures.push_back(
                    {name, DropFrame::tr("there is no such file (named in %1)").arg(nameInSentence(path))});
        }
    } catch (const Error&) {
        const bool canBeRead = ::access(file.c_str(), R_OK) == 0;
        return fail(canBeRead ? DropFrame::tr("there are no names of pictures in it")
                              : DropFrame::tr("the list cannot be read"));
    }
    return found;
}

}  // namespace

PictureSources pictureSources(const QMimeData* data) {
    PictureSources sources;
    if (data == nullptr) return sources;
    const QList<QUrl> urls = data->urls();
    for (const QUrl& url : urls)
        if (url.isLocalFile()) sources.paths.append(fromUrl(url));
    if (!sources.paths.isEmpty()) return sources;
    if (data->hasImage()) {
        sources.image = qvariant_cast<QImage>(data->imageData());
        if (!sources.image.isNull()) return sources;
    }
    for (const QString& format : data->formats()) {
        if (!format.startsWith(QLatin1String("image/"))) continue;
        sources.image = QImage::fromData(data->data(format));
        if (!sources.image.isNull()) return sources;
    }
    // The picture's own address before that of the page it links to.
    if (data->hasHtml() && takeUrl(sourceInHtml(data->html()), sources)) return sources;
    for (const QUrl& url : urls)
        if (takeUrl(QString::fromUtf8(url.toEncoded()), sources)) return sources;
    if (data->hasText()) takeUrl(data->text().trimmed(), sources);
    return sources;
}

QString leftBehindNote(size_t count, const std::vector<std::string>& names) {
    if (count == 0) return {};
    QStringList some;
    for (const std::string& name : names)
        some << QString::fromStdString(name);
    return DropFrame::tr(
               "%Ln hidden folder(s) or picture(s), or of an indexer, a bin or a system, left out (%1). Drop "
               "such a folder itself to take it",
               nullptr, static_cast<int>(count))
        .arg(some.join(QStringLiteral(", ")));
}

QStringList expandPathLists(const QStringList& paths, std::vector<ListFailure>& failures) {
    QStringList all;
    for (const QString& path : paths)
        all += isPathList(toPath(path)) && isFile(path) ? readList(path, failures) : QStringList(path);
    return all;
}

}  // namespace diagonal
