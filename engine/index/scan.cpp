// SPDX-License-Identifier: Apache-2.0
#include "engine/index/scan.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <unordered_map>

#include "engine/base/file.h"
#include "engine/index/content_hash.h"
#include "engine/index/embed_video.h"
#include "engine/index/library_path.h"
#include "engine/index/reach.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr size_t kWaitingAtOnce = 1000;
constexpr int64_t kFilesAReport = 500;

bool isTaken(std::string_view name) {
    return hasImageExtension(name) || hasVideoExtension(name);
}

MediaKind kindOf(const fs::path& path) {
    return hasVideoExtension(path) ? MediaKind::Video : MediaKind::Picture;
}

}  // namespace

LibraryScan::LibraryScan(Library& library, WalkRule rule, IndexReport& report, const JobContext& job)
    : m_library(library),
      m_rule(rule),
      m_leftOut(library.leftOut()),
      m_report(report),
      m_job(job),
      m_sources(library.sources()) {
    for (const LibrarySource& source : m_sources)
        m_sourcePaths.insert(source.path);
}

void LibraryScan::run(std::optional<int64_t> source) {
    const LibraryCounts counts = m_library.counts(source);
    m_known = counts.pictures + counts.videos + counts.failed;
    for (const LibrarySource& one : m_sources) {
        if (source && one.id != *source) continue;
        if (!isReached(one)) continue;
        m_walked.push_back(one.id);
        walk(one);
        m_job.throwIfStopped();
    }
    std::ranges::sort(m_seen);
    std::vector<Gone> gone = findGone();
    if (!gone.empty()) followRenames(gone);
    std::set<std::string> away;
    for (const Gone& file : gone) {
        m_job.throwIfStopped();
        if (!file.away.empty()) {
            away.insert(file.away);
            continue;
        }
        m_library.remove(file.id);
        ++m_report.removed;
    }
    m_report.unreached.insert(m_report.unreached.end(), away.begin(), away.end());
    m_library.flush();
    m_report.left = m_library.counts().waiting;
    m_job.progress(m_looked, m_looked);
}

/// What is not there, or a folder without anything in it, is a drive that is not connected, or its empty mount point:
/// what the library knows of it stays.
bool LibraryScan::isReached(const LibrarySource& source) {
    std::error_code error;
    const fs::path path = source.path;
    const fs::file_status status = fs::status(path, error);
    bool isThere = fs::exists(status);
    if (fs::is_directory(status)) {
        const fs::directory_iterator entries(path, error);
        isThere = !error && (entries != fs::directory_iterator() || m_library.counts(source.id).rows == 0);
    } else if (!isThere) {
        // A picture that was deleted: its folder is there, with others in it.
        const fs::directory_iterator entries(path.parent_path(), error);
        isThere = isTaken(path.filename().native()) && !error && entries != fs::directory_iterator();
    }
    if (!isThere) m_report.unreached.push_back(source.path);
    return isThere;
}

void LibraryScan::walk(const LibrarySource& source) {
    const fs::path top = source.path;
    std::error_code error;
    if (!fs::is_directory(top, error)) {
        const auto known = m_library.find(top);
        if (fs::exists(fs::symlink_status(top, error))) lookAt(source, top, known ? &*known : nullptr);
        return;
    }
    FolderWalk walk{source.takesAll ? WalkRule::All : m_rule, isTaken, m_job.stop,
                    [&](const fs::path& folder) {
                        // What is a source of its own belongs to that one.
                        return !m_sourcePaths.contains(folder.native());
                    },
                    [&](std::string_view name) { return m_leftOut.has(name); }};
    FolderWalk::Seen seen;
    walk.run(top, seen, [&](const WalkedFolder& folder) { lookIn(source, folder); });
}

