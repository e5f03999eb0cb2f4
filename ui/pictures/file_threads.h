// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>
#include <functional>
#include <memory>

namespace diagonal {

/// Threads that read foreign files, the latest request first. One that a file holds up for seconds (a mount that does
/// not answer) is replaced, and what lies on the same file system is refused until it answers. UI thread only.
class FileThreads : public QObject {
    Q_OBJECT

  public:
    /// One for the whole program.
    static FileThreads& instance();

    /// patience: how long a file may take before it counts as held up.
    explicit FileThreads(int patienceMilliseconds = 5000, QObject* parent = nullptr);
    ~FileThreads() override;

    /// On the UI thread.
    using Finish = std::function<void()>;
    /// On a thread of its own; what it returns is called on the UI thread. It calls hasRead once the file is read: what
    /// it does then may take its time.
    using Work = std::function<Finish(const std::function<void()>& hasRead)>;
    /// unread: instead of the work. reason empty: too much else was asked for since; ask again where it is still
    /// wanted.
    void start(const QString& path, Work work, std::function<void(const QString& reason)> unread);
    /// Nothing that waits is done any more, and nobody is told. Waits for what is being read, two seconds at most.
    /// False: a thread is left behind.
    bool finish();
    /// What has been read for longer than the patience counts as held up. A timer calls it.
    void lookAtClocks();

  Q_SIGNALS:
    /// A file system that did not answer does so again.
    void answered();

  private:
    struct Shared;
    void startThreads();

    std::shared_ptr<Shared> m_shared;
    int m_patience;
    QTimer m_clock;
};

}  // namespace diagonal
