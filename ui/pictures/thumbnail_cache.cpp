// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pictures/thumbnail_cache.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QImageReader>
#include <QPointer>
#include <QTransform>
#include <filesystem>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/image.h"
#include "engine/image/reduced.h"
#include "engine/image/turn.h"
#include "engine/inference/relevance.h"
#include "engine/video/key_frames.h"
#include "ui/base/engine_texts.h"
#include "ui/base/paths.h"
#include "ui/pictures/file_threads.h"
#include "ui/pictures/frame_name.h"

namespace diagonal {

namespace {

constexpr qint64 kMostPixels = 60'000'000;  // that Qt decodes, in full: a quarter of a gigabyte
constexpr int kCacheKibibytes = 192 * 1024;
constexpr int kMostErrors = 10'000;

QImage turned(const QImage& image, const Turn& turn) {
    if (turn.isNone()) return image;
    const QImage transposed = turn.transposed ? image.transformed(QTransform(0, 1, 1, 0, 0, 0)) : image;
    return transposed.mirrored(turn.mirroredX, turn.mirroredY);
}

/// Qt decodes quickest; null where it cannot (CMYK and 16-bit TIFF, WebP without its plug-in).
QImage decodeWithQt(const QByteArray& bytes, int size, const Turn& turn) {
    QBuffer buffer;
    buffer.setData(bytes);
    QImageReader reader(&buffer);
    reader.setAutoTransform(true);
    reader.setDecideFormatFromContent(true);
    if (const QSize whole = reader.size(); whole.isValid() && size > 0) {
        // The JPEG reader decodes straight to a smaller size; twice the target keeps the final scaling smooth.
        const QSize target = whole.scaled(2 * size, 2 * size, Qt::KeepAspectRatioByExpanding);
        if (target.width() < whole.width()) reader.setScaledSize(target);
    }
    const bool isTurned = reader.supportsOption(QImageIOHandler::ImageTransformation);
    const QByteArray format = reader.format();
    const QImage image = reader.read();
    return !isTurned && (format == "png" || format == "webp") ? turned(image, turn) : image;
}

QImage imageOf(const Image& image) {
    return QImage(image.rgb.data(), image.width, image.height, qsizetype{3} * image.width, QImage::Format_RGB888)
        .copy();
}

QImage decode(const std::vector<uint8_t>& bytes, const ImageHeader& header, const std::string& name, int size) {
    const bool isHuge = qint64{header.width} * header.height > kMostPixels;
    if (isHuge && size <= 0)
        throw Error({}, ThumbnailCache::tr("too large to show (%1 × %2 pixels)")
                            .arg(header.width)
                            .arg(header.height)
                            .toStdString());
    const Turn turn(exifOrientation(bytes));
    if (!isHuge) {
        const auto raw =
            QByteArray::fromRawData(reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size()));
        if (const QImage image = decodeWithQt(raw, size, turn); !image.isNull()) return image;
    }
    return imageOf(upright(decodeReduced(bytes, name, 2 * size), exifOrientation(bytes)));
}

/// Decoding a frame reads the file until its end.
void readShownFrame(const FrameName& frame, ShownPicture& picture) {
    picture.image = imageOf(readFrame(toPath(frame.file), frame.milliseconds));
    picture.size = picture.image.size();
    picture.format = ThumbnailCache::tr("Video");
}

void readShownFile(const QString& path, int size, const std::function<void()>& hasRead, ShownPicture& picture) {
    const std::vector<uint8_t> bytes = readBytes(toPath(path));
    if (hasRead) hasRead();
    const std::string name = displayName(toPath(path));
    const ImageHeader header = readImageHeader(bytes, name);
    picture.size = {header.width, header.height};
    if (exifOrientation(bytes) >= 5) picture.size.transpose();
    picture.format = QString::fromStdString(header.format);
    picture.image = decode(bytes, header, name, size);
}

QString keyOf(const QString& path, int size, bool square) {
    return QStringLiteral("%1|%2|%3").arg(size).arg(square ? 1 : 0).arg(path);
}

QImage cropped(const QImage& image, int size) {
    const QImage scaled = image.scaled(size, size, Qt::KeepAspectRatioByExpanding, Qt::SmoothTransformation);
    return scaled.copy((scaled.width() - size) / 2, (scaled.height() - size) / 2, size, size);
}

}  // namespace

