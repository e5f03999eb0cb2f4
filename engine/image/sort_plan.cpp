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
#include <utility>

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

/// The names NAME, NAME (2), NAME (3), … in one folder, each looked at once, whatever the number of files that want
/// one.
class NumberedNames {
  public:
    NumberedNames(fs::path folder, std::string name) : m_folder(std::move(folder)), m_name(std::move(name)) {}

    /// Gives a file the first name that is free, or the one under which it is there already. `reserved` are the keys
    /// (nameKey) of names that are given.
    void place(PlannedFile& file, const struct stat& source, std::unordered_set<std::string>& reserved,
               const std::stop_token& stop) {
        while (isTakenHere(reserved))
            ++m_next;
        const auto [begin, end] = m_taken.equal_range(source.st_size);
        for (auto taken = begin; taken != end; ++taken) {
            const auto [number, device, inode] = taken->second;
            if (reserved.contains(keyOf(number))) continue;
            const bool isSame = device == source.st_dev && inode == source.st_ino;
            if (!isSame && !haveSameContent(file.source, pathOf(number), stop)) continue;
            file.skip = isSame ? SortSkip::InPlace : SortSkip::SameContent;
            take(file, number, reserved);
            m_taken.erase(taken);
            return;
        }
        take(file, m_next++, reserved);
    }

  private:
    struct Taken {
        int number;
        dev_t device;
        ino_t inode;
    };

    /// Whether m_next is not to be had; one that a file has is remembered.
    bool isTakenHere(const std::unordered_set<std::string>& reserved) {
        if (reserved.contains(keyOf(m_next))) return true;
        const fs::path path = pathOf(m_next);
        if (!isTaken(path)) return false;
        struct stat status = {};
        if (::stat(path.c_str(), &status) == 0)
            m_taken.emplace(status.st_size, Taken{m_next, status.st_dev, status.st_ino});
        return true;
    }

    void take(PlannedFile& file, int number, std::unordered_set<std::string>& reserved) const {
        file.target = pathOf(number);
        reserved.insert(keyOf(number));
    }

    std::string nameOf(int number) const { return number == 1 ? m_name : numberedName(m_name, number); }
    fs::path pathOf(int number) const { return m_folder / nameOf(number); }
    std::string keyOf(int number) const { return m_folder.filename().native() + '/' + nameKey(nameOf(number)); }

    fs::path m_folder;
    std::string m_name;
    int m_next = 1;                       ///< all before it are taken
    std::multimap<off_t, Taken> m_taken;  ///< by size: those that files had before, in the order of their numbers
};

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
    std::unordered_map<std::string, NumberedNames> numbered;
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
        if (file.skip == SortSkip::None) {
            const std::string name = file.source.filename().native();
            const auto [names, isNew] =
                numbered.try_emplace(file.folder + '/' + name, plan.destination / file.folder, name);
            names->second.place(file, status, reserved, job.stop);
        }
        plan.files.push_back(std::move(file));
    }
    job.progress(static_cast<int64_t>(items.size()), static_cast<int64_t>(items.size()));
    return plan;
}

}  // namespace diagonal
