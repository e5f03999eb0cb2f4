// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/search/library_shared.h"

#include <algorithm>
#include <map>
#include <thread>

#include "ui/base/paths.h"
#include "ui/pictures/picture_sources.h"
#include "ui/search/activity.h"

namespace diagonal {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kBetweenLooks{2};
constexpr int kLookShare = 20;  ///< a look takes at most this part of the time
constexpr std::chrono::milliseconds kPatience{5000}, kNap{20}, kRest{60};

/// Libraries of this program: what was closed lets go of its lock when its last slice has ended.
std::mutex openMutex;
std::map<std::filesystem::path, std::weak_ptr<void>> openLibraries;

std::weak_ptr<void> openLibrary(const std::filesystem::path& folder) {
    const std::lock_guard lock(openMutex);
    const auto found = openLibraries.find(folder);
    return found == openLibraries.end() ? std::weak_ptr<void>() : found->second;
}

}  // namespace

std::shared_ptr<LibrarySession::Shared> LibrarySession::Shared::open(const std::filesystem::path& folder,
                                                                     const LibraryModel* newModel,
                                                                     const JobContext& job) {
    const std::weak_ptr<void> before = openLibrary(folder);
    for (const auto until = Clock::now() + kPatience; !before.expired() && Clock::now() < until;) {
        job.throwIfStopped();
        std::this_thread::sleep_for(kNap);
    }
    auto shared = std::make_shared<Shared>();
    if (newModel != nullptr && !Library::isLibrary(folder)) {
        std::filesystem::create_directories(folder.parent_path());
        shared->library = Library::create(folder, *newModel);
    } else {
        try {
            shared->library = Library::open(folder, Library::Access::Write);
        } catch (const Error& error) {
            shared->library = Library::open(folder, Library::Access::Read);
            shared->writeProblem = error.problem();
        }
    }
    if (shared->writeProblem.empty()) {
        IndexOptions options;
        options.rest = [] { return Activity::isRecent() ? kRest : std::chrono::milliseconds(0); };
        shared->indexer = std::make_unique<Indexer>(shared->library, options);
    }
    shared->look(true);
    const std::lock_guard lock(openMutex);
    std::erase_if(openLibraries, [](const auto& one) { return one.second.expired(); });
    openLibraries[folder] = shared->isOpen;
    return shared;
}

void LibrarySession::Shared::scan(const JobContext& job) {
    indexer->clearReport();
    indexer->scan(job);
    const IndexReport& report = indexer->report();
    unreached = report.unreached;
    leftBehind = leftBehindNote(report.leftBehind, report.leftBehindNames);
    look(true);
}

void LibrarySession::Shared::look(bool now) {
    const auto begun = Clock::now();
    ShownLibrary found;
    if (indexer) found.left = indexer->report().left;
    if (!now && begun < nextLook) {
        const std::lock_guard lock(reportMutex);
        state.left = found.left;
        return;
    }
    found.model = library->model();
    found.counts = library->counts();
    found.leftOut = library->leftOut();
    found.leftBehind = leftBehind;
    for (const LibrarySource& source : library->sources()) {
        const bool isThere = std::ranges::find(unreached, source.path) == unreached.end();
        found.sources.push_back({source.id, fromPath(source.path), source.isWatched, source.takesAll, source.hasPatches,
                                 isThere, library->counts(source.id)});
    }
    const auto taken = library->snapshot();
    {
        const std::lock_guard lock(reportMutex);
        state = std::move(found);
        snapshot = taken;
    }
    const auto end = Clock::now();
    nextLook = end + std::max<Clock::duration>(kBetweenLooks, (end - begun) * kLookShare);
}

}  // namespace diagonal