ShownPicture readPicture(const QString& path, int size, bool square, const std::function<void()>& hasRead) {
    ShownPicture picture;
    try {
        const FrameName frame = frameOf(path);
        if (frame.isFrame())
            readShownFrame(frame, picture);
        else
            readShownFile(path, size, hasRead, picture);
    } catch (const Error& failure) {
        picture.problem = engineText(failure.problem());
    } catch (const std::exception& failure) {
        picture.problem = QString::fromUtf8(failure.what());
    }
    QImage& image = picture.image;
    if (image.isNull() || size <= 0) return picture;
    if (square)
        image = cropped(image, size);
    else if (image.width() > size || image.height() > size)
        image = image.scaled(size, size, Qt::KeepAspectRatio, Qt::SmoothTransformation);
    return picture;
}

ThumbnailCache& ThumbnailCache::instance() {
    static ThumbnailCache cache;
    return cache;
}

ThumbnailCache::ThumbnailCache(QObject* parent) : QObject(parent), m_pixmaps(kCacheKibibytes), m_errors(kMostErrors) {
    connect(qApp, &QCoreApplication::aboutToQuit, this, &ThumbnailCache::clear);
    connect(&FileThreads::instance(), &FileThreads::answered, this, [this] {
        m_errors.clear();
        Q_EMIT ready({});
    });
}

QPixmap ThumbnailCache::pixmap(const QString& path, int size, bool square) {
    const QString key = keyOf(path, size, square);
    if (const QPixmap* found = m_pixmaps.object(key)) return *found;
    if (m_pending.contains(key) || m_errors.contains(path)) return {};
    m_pending.insert(key);
    const QPointer<ThumbnailCache> guard(this);
    const auto read = [guard, key, path, size, square,
                       disk = m_store](const std::function<void()>& hasRead) -> FileThreads::Finish {
        ShownPicture picture;
        const QString stored = disk.fileFor(path, size, square);
        picture.image = disk.load(stored);
        if (picture.image.isNull()) {
            picture = readPicture(path, size, square, hasRead);
            disk.save(stored, picture.image);
        }
        return [guard, key, path, picture] {
            if (guard) guard->store(key, path, picture);
        };
    };
    FileThreads::instance().start(frameOf(path).file, read, [guard, key, path](const QString& reason) {
        if (!guard) return;
        if (reason.isEmpty())
            guard->m_pending.remove(key);  // whoever still shows it asks again when it paints
        else
            guard->store(key, path, {{}, {}, {}, reason});
    });
    return {};
}

void ThumbnailCache::store(const QString& key, const QString& path, const ShownPicture& picture) {
    m_pending.remove(key);
    if (picture.image.isNull()) {
        m_errors.insert(path, new QString(picture.problem.isEmpty() ? tr("not an image") : picture.problem));
    } else {
        const auto cost = std::max<qsizetype>(1, picture.image.sizeInBytes() / 1024);
        m_pixmaps.insert(key, new QPixmap(QPixmap::fromImage(picture.image)), cost);
    }
    Q_EMIT ready(path);
}

QString ThumbnailCache::error(const QString& path) const {
    const QString* found = m_errors.object(path);
    return found == nullptr ? QString() : *found;
}

void ThumbnailCache::keepOnDisk(const QString& folder) {
    m_store = ThumbnailStore(folder);
    const auto prune = [disk = m_store](const std::function<void()>&) -> FileThreads::Finish {
        disk.prune();
        return {};
    };
    FileThreads::instance().start(folder, prune, [](const QString&) {});
}

void ThumbnailCache::clear() {
    m_pixmaps.clear();
    m_errors.clear();
}

}  // namespace diagonal
