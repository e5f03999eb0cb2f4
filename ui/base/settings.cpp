// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/settings.h"

#include <QCoreApplication>
#include <QMap>
#include <QPointer>
#include <QSettings>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace diagonal {

namespace {

constexpr std::chrono::seconds kDelay(1);

using Change = std::optional<QVariant>;  ///< none: removed

bool isBelow(const QString& key, const QString& group) {
    return key == group || (key.startsWith(group) && key.at(group.size()) == QLatin1Char('/'));
}

}  // namespace

struct Settings::Impl {
    Impl() {
        const QSettings store(format, QSettings::UserScope, organization, application);
        for (const QString& key : store.allKeys())
            values.insert(key, store.value(key));
        writer = std::thread([this] { run(); });
    }
    ~Impl() {
        {
            const std::lock_guard lock(mutex);
            isEnding = true;
        }
        changed.notify_all();
        writer.join();
    }

    void change(const QString& key, const Change& value) {
        {
            const std::lock_guard lock(mutex);
            waiting.insert(key, value);
        }
        changed.notify_all();
    }

    void run() {
        std::unique_lock lock(mutex);
        while (true) {
            changed.wait(lock, [this] { return !waiting.isEmpty() || isEnding; });
            changed.wait_for(lock, kDelay, [this] { return isEnding || isHurried; });
            QMap<QString, Change> batch = std::exchange(unwritten, {});
            batch.insert(std::exchange(waiting, {}));
            isWriting = true;
            lock.unlock();
            const bool isWritten = write(batch);
            lock.lock();
            isWriting = false;
            // The next change tries again.
            if (!isWritten) unwritten.insert(batch);
            if (!isWritten && tell) std::exchange(tell, {})();
            if (!waiting.isEmpty()) continue;
            isHurried = false;
            written.notify_all();
            if (isEnding) return;
        }
    }

    bool write(const QMap<QString, Change>& batch) const {
        if (batch.isEmpty()) return true;
        QSettings store(format, QSettings::UserScope, organization, application);
        for (auto one = batch.begin(); one != batch.end(); ++one) {
            if (*one)
                store.setValue(one.key(), **one);
            else
                store.remove(one.key());
        }
        store.sync();
        return store.status() == QSettings::NoError;
    }

    const QSettings::Format format = QSettings::defaultFormat();
    const QString organization = QCoreApplication::organizationName();
    const QString application = QCoreApplication::applicationName();
    QMap<QString, QVariant> values;

    std::mutex mutex;
    std::condition_variable changed, written;
    QMap<QString, Change> waiting, unwritten;                     ///< guarded by mutex
    std::function<void()> tell;                                   ///< guarded by mutex
    bool isEnding = false, isHurried = false, isWriting = false;  ///< guarded by mutex
    std::thread writer;
};

Settings::Settings() : m_impl(std::make_unique<Impl>()) {
}

Settings::~Settings() = default;

QVariant Settings::value(const QString& key, const QVariant& otherwise) const {
    return m_impl->values.value(key, otherwise);
}

bool Settings::contains(const QString& key) const {
    return m_impl->values.contains(key);
}

void Settings::setValue(const QString& key, const QVariant& value) {
    const auto known = m_impl->values.constFind(key);
    if (known != m_impl->values.constEnd() && *known == value) return;
    m_impl->values.insert(key, value);
    m_impl->change(key, value);
}

void Settings::remove(const QString& key) {
    const QStringList keys = m_impl->values.keys();
    for (const QString& one : keys) {
        if (!isBelow(one, key)) continue;
        m_impl->values.remove(one);
        m_impl->change(one, std::nullopt);
    }
}

void Settings::clear() {
    const QStringList keys = m_impl->values.keys();
    for (const QString& key : keys)
        remove(key);
}

void Settings::flush() {
    std::unique_lock lock(m_impl->mutex);
    if (m_impl->waiting.isEmpty() && !m_impl->isWriting) return;
    m_impl->isHurried = true;
    m_impl->changed.notify_all();
    m_impl->written.wait(lock, [this] { return !m_impl->isHurried; });
}

void Settings::whenUnwritable(QObject* context, std::function<void(const QString& file)> tell) {
    const std::lock_guard lock(m_impl->mutex);
    m_impl->tell =
        [context = QPointer(context), tell = std::move(tell),
         file = QSettings(m_impl->format, QSettings::UserScope, m_impl->organization, m_impl->application).fileName()] {
            // The program's own object: `context` may be going on its thread.
            QCoreApplication* program = QCoreApplication::instance();
            if (program == nullptr) return;
            QMetaObject::invokeMethod(
                program,
                [context, tell, file] {
                    if (context) tell(file);
                },
                Qt::QueuedConnection);
        };
}

Settings& settings() {
    static Settings one;
    return one;
}

}  // namespace diagonal
