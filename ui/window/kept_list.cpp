// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/kept_list.h"

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

KeptList::KeptList(const QString& name, std::function<int()> count, std::function<QString(int)> entry,
                   const QString& folder, int milliseconds)
    : m_count(std::move(count)),
      m_entry(std::move(entry)),
      m_milliseconds(milliseconds),
      m_file(QStringLiteral("%1/open-%2.lst").arg(folder, name)) {
    QDir().mkpath(folder);
    QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    const QByteArray lock = QFile::encodeName(m_file + QStringLiteral(".lock"));
    m_lock = ::open(lock.constData(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (m_lock >= 0 && ::flock(m_lock, LOCK_EX | LOCK_NB) != 0) ::close(std::exchange(m_lock, -1));
    if (m_lock < 0) return;
    // Under another name, so that what ends the program again is not opened for ever.
    const QString left = QStringLiteral("%1/left-%2.lst").arg(folder, name);
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
    connect(&m_slices, &QTimer::timeout, this, &KeptList::gather);
}

KeptList::~KeptList() {
    if (m_lock < 0) return;
    m_thread.waitForDone();
    QFile::remove(m_file);
    ::close(m_lock);
}

QStringList KeptList::entriesOf(const QString& file) {
    QFile opened(file);
    QStringList entries;
    if (!opened.open(QIODevice::ReadOnly)) return entries;
    for (const QByteArray& entry : opened.readAll().split('\0'))
        if (!entry.isEmpty()) entries << fromPath(entry.toStdString());
    return entries;
}

void KeptList::grow() {
    if (m_lock < 0 || m_timer.isActive()) return;
    m_timer.start(m_milliseconds + 1000 * (m_count() / kRowsASecond));
}

void KeptList::change() {
    m_next = 0;  // what was gathered has moved
    grow();
}

void KeptList::gather() {
    if (m_next == 0) m_gathered.clear();
    const int end = std::min(m_next + kRowsAtOnce, m_count());
    for (; m_next < end; ++m_next)
        m_gathered += QByteArray::fromStdString(toPath(m_entry(m_next)).native()) + '\0';
    if (m_next < m_count()) return;
    m_slices.stop();
    write();
}

void KeptList::write() {
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
