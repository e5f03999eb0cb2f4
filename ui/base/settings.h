// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QVariant>
#include <functional>
#include <memory>

class QObject;

namespace diagonal {

/// What the window remembers from one start to the next, under keys such as "label/view". Values are in memory; a
/// thread of its own takes changes to the disk, together, a second after the first of them. UI thread only.
class Settings {
  public:
    Settings();  ///< reads what was kept
    ~Settings();
    Settings(const Settings&) = delete;
    Settings& operator=(const Settings&) = delete;

    QVariant value(const QString& key, const QVariant& otherwise = {}) const;
    bool contains(const QString& key) const;
    void setValue(const QString& key, const QVariant& value);
    /// A key, and all below it.
    void remove(const QString& key);
    void clear();
    /// Comes back when all is on the disk, or could not be written.
    void flush();
    /// Called once, with the name of the file, when that cannot be written: on the thread of context, while that lives.
    void whenUnwritable(QObject* context, std::function<void(const QString& file)> tell);

  private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

/// The one of the program: of the organisation and application that are set when it is first asked for.
Settings& settings();

}  // namespace diagonal
