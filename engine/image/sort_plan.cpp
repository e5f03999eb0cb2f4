// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/folder_name.h"
#include "engine/image/place_file.h"
#include "engine/image/sort_files.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

void requireWritable(const fs::path& destination) {
    fs::path folder = destination;
    std::error_code failure;
    while (!fs::exists(fs::symlink_status(folder, failure)) && folder.has_relative_path())
        folder = folder.parent_path();
    if (!fs::is_directory(folder, failure))
        throw Error(displayName(folder), "is not a folder", "Choose another destination");
    if (::access(folder.c_str(), W_OK | X_OK) != 0)
        throw Error(displayName(folder), std::string("cannot be written to: ") + std::strerror(errno),
                    "Choose another destination");
}

/// Gives each wanted folder its name in the destination.
class Folders {
  public:
    explicit Folders(const fs::path& destination) {
        std::error_code failure;
        for (fs::directory_iterator at(destination, failure), end; !failure && at != end; at.increment(failure)) {
            const std::string name = at->path().filename().native();
            std::error_code ignored;
            if (!at->is_directory(ignored)) {
                m_files.insert(nameKey(name));
                continue;
            }
            m_exact.insert(name);
            std::string& known = m_there[nameKey(name)];
            if (known.empty() || name < known) known = name;
        }
    }

    const std::string& nameOf(const std::string& folder) {
        const std::string wanted = safeFolderName(folder);
        std::string& name = m_chosen[nameKey(wanted)];
        if (!name.empty()) return name;
        const auto there = m_there.find(nameKey(wanted));
        if (m_exact.contains(wanted))
            name = wanted;
        else if (there != m_there.end())
            name = there->second;
        else
            name = wanted;
        for (int number = 2; m_files.contains(nameKey(name)); ++number)
            name = wanted + " (" + std::to_string(number) + ")";
        return name;
    }

  private:
    std::unordered_map<std::string, std::string> m_there, m_chosen;
    std::unordered_set<std::string> m_exact, m_files;
};

bool isSameFile(const struct stat& source, const fs::path& other) {
    struct stat status = {};
    return ::stat(other.c_str(), &status) == 0 && status.st_dev == source.st_dev && status.st_ino == source.st_ino;
}

}  // namespace

std::string describe(SortSkip skip) {
    switch (skip) {
        case SortSkip::None:
            return {};
        case SortSkip::Missing:
            return "the file is missing";
        case SortSkip::NotAFile:
            return "not a file";
        case SortSkip::InPlace:
            return "is in its folder already";
        case SortSkip::SameContent:
            return "is there already";
        case SortSkip::Twice:
            return "stands twice in the list";
    }
    return {};
}

bool isFailure(SortSkip skip) {
    return skip == SortSkip::Missing || skip == SortSkip::NotAFile;
}

size_t SortPlan::count() const {
    return static_cast<size_t>(
        std::count_if(files.begin(), files.end(), [](const PlannedFile& file) { return file.skip == SortSkip::None; }));
}

SortPlan planSort(const std::vector<SortItem>& items, const fs::path& destination, SortMode mode,
                  const JobContext& job) {
    if (destination.empty()) throw Error("the destination", "is missing", "Choose a folder");
    SortPlan plan{fs::absolute(destination).lexically_normal(), mode, {}};
    if (!plan.destination.has_filename() && plan.destination.has_relative_path())
        plan.destination = plan.destination.parent_path();
    requireWritable(plan.destination);
    Folders folders(plan.destination);
    std::unordered_set<std::string> sources, reserved;
    plan.files.reserve(items.size());
    for (const SortItem& item : items) {
        job.throwIfStopped();
        job.progress(static_cast<int64_t>(plan.files.size()), static_cast<int64_t>(items.size()));
        PlannedFile file;
        if (!item.picture.empty()) file.source = fs::absolute(item.picture);
        file.folder = folders.nameOf(item.folder);
        struct stat status = {};
        if (::stat(file.source.c_str(), &status) != 0)
            file.skip = SortSkip::Missing;
        else if (!S_ISREG(status.st_mode))
            file.skip = SortSkip::NotAFile;
        else if (!sources.insert(file.source.lexically_normal().native()).second)
            file.skip = SortSkip::Twice;
        const std::string name = file.source.filename().native();
        for (int number = 1; file.skip == SortSkip::None && file.target.empty(); ++number) {
            const std::string candidate = number == 1 ? name : numberedName(name, number);
            const std::string key = file.folder + '/' + nameKey(candidate);
            const fs::path target = plan.destination / file.folder / candidate;
            if (reserved.contains(key)) continue;
            if (isTaken(target)) {
                if (isSameFile(status, target))
                    file.skip = SortSkip::InPlace;
                else if (haveSameContent(file.source, target, job.stop))
                    file.skip = SortSkip::SameContent;
                else
                    continue;
            }
            reserved.insert(key);
            file.target = target;
        }
        plan.files.push_back(std::move(file));
    }
    job.progress(static_cast<int64_t>(items.size()), static_cast<int64_t>(items.size()));
    return plan;
}

}  // namespace diagonal