void LibraryScan::lookIn(const LibrarySource& source, const WalkedFolder& folder) {
    ImageFiles left;
    left.leftBehind = folder.leftBehind;
    left.leftBehindNames = folder.leftBehindNames;
    ImageFiles all;
    all.leftBehind = m_report.leftBehind;
    all.leftBehindNames = m_report.leftBehindNames;
    all.add(left);
    m_report.leftBehind = all.leftBehind;
    m_report.leftBehindNames = all.leftBehindNames;
    if (!folder.error.empty()) {
        m_report.addFailure(folder.path, folder.error);
        m_kept.push_back(folder.path.native());
    }
    m_subtitles.reset();
    const auto known = m_library.filesIn(folder.path);
    std::unordered_map<std::string_view, const KnownFile*> byPath;
    byPath.reserve(known.size());
    for (const auto& [path, file] : known)
        byPath.emplace(path.native(), &file);
    for (const std::string& name : folder.files) {
        m_job.throwIfStopped();
        const fs::path path = folder.path / name;
        if (m_sourcePaths.contains(path.native())) continue;
        const auto found = byPath.find(path.native());
        lookAt(source, path, found == byPath.end() ? nullptr : found->second);
    }
}

void LibraryScan::lookAt(const LibrarySource& source, const fs::path& file, const KnownFile* known) {
    // A new link to nowhere has no stamp: whoever opens it says why.
    const ReachedFile now = reachOf(file);
    if (now.reach == Reach::Nothing) return;  // it left meanwhile
    if (known != nullptr) m_seen.push_back(known->id);
    if (known != nullptr && known->hasRows && !now.problem.empty()) {
        m_report.addFailure(file, now.problem);
        return;
    }
    const FileStamp& stamp = now.stamp;
    const bool isUnchanged = known != nullptr && isSameStamp(known->stamp, stamp);
    if (isUnchanged) m_devices.emplace(known->stamp.device, stamp.device);
    const auto follow = [&] {
        const bool isRead = !known->isWaiting && !known->hasFailed && kindOf(file) == MediaKind::Video;
        if (isRead && followSubtitles(known->id, file))
            ++m_report.changed;
        else
            m_report.unchanged += known->isWaiting ? 0 : 1;
    };
    const bool isOwn = isUnchanged && known->source == source.id;
    if (isOwn && (known->isWaiting || known->stamp == stamp)) {
        follow();
    } else if (isUnchanged && !known->isWaiting && (isOwn || !lacksPatches(source.id, file, known->hasPatches))) {
        m_library.rename(known->id, file, stamp, source.id);
        follow();
    } else {
        NewFile noted;
        noted.path = file;
        noted.source = source.id;
        noted.stamp = stamp;
        noted.kind = kindOf(file);
        const int64_t id = m_library.note(noted);
        m_seen.push_back(id);
        if (known == nullptr && m_firstNew == 0) m_firstNew = id;
        if (known == nullptr)
            ++m_report.added;
        else if (!known->isWaiting && m_changed.insert(id).second)
            ++m_report.changed;
    }
    if (++m_looked % kFilesAReport == 0) m_job.progress(m_looked, std::max(m_known, m_looked));
}

bool LibraryScan::followSubtitles(int64_t id, const fs::path& video) {
    if (!m_subtitles || m_subtitles->folder() != video.parent_path()) m_subtitles.emplace(video.parent_path());
    const int64_t mark = subtitleMark(m_subtitles->filesOf(video));
    if (mark != 0 && mark == m_library.subtitleMark(id)) return false;
    const SubtitlesBeside beside = subtitlesBeside(video);
    if (!beside.note.empty()) m_report.addNote(video, beside.note);
    return m_library.setSubtitles(id, beside.cues, beside.mark);
}

bool LibraryScan::lacksPatches(int64_t source, const fs::path& file, bool hasPatches) const {
    if (hasPatches || kindOf(file) != MediaKind::Video) return false;
    const auto owner = std::ranges::find(m_sources, source, &LibrarySource::id);
    return owner != m_sources.end() && owner->hasPatches;
}

/// Below a folder that could not be read, or of a source that was not looked at.
bool LibraryScan::isKept(const std::string& path) const {
    if (std::ranges::any_of(m_kept, [&](const std::string& folder) { return isBelow(path, folder); })) return true;
    const LibrarySource* owner = nullptr;
    for (const LibrarySource& source : m_sources)
        if (isBelow(path, source.path) && (owner == nullptr || owner->path.size() < source.path.size()))
            owner = &source;
    return owner != nullptr && std::ranges::find(m_walked, owner->id) == m_walked.end();
}

