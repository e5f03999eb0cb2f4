// SPDX-License-Identifier: Apache-2.0
#include "engine/image/sort_files.h"

#include <algorithm>
#include <memory>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/place_file.h"
#include "engine/image/sort_journal.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr size_t kFilesASync = 64;

std::string reasonOf(const Error& error) {
    return error.problem() + (error.remedy().empty() ? "" : ". " + error.remedy());
}

/// The folders that had to be made, outermost first.
std::vector<fs::path> makeFolders(const fs::path& folder) {
    std::vector<fs::path> missing;
    std::error_code failure;
    for (fs::path at = folder; !fs::exists(at, failure) && at.has_relative_path(); at = at.parent_path())
        missing.insert(missing.begin(), at);
    fs::create_directories(folder, failure);
    if (failure) throw Error(displayName(folder), "cannot be made: " + failure.message(), "Choose another destination");
    return missing;
}

class Sorting {
  public:
    Sorting(const SortPlan& plan, const JobContext& job) : m_plan(plan), m_job(job) {
        const auto made = makeFolders(plan.destination);
        try {
            m_journal = std::make_unique<SortJournal>(plan.destination, true);
            m_result.id = m_journal->begin(plan.mode);
            for (const fs::path& folder : made)
                m_journal->madeFolder(folder);
        } catch (const Error&) {
            std::error_code ignored;
            for (auto folder = made.rbegin(); folder != made.rend(); ++folder)
                fs::remove(*folder, ignored);
            throw;
        }
        for (size_t i = 0; i < plan.files.size(); ++i)
            if (plan.files[i].skip == SortSkip::None) m_waiting.push_back(i);
    }

    SortResult run() {
        size_t next = 0;
        try {
            while (next < m_waiting.size() && !m_result.isCancelled)  // past what is done or failed
                runSome(next, std::min(m_waiting.size(), next + kFilesASync));
        } catch (const Error& error) {
            // Without a journal nothing goes on.
            for (; next < m_waiting.size(); ++next)
                m_result.failures.emplace_back(m_waiting[next], error.what());
        }
        return std::move(m_result);
    }

  private:
    void runSome(size_t& next, size_t end) {
        for (size_t i = next; i < end; ++i)
            begin(m_waiting[i]);
        m_journal->sync();
        while (next < end) {
            m_job.progress(static_cast<int64_t>(next), static_cast<int64_t>(m_waiting.size()));
            const size_t index = m_waiting[next++];
            try {
                m_job.throwIfStopped();
                place(index);
            } catch (const Cancelled&) {
                m_result.isCancelled = true;
                for (--next; next < end; ++next)
                    m_journal->failFile(m_waiting[next]);
                return;
            } catch (const Error& error) {
                m_result.failures.emplace_back(index, reasonOf(error));
                m_journal->failFile(index);
                continue;
            }
            m_result.done.push_back(index);
            if (const auto stamp = markOf(m_plan.files[index].target)) m_journal->endFile(index, *stamp);
        }
        m_job.progress(static_cast<int64_t>(next), static_cast<int64_t>(m_waiting.size()));
    }

    void begin(size_t index) {
        const PlannedFile& file = m_plan.files[index];
        JournalEntry entry;
        entry.from = file.source;
        entry.to = fs::path(file.folder) / file.target.filename();
        std::error_code failure;
        const fs::path link = fs::read_symlink(file.source, failure);
        if (!failure && m_plan.mode == SortMode::Move) entry.link = link;
        const bool copiesTarget = !failure && m_plan.mode == SortMode::Copy;
        const fs::path looked = copiesTarget ? fs::canonical(file.source, failure) : file.source;
        entry.stamp = markOf(looked).value_or(FileMark{});
        m_journal->beginFile(index, entry);
    }

    void place(size_t index) {
        const PlannedFile& file = m_plan.files[index];
        const fs::path folder = file.target.parent_path();
        std::error_code failure;
        if (fs::create_directory(folder, failure)) m_journal->madeFolder(file.folder);
        if (failure) throw Error(displayName(folder), "the folder cannot be made: " + failure.message());
        const fs::path temporary = SortJournal::temporaryOf(file.target, index);
        if (m_plan.mode == SortMode::Copy)
            copyFile(file.source, file.target, temporary, m_job.stop);
        else
            moveFile(file.source, file.target, temporary, m_job.stop);
    }

    const SortPlan& m_plan;
    const JobContext& m_job;
    std::unique_ptr<SortJournal> m_journal;
    std::vector<size_t> m_waiting;
    SortResult m_result;
};

}  // namespace

SortResult sortFiles(const SortPlan& plan, const JobContext& job) {
    if (plan.count() == 0) return {};
    return Sorting(plan, job).run();
}

}  // namespace diagonal
