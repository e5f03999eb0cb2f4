// SPDX-License-Identifier: Apache-2.0
#include "engine/image/folder_walk.h"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <system_error>

namespace diagonal {

namespace fs = std::filesystem;

namespace {

bool isResourceFork(std::string_view name) {
    return name.starts_with("._");
}

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

/// "img2" before "img10", upper and lower case together; equal but for case or leading zeros: byte order.
bool naturallyLess(std::string_view a, std::string_view b) {
    size_t i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
        if (isDigit(a[i]) && isDigit(b[j])) {
            while (i < a.size() && a[i] == '0')
                ++i;
            while (j < b.size() && b[j] == '0')
                ++j;
            size_t endA = i, endB = j;
            while (endA < a.size() && isDigit(a[endA]))
                ++endA;
            while (endB < b.size() && isDigit(b[endB]))
                ++endB;
            if (endA - i != endB - j) return endA - i < endB - j;
            const int order = a.substr(i, endA - i).compare(b.substr(j, endB - j));
            if (order != 0) return order < 0;
            i = endA;
            j = endB;
        } else {
            const int x = std::tolower(static_cast<unsigned char>(a[i]));
            const int y = std::tolower(static_cast<unsigned char>(b[j]));
            if (x != y) return x < y;
            ++i;
            ++j;
        }
    }
    if (i < a.size() || j < b.size()) return j < b.size();
    return a < b;
}

std::string reasonOf(const std::error_code& error) {
    if (error == std::errc::permission_denied) return "no permission to read this folder";
    return error.message();
}

bool isFirstVisit(const fs::path& folder, FolderWalk::Seen& seen) {
    struct stat status = {};
    if (::stat(folder.c_str(), &status) != 0) return true;  // reading it will say why
    return seen.emplace(status.st_dev, status.st_ino).second;
}

/// Also the names of folders in it.
WalkedFolder readFolder(const fs::path& folder, const FolderWalk& walk, std::vector<std::string>& folders) {
    WalkedFolder result{folder, {}, {}, true, 0, {}};
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        if (walk.stop.stop_requested()) return result;
        result.isEmpty = false;
        std::string name = entry->path().filename().native();
        std::error_code unknown;  // a link to nowhere: left to the decoder when it is named like an image
        const bool isFolder = entry->is_directory(unknown);
        if (isResourceFork(name) || (!isFolder && !walk.isWanted(name))) continue;
        if (walk.rule == WalkRule::LeaveOut && (walk.leavesOut ? walk.leavesOut(name) : isLeftBehind(name))) {
            ++result.leftBehind;
            result.leftBehindNames.push_back(std::move(name));
        } else {
            (isFolder ? folders : result.files).push_back(std::move(name));
        }
    }
    if (error) result.error = reasonOf(error);
    std::ranges::sort(result.files, naturallyLess);
    std::ranges::sort(folders, naturallyLess);
    return result;
}

}  // namespace

void FolderWalk::run(const fs::path& top, Seen& seen, const std::function<void(WalkedFolder)>& found) const {
    // Folders still to do, the next one last.
    std::vector<fs::path> pending = {top};
    while (!pending.empty() && !stop.stop_requested()) {
        const fs::path folder = std::move(pending.back());
        pending.pop_back();
        if (!isFirstVisit(folder, seen)) continue;
        std::vector<std::string> folders;
        WalkedFolder walked = readFolder(folder, *this, folders);
        if (stop.stop_requested()) return;  // it may not be all of it
        found(std::move(walked));
        for (auto name = folders.rbegin(); name != folders.rend(); ++name)
            if (fs::path below = folder / *name; !enters || enters(below)) pending.push_back(std::move(below));
    }
}

}  // namespace diagonal
