// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/picture_sources.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QMimeData>
#include <QRegularExpression>
#include <QTextDocumentFragment>
#include <QUrl>
#include <filesystem>

#include "engine/image/image_files.h"
#include "ui/widgets/drop_frame.h"

namespace diagonal {

namespace {

constexpr qint64 kMostListBytes = 64 << 20;

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
QStringList readPathList(const QString& path, std::vector<ListFailure>& failures) {
    QFile file(path);
    const auto fail = [&](const QString& reason) {
        failures.push_back({path, reason});
        return QStringList();
    };
    if (file.size() > kMostListBytes) return fail(DropFrame::tr("too large for a list of pictures"));
    if (!file.open(QIODevice::ReadOnly)) return fail(DropFrame::tr("the list cannot be read"));
    const QDir folder = QFileInfo(path).absoluteDir();
    const QByteArray content = file.readAll();
    QStringList found;
    std::vector<ListFailure> missing;
    bool isList = false;
    for (QByteArray line : content.split('\n')) {
        if (line.startsWith("\xEF\xBB\xBF")) line.remove(0, 3);
        if (line.endsWith('\r')) line.chop(1);
        if (line.trimmed().isEmpty() || line.startsWith('#') || line.contains('\0')) continue;
        const QString target = QDir::cleanPath(folder.absoluteFilePath(QFile::decodeName(line)));
        const bool exists = QFileInfo::exists(target);
        isList = isList || exists || hasImageExtension(line.toStdString());
        if (exists)
            found << target;
        else
            missing.push_back(
                {target, DropFrame::tr("there is no such file (named in %1)").arg(QFileInfo(path).fileName())});
    }
    if (!isList) return fail(DropFrame::tr("there are no names of pictures in it"));
    failures.insert(failures.end(), missing.begin(), missing.end());
    return found;
}

}  // namespace

PictureSources pictureSources(const QMimeData* data) {
    PictureSources sources;
    if (data == nullptr) return sources;
    const QList<QUrl> urls = data->urls();
    for (const QUrl& url : urls)
        if (url.isLocalFile()) sources.paths.append(url.toLocalFile());
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

bool isPathList(const QString& path) {
    return path.endsWith(QLatin1String(".txt"), Qt::CaseInsensitive) ||
           path.endsWith(QLatin1String(".lst"), Qt::CaseInsensitive);
}

QStringList expandPathLists(const QStringList& paths, std::vector<ListFailure>& failures) {
    QStringList all;
    for (const QString& path : paths)
        all += isPathList(path) && QFileInfo(path).isFile() ? readPathList(path, failures) : QStringList(path);
    return all;
}

}  // namespace diagonal