LibraryScan::LeftFolder LibraryScan::lookAtLeft(const LibrarySource& source, const fs::path& folder) const {
    LeftFolder left;
    struct stat status = {};
    fs::path at = folder;
    int code = 0;
    for (;;) {
        const bool isThere = ::stat(at.c_str(), &status) == 0;
        if (isThere && S_ISDIR(status.st_mode)) break;
        code = isThere ? ENOTDIR : errno;
        left.path = at.native();
        if (at.native().size() <= source.path.size()) break;
        at = at.parent_path();
    }
    left.device = static_cast<int64_t>(status.st_dev);
    if (left.path.empty()) {
        std::error_code error;
        left.path = folder.native();
        left.mayBeAway = fs::directory_iterator(folder, error) == fs::directory_iterator();
        return left;
    }
    std::error_code error;
    left.isAway = code != ENOENT && code != ENOTDIR;
    if (code == ENOENT) left.isAway = fs::is_symlink(fs::symlink_status(left.path, error));
    left.mayBeAway = true;
    return left;
}

/// The numbers of devices are others each time they are mounted: files that are as they were tell which is which.
bool LibraryScan::isAway(const LeftFolder& folder, const LibrarySource& source, const fs::path& file,
                         int64_t device) const {
    if (!folder.isAway &&
        (!folder.mayBeAway || device == 0 || device == folder.device || m_devices.contains({device, folder.device})))
        return false;
    // What is left out leaves, be it there or not.
    const bool leavesOut = !source.takesAll && m_rule == WalkRule::LeaveOut;
    const fs::path below = file.lexically_relative(source.path);
    return !leavesOut ||
           std::ranges::none_of(below, [&](const fs::path& part) { return m_leftOut.has(part.native()); });
}

std::vector<LibraryScan::Gone> LibraryScan::findGone() const {
    std::vector<Gone> gone;
    for (const LibrarySource& source : m_sources) {
        if (std::ranges::find(m_walked, source.id) == m_walked.end()) continue;
        std::unordered_map<std::string, LeftFolder> folders;
        m_library.filesOf(source.id, [&](const fs::path& path, const KnownFile& file) {
            if (std::ranges::binary_search(m_seen, file.id) || isKept(path.native())) return;
            const fs::path parent = path.parent_path();
            auto folder = folders.find(parent.native());
            if (folder == folders.end()) folder = folders.emplace(parent.native(), lookAtLeft(source, parent)).first;
            Gone& one = gone.emplace_back(Gone{file.id, file.stamp.size, {}, file.hasPatches, {}});
            // What could not be decoded may be under another name: a video that was named like a picture.
            if (!file.hasFailed) one.content = file.content;
            if (isAway(folder->second, source, path, file.stamp.device)) one.away = folder->second.path;
        });
    }
    return gone;
}

void LibraryScan::followRenames(std::vector<Gone>& gone) {
    std::unordered_multimap<int64_t, size_t> bySize;
    for (size_t i = 0; i < gone.size(); ++i)
        if (gone[i].content != ContentHash{}) bySize.emplace(gone[i].size, i);
    std::vector<bool> isFollowed(gone.size());
    for (int64_t after = 0; !bySize.empty();) {
        const auto files = m_library.waiting(after, kWaitingAtOnce);
        if (files.empty()) break;
        after = files.back().id;
        for (const WaitingFile& file : files) {
            m_job.throwIfStopped();
            const auto stamp = stampOf(file.path);
            if (!stamp || !bySize.contains(stamp->size)) continue;
            const auto content = contentOf(file.path, m_job);
            if (!content) continue;
            const auto [begin, end] = bySize.equal_range(stamp->size);
            const auto same = std::find_if(begin, end, [&](const auto& one) {
                const Gone& before = gone[one.second];
                return before.content == *content && !lacksPatches(file.source, file.path, before.hasPatches);
            });
            if (same == end) continue;
            const Gone& before = gone[same->second];
            m_library.rename(before.id, file.path, *stamp, file.source);
            if (file.kind == MediaKind::Video) followSubtitles(before.id, file.path);
            isFollowed[same->second] = true;
            bySize.erase(same);
            ++m_report.renamed;
            // Of an earlier run it is neither.
            if (m_firstNew != 0 && file.id >= m_firstNew)
                --m_report.added;
            else if (m_changed.erase(file.id) > 0)
                --m_report.changed;
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < gone.size(); ++i)
        if (!isFollowed[i]) gone[kept++] = gone[i];
    gone.resize(kept);
}

}  // namespace diagonal
