// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pictures/thumbnail_store.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <QBuffer>
#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryFile>
#include <algorithm>
#include <cstdio>
#include <vector>

#include "ui/base/paths.h"
#include "ui/pictures/frame_name.h"
#include "ui/pictures/picture_sources.h"

namespace diagonal {

namespace {

constexpr auto kHash = QCryptographicHash::Md5;  // against damage, not against people
constexpr qsizetype kHashBytes = 16;
constexpr qint64 kMostFileBytes = 16 << 20;
constexpr qint64 kSecondsBetweenMarks = 3600;

bool makePrivateFolder(const QString& path) {
    const QByteArray name = QFile::encodeName(path);
    return ::mkdir(name.constData(), 0700) == 0 || QFileInfo(path).isDir();
}

}  // namespace

QString ThumbnailStore::fileFor(const QString& picture, int size, bool square) const {
    // What was pasted is to be gone with the program.
    if (m_folder.isEmpty() || isPasted(picture)) return {};
    const FrameName frame = frameOf(picture);
    struct stat status = {};
    const QByteArray path = QByteArray::fromStdString(toPath(QFileInfo(frame.file).absoluteFilePath()).native());
    if (::stat(path.constData(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
    const QByteArray key = path + '\0' + QByteArray::number(static_cast<qint64>(status.st_size)) + ' ' +
                           QByteArray::number(static_cast<qint64>(status.st_mtim.tv_sec)) + ' ' +
                           QByteArray::number(static_cast<qint64>(status.st_mtim.tv_nsec)) + ' ' +
                           QByteArray::number(size) + (square ? " square" : " whole") +
                           (frame.isFrame() ? ' ' + QByteArray::number(frame.milliseconds) : QByteArray());
    const QString hash = QString::fromLatin1(QCryptographicHash::hash(key, QCryptographicHash::Sha1).toHex());
    return m_folder + '/' + hash.left(2) + '/' + hash.mid(2);
}

QImage ThumbnailStore::load(const QString& file) const {
    QFile stored(file);
    if (file.isEmpty() || !stored.open(QIODevice::ReadOnly) || stored.size() > kMostFileBytes) return {};
    const QByteArray content = stored.readAll();
    const QByteArray picture = content.chopped(std::min(kHashBytes, content.size()));
    if (content.size() <= kHashBytes || QCryptographicHash::hash(picture, kHash) != content.last(kHashBytes)) return {};
    const QImage image = QImage::fromData(picture);
    const QDateTime now = QDateTime::currentDateTimeUtc();
    if (stored.fileTime(QFileDevice::FileModificationTime).secsTo(now) > kSecondsBetweenMarks)
        ::utimensat(AT_FDCWD, QFile::encodeName(file).constData(), nullptr, 0);
    return image;
}

void ThumbnailStore::save(const QString& file, const QImage& image) const {
    if (file.isEmpty() || image.isNull()) return;
    QByteArray content;
    QBuffer buffer(&content);
    buffer.open(QIODevice::WriteOnly);
    const bool opaque = !image.hasAlphaChannel();
    if (!image.save(&buffer, opaque ? "JPEG" : "PNG", opaque ? 90 : -1)) return;
    content += QCryptographicHash::hash(content, kHash);
    const QString parent = QFileInfo(m_folder).path();
    if (!QFileInfo(parent).isDir() && !QDir().mkpath(parent)) return;
    const QString folder = QFileInfo(file).path();
    if (!makePrivateFolder(m_folder) || !makePrivateFolder(folder)) return;
    QTemporaryFile temporary(folder + "/writing-XXXXXX");  // has the rights 0600
    if (!temporary.open() || temporary.write(content) != content.size() || !temporary.flush()) return;
    temporary.setAutoRemove(
        ::rename(QFile::encodeName(temporary.fileName()).constData(), QFile::encodeName(file).constData()) != 0);
}

void ThumbnailStore::prune(qint64 mostBytes) const {
    if (m_folder.isEmpty()) return;
    struct Entry {
        qint64 used, bytes;
        QString path;
    };
    std::vector<Entry> entries;
    qint64 total = 0;
    for (QDirIterator it(m_folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories); it.hasNext();) {
        it.next();
        const QFileInfo info = it.fileInfo();
        entries.push_back({info.lastModified().toMSecsSinceEpoch(), info.size(), info.filePath()});
        total += info.size();
    }
    std::ranges::sort(entries, {}, &Entry::used);
    for (const Entry& entry : entries) {
        if (total <= mostBytes) break;
        if (QFile::remove(entry.path)) total -= entry.bytes;
    }
}

}  // namespace diagonal
