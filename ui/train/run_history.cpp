// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/run_history.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <QDateTime>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <cerrno>

#include "training/run/run_folder.h"
#include "ui/base/paths.h"

namespace diagonal {

namespace {

constexpr qint64 kMostBytes = 16 << 20;

/// Whether a process holds the lock of the run; nothing is written.
bool isBeingTrained(const std::filesystem::path& run) {
    const int file = ::open((run / ".lock").c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0) return false;
    const bool isHeld = ::flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    ::close(file);
    return isHeld;
}

/// "2026-11-30T12:00:00Z  resumed at step 36 of 60"
struct Line {
    QDateTime time;
    QString text;
};

Line lineOf(const QByteArray& bytes) {
    const QString whole = QString::fromUtf8(bytes).trimmed();
    return {QDateTime::fromString(whole.section(QLatin1Char(' '), 0, 0), Qt::ISODate),
            whole.section(QLatin1Char(' '), 1).trimmed()};
}

}  // namespace

RunHistory readHistory(const std::filesystem::path& run) {
    static const QRegularExpression kResumed(QStringLiteral("^resumed at step (\\d+) "));
    RunHistory history;
    QFile log(fromPath(run / "log.txt"));
    if (!QFileInfo(log).isFile() || !log.open(QIODevice::ReadOnly)) return history;
    QDateTime first, last;
    bool hasStopped = false;
    const auto endSession = [&](const QDateTime& end) {
        if (first.isValid() && end > first) history.seconds += static_cast<double>(first.secsTo(end));
    };
    const QList<QByteArray> lines = log.read(kMostBytes).split('\n');
    for (const QByteArray& bytes : lines) {
        const Line line = lineOf(bytes);
        if (!line.time.isValid()) continue;
        if (const auto resumed = kResumed.match(line.text); resumed.hasMatch()) {
            history.resumes.push_back(resumed.captured(1).toLongLong());
            endSession(last);
            first = line.time;
            hasStopped = false;
        }
        if (!first.isValid()) first = line.time;
        hasStopped = hasStopped || line.text.startsWith(QLatin1String("stopped at step"));
        last = line.time;
    }
    // A session's last steps stand in no log, but in the metrics.
    const QFileInfo metrics(fromPath(metricsFile(run)));
    endSession(std::max(last, metrics.lastModified()));
    const bool isFinished = QFileInfo::exists(metrics.path() + QStringLiteral("/model/open_clip_config.json"));
    history.died = first.isValid() && !hasStopped && !isFinished && !isBeingTrained(run);
    return history;
}

}  // namespace diagonal
