// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/image/place_file.h"
#include "engine/image/sort_files.h"

namespace diagonal {

/// One file of a sort, as the journal has it.
struct JournalEntry {
    std::filesystem::path from;                 ///< absolute
    std::filesystem::path to;                   ///< below the destination
    FileMark stamp;                             ///< of the source; of the target once that is there
    std::optional<std::filesystem::path> link;  ///< what a moved link pointed to, as it stood in it
    enum class State { Begun, Done, Failed } state = State::Begun;
};

struct JournalSort {
    std::string id;
    SortMode mode = SortMode::Copy;
    int64_t offset = 0;                          ///< of its first byte in the file
    std::vector<std::filesystem::path> folders;  ///< made by it, in order; below the destination, or absolute
    std::map<size_t, JournalEntry> entries;
};

/// DESTINATION/.diagonal-sort.jsonl: what sorts into a folder did, line by line, each written before (a file) or right
/// after (a folder) it is done. One process at a time holds it.
class SortJournal {
  public:
    static std::filesystem::path fileOf(const std::filesystem::path& destination);
    /// A file's temporary name beside its target.
    static std::filesystem::path temporaryOf(const std::filesystem::path& target, size_t number);

    /// Throws Error where another process holds it, or it cannot be written; without `create` also where it is missing.
    SortJournal(const std::filesystem::path& destination, bool create);
    ~SortJournal();
    SortJournal(const SortJournal&) = delete;
    SortJournal& operator=(const SortJournal&) = delete;

    /// Begins a sort behind the others. Returns its id.
    std::string begin(SortMode mode);
    void madeFolder(const std::filesystem::path& folder);
    void beginFile(size_t number, const JournalEntry& entry);
    void sync();  ///< what was written lasts
    void endFile(size_t number, const FileMark& target);
    void failFile(size_t number);

    /// The last sort in it, if any. Throws Error where a line is none of ours.
    std::optional<JournalSort> last() const;
    /// Cuts the last sort off; an empty journal is removed.
    void remove(const JournalSort& sort);

  private:
    void write(const std::string& line);

    std::filesystem::path m_file;
    int m_descriptor = -1;
};

}  // namespace diagonal
