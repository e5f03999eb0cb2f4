// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/thumbnail_cache.h"

#include <QFile>
#include <QImageReader>
#include <QThread>
#include <QTransform>
#include <filesystem>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/image.h"
#include "engine/image/turn.h"
#include "engine/inference/relevance.h"

namespace diagonal {

namespace {

constexpr qint64 kMostPixels = 100'000'000;
constexpr int kCacheKibibytes = 192 * 1024;
constexpr int kMostErrors = 10'000;

/// The engine's decoder, upright, for what Qt cannot read (CMYK and 16-bit TIFF, WebP without its plug-in).
QImage readWithEngine(const QString& path) {
    const std::vector<uint8_t> bytes = readBytes(std::filesystem::path(QFile::encodeName(path).toStdString()));
    const Image image = upright(decodeImage(bytes, path.toStdString()), exifOrientation(bytes));
    return QImage(image.rgb.data(), image.width, image.height, qsizetype{3} * image.width, QImage::Format_RGB888)
        .copy();
}

/// Turned as EXIF says where Qt reads the format, but not its orientation (PNG, WebP).
QImage turnedByExif(const QImage& image, const QString& path) {
    const Turn turn(exifOrientation(readBytes(std::filesystem::path(QFile::encodeName(path).toStdString()))));
    if (turn.isNone()) return image;
    const QImage transposed = turn.transposed ? image.transformed(QTransform(0, 1, 1, 0, 0, 0)) : image;
    return transposed.mirrored(turn.mirroredX, turn.mirroredY);
}

QString keyOf(const QString& path, int size, bool square) {
    return QStringLiteral("%1|%2|%3").arg(size).arg(square ? 1 : 0).arg(path);
}

QImage cropped(const QImage& image, int size) {
    const QImage scaled = image.scaled(size, size, Qt::KeepAspectRatioByExpanding, Qt::SmoothTransformation);
    return scaled.copy((scaled.width() - size) / 2, (scaled.height() - size) / 2, size, size);
}

}  // namespace

QImage readPicture(const QString& path, int size, bool square, QString* error) {
    QImageReader reader(path);
    reader.setAutoTransform(true);
    reader.setDecideFormatFromContent(true);
    const QSize whole = reader.size();
    QImage image;
    QString reason;
    if (whole.isValid() && qint64{whole.width()} * whole.height() > kMostPixels) {
        reason = ThumbnailCache::tr("too large to show (%1 × %2 pixels)").arg(whole.width()).arg(whole.height());
    } else {
        if (whole.isValid() && size > 0) {
            // The JPEG reader decodes straight to a smaller size; twice the target keeps the final scaling smooth.
            const QSize target = whole.scaled(2 * size, 2 * size, Qt::KeepAspectRatioByExpanding);
            if (target.width() < whole.width()) reader.setScaledSize(target);
        }
        const bool isTurnedByQt = reader.supportsOption(QImageIOHandler::ImageTransformation);
        const QByteArray format = reader.format();
        image = reader.read();
        const bool isForUs = !isTurnedByQt && (format == "png" || format == "webp");
        if (image.isNull() || isForUs) {
            try {
                image = image.isNull() ? readWithEngine(path) : turnedByExif(image, path);
            } catch (const Error& failure) {
                reason = QString::fromStdString(failure.problem());
            } catch (const std::exception& failure) {
                reason = QString::fromUtf8(failure.what());
            }
        }
    }
    if (error != nullptr) *error = reason;
    if (image.isNull() || size <= 0) return image;
    if (square) return cropped(image, size);
    if (image.width() <= size && image.height() <= size) return image;
    return image.scaled(size, size, Qt::KeepAspectRatio, Qt::SmoothTransformation);
}

ThumbnailCache& ThumbnailCache::instance() {
    static ThumbnailCache cache;
    return cache;
}

ThumbnailCache::ThumbnailCache(QObject* parent) : QObject(parent), m_pixmaps(kCacheKibibytes), m_errors(kMostErrors) {
    m_pool.setMaxThreadCount(std::max(1, QThread::idealThreadCount() / 2));
    m_pool.setThreadPriority(QThread::LowPriority);
}

ThumbnailCache::~ThumbnailCache() {
    m_pool.clear();
    m_pool.waitForDone();
}

QPixmap ThumbnailCache::pixmap(const QString& path, int size, bool square) {
    const QString key = keyOf(path, size, square);
    if (const QPixmap* found = m_pixmaps.object(key)) return *found;
    if (m_pending.contains(key) || m_errors.contains(path)) return {};
    m_pending.insert(key);
    const quint64 generation = m_generation;
    m_pool.start([this, key, path, size, square, generation, disk = m_store] {
        QString error;
        const QString stored = disk.fileFor(path, size, square);
        QImage image = disk.load(stored);
        if (image.isNull()) {
            image = readPicture(path, size, square, &error);
            disk.save(stored, image);
        }
        QMetaObject::invokeMethod(
            this,
            [this, key, path, image, error, generation] {
                if (generation == m_generation) store(key, path, image, error);
            },
            Qt::QueuedConnection);
    });
    return {};
}

void ThumbnailCache::store(const QString& key, const QString& path, const QImage& image, const QString& error) {
    m_pending.remove(key);
    if (image.isNull()) {
        m_errors.insert(path, new QString(error.isEmpty() ? tr("not an image") : error));
    } else {
        const auto cost = std::max<qsizetype>(1, image.sizeInBytes() / 1024);
        m_pixmaps.insert(key, new QPixmap(QPixmap::fromImage(image)), cost);
    }
    Q_EMIT ready(path);
}

QString ThumbnailCache::error(const QString& path) const {
    const QString* found = m_errors.object(path);
    return found == nullptr ? QString() : *found;
}

void ThumbnailCache::keepOnDisk(const QString& folder) {
    m_store = ThumbnailStore(folder);
    m_pool.start([disk = m_store] { disk.prune(); });
}

void ThumbnailCache::cancelPending() {
    // What runs at the moment is of an older generation then, and dropped; it can be asked for again.
    m_pool.clear();
    m_pending.clear();
    ++m_generation;
}

void ThumbnailCache::clear() {
    cancelPending();
    m_pixmaps.clear();
    m_errors.clear();
}

}  // namespace diagonal
