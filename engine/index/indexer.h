// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/job.h"
#include "engine/image/image_files.h"
#include "engine/index/library.h"
#include "engine/video/key_frames.h"

namespace diagonal {

class Session;

struct IndexOptions {
    WalkRule rule = WalkRule::LeaveOut;  ///< of sources that do not take all themselves
    VideoSampling video;                 ///< patches: of those that have them themselves, too
    /// Asked between batches: how long to rest, while a person works. Empty: never.
    std::function<std::chrono::milliseconds()> rest;
};

/// What indexing did, and what is left of it.
struct IndexReport {
    int64_t added = 0, changed = 0, renamed = 0, removed = 0, unchanged = 0, failed = 0;
    int64_t left = 0;  ///< files that are to be embedded
    static constexpr size_t kMostNamed = 10000;
    std::vector<FileFailure> failures;   ///< of this run, the first kMostNamed; failed counts all
    std::vector<FileFailure> notes;      ///< of files that were read all the same, as many
    std::vector<std::string> unreached;  ///< sources and drives below them that are not there now: their files stay
    size_t leftBehind = 0;               ///< ImageFiles
    std::vector<std::string> leftBehindNames;

    void addFailure(const std::filesystem::path& path, const std::string& reason);
    void addNote(const std::filesystem::path& path, const std::string& note);
};

/// Brings a library up to date with its sources. It can be stopped and begun again at any time. One thread at a time.
class Indexer {
  public:
    Indexer(std::shared_ptr<Library> library, IndexOptions options = {});
    ~Indexer();

    /// Compares the disk with the library: notes what is new or changed, follows renames by content, takes out what is
    /// gone. Reads no file that has its old stamp. No model is needed. Progress in files. Throws Error, Cancelled.
    void scan(const JobContext& job = {}, std::optional<int64_t> source = {});
    /// Embeds for about so long what scan has noted, and flushes. True: more is left. Throws Error where the session
    /// is not the library's model, and where the library cannot be written. Progress in files, of all that scan noted.
    bool embed(Session& session, std::chrono::milliseconds most, const JobContext& job = {});
    const IndexReport& report() const;
    void clearReport();  ///< what is left stays

  private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

struct WatchedFolder {
    std::filesystem::path path;
    bool takesAll = false;  ///< LibrarySource::takesAll

    bool operator==(const WatchedFolder&) const = default;
};

/// Tells of changes below folders, but for what is left out (inotify; where that is not possible, a look every half
/// minute), and once when it has begun to watch. On a thread of its own.
class FolderWatch {
  public:
    FolderWatch(std::vector<WatchedFolder> folders, LeftOutNames leftOut, std::function<void()> changed);
    ~FolderWatch();

  private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace diagonal
