// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/kept_pictures.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "ui/base/paths.h"

namespace diagonal {

namespace {

constexpr int kRowsAtOnce = 5000, kRowsASecond = 20000;

}  // namespace

KeptPictures::KeptPictures(std::function<int()> count, std::function<QString(int)> path, const QString& folder,
                           int milliseconds)
    : m_count(std::move(count)),
      m_path(std::move(path)),
      m_milliseconds(milliseconds),
      m_file(folder + QStringLiteral("/open-pictures.lst")) {
    QDir().mkpath(folder);
    QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    const QByteArray lock = QFile::encodeName(m_file + QStringLiteral(".lock"));
    m_lock = ::open(lock.constData(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (m_lock >= 0 && ::flock(m_lock, LOCK_EX | LOCK_NB) != 0) ::close(std::exchange(m_lock, -1));
    if (m_lock < 0) return;
    // Under another name, so that pictures that end the program again are not opened for ever.
    const QString left = folder + QStringLiteral("/left-pictures.lst");
    if (QFile::exists(m_file)) {
        QFile::remove(left);
        if (QFile::rename(m_file, left)) m_left = left;
    }
    m_thread.setMaxThreadCount(1);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        m_next = 0;
        m_slices.start(0);
    });
    connect(&m_slices, &QTimer::timeout, this, &KeptPictures::gather);
}

KeptPictures::~KeptPictures() {
    if (m_lock < 0) return;
    m_thread.waitForDone();
    QFile::remove(m_file);
    ::close(m_lock);
}

void KeptPictures::grow() {
    if (m_lock < 0 || m_timer.isActive()) return;
    m_timer.start(m_milliseconds + 1000 * (m_count() / kRowsASecond));
}

void KeptPictures::change() {
    m_next = 0;  // what was gathered has moved
    grow();
}

void KeptPictures::gather() {
    if (m_next == 0) m_gathered.clear();
    const int end = std::min(m_next + kRowsAtOnce, m_count());
    for (; m_next < end; ++m_next)
        m_gathered += QByteArray::fromStdString(toPath(m_path(m_next)).native()) + '\0';
    if (m_next < m_count()) return;
    m_slices.stop();
    write();
}

void KeptPictures::write() {
    m_thread.start([this, list = std::exchange(m_gathered, {})] {
        const QByteArray hash = QCryptographicHash::hash(list, QCryptographicHash::Sha1);
        if (hash == m_written) return;
        try {
            if (list.isEmpty())
                QFile::remove(m_file);
            else
                writeFile(toPath(m_file), {list.constData(), static_cast<size_t>(list.size())});
            m_written = hash;
        } catch (const Error&) {
            // A full disk keeps nobody from working.
        }
    });
}

}  // namespace diagonal
