// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "engine/image/folder_walk.h"
#include "engine/index/indexer.h"
#include "engine/index/library.h"

namespace diagonal {

/// Compares the disk with a library: Indexer::scan.
class LibraryScan {
  public:
    LibraryScan(Library& library, WalkRule rule, IndexReport& report, const JobContext& job);

    /// All sources, or one.
    void run(std::optional<int64_t> source);

  private:
    /// A file that the library has and the disk does not.
    struct Gone {
        int64_t id = 0, size = 0;
        ContentHash content{};  ///< where it can be known by it
        bool hasPatches = false;
        std::string away;  ///< the link or mount point of the drive that it lies on, which is not connected
    };
    /// What is left of a folder that files of the library lay in.
    struct LeftFolder {
        bool isAway = false;     ///< behind a link that leads nowhere, or does not answer
        bool mayBeAway = false;  ///< it is empty or not there: it may be the mount point of a drive
        int64_t device = 0;      ///< of the folder, or of the next one above
        std::string path;        ///< of it, or of what is not there
    };

    bool isReached(const LibrarySource& source);
    void walk(const LibrarySource& source);
    void lookAt(const LibrarySource& source, const std::filesystem::path& file, const KnownFile* known);
    void lookIn(const LibrarySource& source, const WalkedFolder& folder);
    /// Reads what lies beside a video anew where that is no longer what it was. Whether its texts are others now.
    bool followSubtitles(int64_t id, const std::filesystem::path& video);
    bool isKept(const std::string& path) const;
    std::vector<Gone> findGone() const;
    LeftFolder lookAtLeft(const LibrarySource& source, const std::filesystem::path& folder) const;
    /// Whether the file lies on a drive that is not connected.
    bool isAway(const LeftFolder& folder, const LibrarySource& source, const std::filesystem::path& file,
                int64_t device) const;
    /// New files whose content is that of one that is gone are this one under another name.
    void followRenames(std::vector<Gone>& gone);
    /// A video that came into a source that wants parts of its frames, and has none.
    bool lacksPatches(int64_t source, const std::filesystem::path& file, bool hasPatches) const;

    Library& m_library;
    const WalkRule m_rule;
    const LeftOutNames m_leftOut;
    IndexReport& m_report;
    const JobContext& m_job;
    std::vector<LibrarySource> m_sources;
    std::unordered_set<std::string> m_sourcePaths;
    std::vector<int64_t> m_walked;                    ///< ids of sources
    std::vector<std::string> m_kept;                  ///< folders that could not be read: what is known of them stays
    std::vector<int64_t> m_seen;                      ///< ids of files
    std::set<std::pair<int64_t, int64_t>> m_devices;  ///< of files that are as they were: by the library, and now
    std::optional<SubtitleFolder> m_subtitles;        ///< of the folder that is looked at
    std::unordered_set<int64_t> m_changed;            ///< files that are counted as changed
    int64_t m_firstNew = 0;                           ///< the first id of a new file; 0: there is none
    int64_t m_looked = 0, m_known = 0;
};

}  // namespace diagonal
