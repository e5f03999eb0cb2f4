// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QStringList>
#include <QThreadPool>
#include <QTimer>
#include <functional>

namespace diagonal {

/// A list on the disk while the program runs, of pictures or typed lines, so that it is there again after a crash or a
/// power cut. It is gathered in slices between events, some seconds after a change, and written by a thread of its own.
/// Only one process keeps one; in others this does nothing. UI thread only.
class KeptList : public QObject {
  public:
    /// name: of the list ("pictures": its file is then a list of paths as `diagonal FILE.lst` opens it). What is kept:
    /// the entry of each of so many rows. `folder` is this person's alone, and made where it is missing.
    KeptList(const QString& name, std::function<int()> count, std::function<QString(int)> entry, const QString& folder,
             int milliseconds = 5000);
    /// The program ends as it should: nothing stays.
    ~KeptList() override;

    /// Rows were added at the end, or changed where they are.
    void grow();
    /// Rows went, or stand elsewhere.
    void change();

    /// The file that a process left which ended otherwise; empty when there is none. It stays until the next such end.
    QString leftFile() const { return m_left; }
    /// What stands in such a file. Any thread.
    static QStringList entriesOf(const QString& file);

  private:
    void gather();
    void write();

    std::function<int()> m_count;
    std::function<QString(int)> m_entry;
    int m_milliseconds;
    QString m_file, m_left;
    int m_lock = -1;
    QTimer m_timer, m_slices;
    int m_next = 0;
    QByteArray m_gathered;
    QByteArray m_written;  ///< hash of the list that is on the disk; the thread's alone
    QThreadPool m_thread;
};

}  // namespace diagonal
