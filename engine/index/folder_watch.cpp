// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <thread>
#include <unordered_map>
#include <utility>

#include "engine/base/network_folder.h"
#include "engine/image/folder_walk.h"
#include "engine/index/indexer.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;

/// What comes together is told once: when nothing came for so long, or after the longest wait.
constexpr std::chrono::milliseconds kQuiet{500}, kLongestQuiet{5000};
constexpr std::chrono::seconds kLook{30};
constexpr uint32_t kEvents = IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_ATTRIB |
                             IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_EXCL_UNLINK;

}  // namespace

struct FolderWatch::Impl {
    std::vector<WatchedFolder> folders;
    LeftOutNames leftOut;
    std::function<void()> changed;
    int events = -1, wake = -1;
    bool looks = false;  ///< not all folders can be watched: a look now and then
    std::unordered_map<int, WatchedFolder> watched;
    std::jthread thread;

    void watch(const WatchedFolder& top, const std::stop_token& stop);
    void addWatch(const WatchedFolder& folder);
    bool readEvents(const std::stop_token& stop);
    void run(const std::stop_token& stop);
};

FolderWatch::FolderWatch(std::vector<WatchedFolder> folders, LeftOutNames leftOut, std::function<void()> changed)
    : m_impl(std::make_unique<Impl>()) {
    m_impl->folders = std::move(folders);
    m_impl->leftOut = std::move(leftOut);
    m_impl->changed = std::move(changed);
    m_impl->events = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    m_impl->wake = ::eventfd(0, EFD_CLOEXEC);
    m_impl->thread = std::jthread([impl = m_impl.get()](const std::stop_token& stop) { impl->run(stop); });
}

FolderWatch::~FolderWatch() {
    m_impl->thread.request_stop();
    const uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(m_impl->wake, &one, sizeof one);
    m_impl->thread.join();
    if (m_impl->events >= 0) ::close(m_impl->events);
    ::close(m_impl->wake);
}

/// The folder and all below. A network tells only of what this computer does.
void FolderWatch::Impl::watch(const WatchedFolder& top, const std::stop_token& stop) {
    if (isOnNetwork(top.path)) looks = true;
    // Each is watched before it is read: what is made in between is heard of.
    addWatch(top);
    FolderWalk walk{top.takesAll ? WalkRule::All : WalkRule::LeaveOut, [](std::string_view) { return false; }, stop,
                    [&](const fs::path& below) {
                        addWatch({below, top.takesAll});
                        return true;
                    },
                    [this](std::string_view name) { return leftOut.has(name); }};
    FolderWalk::Seen seen;
    walk.run(top.path, seen, [](const WalkedFolder&) {});
}

void FolderWatch::Impl::addWatch(const WatchedFolder& folder) {
    const int number = events < 0 ? -1 : ::inotify_add_watch(events, folder.path.c_str(), kEvents);
    if (number < 0) {
        looks = true;
        return;
    }
    // One that lies in two of them, or that a link leads to, has one number.
    const auto [known, isNew] = watched.try_emplace(number, folder);
    if (isNew) return;
    known->second.takesAll = known->second.takesAll || folder.takesAll;
    const bool isTop = std::ranges::find(folders, known->second.path, &WatchedFolder::path) != folders.end();
    if (!isTop) known->second.path = folder.path;  // it may have moved
}

/// Whether something came that a library takes an interest in: its own files may lie below, too.
bool FolderWatch::Impl::readEvents(const std::stop_token& stop) {
    alignas(inotify_event) std::array<char, 65536> buffer{};
    bool isOfInterest = false, isIncomplete = false;
    for (;;) {
        const ssize_t size = ::read(events, buffer.data(), buffer.size());
        if (size <= 0) break;
        for (ssize_t at = 0; at < size;) {
            inotify_event event{};
            std::memcpy(&event, buffer.data() + at, sizeof event);
            const std::string name = event.len == 0 ? std::string() : std::string(buffer.data() + at + sizeof event);
            at += static_cast<ssize_t>(sizeof event + event.len);
            const bool isFolder = (event.mask & IN_ISDIR) != 0 || name.empty();
            const auto folder = watched.find(event.wd);
            const bool isLeftOut =
                !name.empty() && leftOut.has(name) && (folder == watched.end() || !folder->second.takesAll);
            if ((event.mask & IN_Q_OVERFLOW) != 0)
                isOfInterest = isIncomplete = true;
            else if (!isFolder || isLeftOut)
                isOfInterest =
                    isOfInterest || hasImageExtension(name) || hasVideoExtension(name) || hasSubtitleExtension(name);
            else if ((event.mask & IN_IGNORED) == 0)
                isOfInterest = true;
            if (folder == watched.end()) continue;
            // What comes in the place of a folder that was to be watched (a drive, a file that was written anew) is no
            // longer heard of.
            const bool isLost = (event.mask & (IN_IGNORED | IN_MOVE_SELF)) != 0;
            looks = looks ||
                    (isLost && std::ranges::find(folders, folder->second.path, &WatchedFolder::path) != folders.end());
            if ((event.mask & IN_IGNORED) != 0)
                watched.erase(folder);
            else if ((event.mask & IN_ISDIR) != 0 && (event.mask & (IN_CREATE | IN_MOVED_TO)) != 0 && !isLeftOut)
                watch({folder->second.path / name, folder->second.takesAll}, stop);
        }
    }
    // More came than the system keeps: folders among them are watched now.
    for (const WatchedFolder& folder : folders)
        if (isIncomplete) watch(folder, stop);
    return isOfInterest;
}

void FolderWatch::Impl::run(const std::stop_token& stop) {
    for (const WatchedFolder& folder : folders)
        watch(folder, stop);
    auto nextLook = Clock::now() + kLook;
    // Of what was not told yet: first what came before all was watched.
    std::optional<Clock::time_point> first = Clock::now(), last = first;
    while (!stop.stop_requested()) {
        const auto now = Clock::now();
        const bool isTime = first && (now - *last >= kQuiet || now - *first >= kLongestQuiet);
        if (isTime || (looks && now >= nextLook)) {
            first.reset();
            nextLook = now + kLook;
            changed();
            continue;
        }
        std::array<pollfd, 2> waiting = {pollfd{wake, POLLIN, 0}, pollfd{events, POLLIN, 0}};
        const int timeout = first ? static_cast<int>(kQuiet.count() / 4) : looks ? 1000 : -1;
        ::poll(waiting.data(), events < 0 ? 1 : 2, timeout);
        if (events >= 0 && readEvents(stop)) {
            last = Clock::now();
            if (!first) first = last;
        }
    }
}

}  // namespace diagonal
