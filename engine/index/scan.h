// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <unordered_set>
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
        ContentHash content{};
        bool hasFailed = false, hasPatches = false;
    };

    bool isReached(const LibrarySource& source);
    void walk(const LibrarySource& source);
    void lookAt(const LibrarySource& source, const std::filesystem::path& file, const KnownFile* known);
    void lookIn(const LibrarySource& source, const WalkedFolder& folder);
    /// Reads what lies beside a video anew where that is no longer what it was. Whether its texts are others now.
    bool followSubtitles(int64_t id, const std::filesystem::path& video);
    bool isKept(const std::string& path) const;
    std::vector<Gone> findGone() const;
    /// New files whose content is that of one that is gone are this one under another name.
    void followRenames(std::vector<Gone>& gone);
    /// A video that came into a source that wants parts of its frames, and has none.
    bool lacksPatches(int64_t source, const std::filesystem::path& file, bool hasPatches) const;
    void markSeen(int64_t id);

    Library& m_library;
    const WalkRule m_rule;
    const LeftOutNames m_leftOut;
    IndexReport& m_report;
    const JobContext& m_job;
    std::vector<LibrarySource> m_sources;
    std::unordered_set<std::string> m_sourcePaths;
    std::vector<int64_t> m_walked;              ///< ids of sources
    std::vector<std::string> m_kept;            ///< folders that could not be read: what is known of them stays
    std::vector<bool> m_seen;                   ///< by id of the file
    std::optional<SubtitleFolder> m_subtitles;  ///< of the folder that is looked at
    int64_t m_firstNew = 0;                     ///< the first id of a new file; 0: there is none
    int64_t m_looked = 0, m_known = 0;
};

}  // namespace diagonal
