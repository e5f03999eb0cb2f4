// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/place_file.h"
#include "engine/image/sort_files.h"
#include "engine/image/sort_journal.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

void removeFile(const fs::path& file) {
    if (::unlink(file.c_str()) != 0)
        throw Error(displayName(file), std::string("cannot be removed: ") + std::strerror(errno));
}

class Undoing {
  public:
    Undoing(fs::path destination, const JournalSort& sort, const JobContext& job)
        : m_destination(std::move(destination)), m_sort(sort), m_job(job) {
        m_result.mode = sort.mode;
    }

    UndoResult run() {
        const auto total = static_cast<int64_t>(m_sort.entries.size());
        int64_t count = 0;
        for (auto at = m_sort.entries.rbegin(); at != m_sort.entries.rend(); ++at) {
            m_job.progress(count++, total);
            const auto& [number, entry] = *at;
            if (entry.state == JournalEntry::State::Failed) continue;
            const fs::path target = m_destination / entry.to;
            try {
                m_job.throwIfStopped();
                if (entry.state == JournalEntry::State::Begun)
                    ::unlink(SortJournal::temporaryOf(target, number).c_str());
                if (m_sort.mode == SortMode::Copy)
                    removeCopy(entry, target);
                else
                    moveBack(number, entry, target);
            } catch (const Cancelled&) {
                m_result.isCancelled = true;
                return std::move(m_result);
            } catch (const Error& error) {
                m_result.failures.emplace_back(target, error.problem());
            } catch (const fs::filesystem_error& error) {
                m_result.failures.emplace_back(target, "cannot go back: " + error.code().message());
            }
        }
        m_job.progress(total, total);
        return std::move(m_result);
    }

  private:
    void leave(const JournalEntry& entry, const fs::path& target, const char* reason) {
        if (entry.state == JournalEntry::State::Done) m_result.left.emplace_back(target, reason);
    }

    void removeCopy(const JournalEntry& entry, const fs::path& target) {
        const auto stamp = markOf(target);
        if (!stamp) {
            leave(entry, target, "is not there any more");
        } else if (*stamp != entry.stamp) {
            leave(entry, target, "was changed since, and stays");
        } else {
            removeFile(target);
            m_result.undone.emplace_back(entry.from, target);
        }
    }

    void moveBack(size_t number, const JournalEntry& entry, const fs::path& target) {
        const auto there = markOf(target), source = markOf(entry.from);
        if (!there) {
            if (!source) leave(entry, target, "is not there any more");
            return;
        }
        // Of what was begun nobody knows whether it was done: only what looks like that very file is touched.
        const bool isBegun = entry.state == JournalEntry::State::Begun;
        std::error_code failure;
        const bool isOurs = entry.link ? !fs::read_symlink(target, failure).empty() : *there == entry.stamp;
        if (isBegun && !isOurs) return;
        if (source && isBegun) {
            if (*source == entry.stamp) removeFile(target);  // copied across file systems, not removed yet
            return;
        }
        if (source) throw Error(displayName(target), "cannot go back, another file is at " + displayName(entry.from));
        if (entry.link && !isOurs) {
            leave(entry, target, "was changed since, and stays");
            return;
        }
        fs::create_directories(entry.from.parent_path());
        if (entry.link)
            moveLink(target, entry.from, *entry.link);
        else
            moveFile(target, entry.from, SortJournal::temporaryOf(entry.from, number), m_job.stop);
        m_result.undone.emplace_back(entry.from, target);
    }

    fs::path m_destination;
    const JournalSort& m_sort;
    const JobContext& m_job;
    UndoResult m_result;
};

}  // namespace

UndoResult undoSort(const fs::path& destination, const std::string& id, const JobContext& job) {
    const fs::path folder = fs::absolute(destination);
    SortJournal journal(folder, false);
    const auto sort = journal.last();
    if (!sort) throw Error(displayName(destination), "nothing was sorted into this folder", "Name the folder of --to");
    if (!id.empty() && sort->id != id)
        throw Error(displayName(destination), "something else was sorted into this folder since",
                    "Undo that first, with diagonal-cli sort --undo");
    UndoResult result = Undoing(folder, *sort, job).run();
    if (result.isCancelled || !result.failures.empty()) return result;
    std::error_code ignored;  // what is not empty stays
    for (auto made = sort->folders.rbegin(); made != sort->folders.rend(); ++made)
        if (made->is_relative() && ::rmdir((folder / *made).c_str()) != 0) continue;
    journal.remove(*sort);
    for (auto made = sort->folders.rbegin(); made != sort->folders.rend(); ++made)
        if (made->is_absolute() && ::rmdir(made->c_str()) != 0) break;
    return result;
}

}  // namespace diagonal
