// SPDX-License-Identifier: Apache-2.0
#include "engine/image/left_out_names.h"

#include <utility>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"

namespace diagonal {

namespace {

bool isPattern(std::string_view name) {
    return name.find_first_of("*?") != std::string_view::npos;
}

/// Goes back to the last * alone: what stood before it fits whatever that takes.
bool fitsPattern(std::string_view name, std::string_view pattern) {
    size_t at = 0, next = 0, star = std::string_view::npos, taken = 0;
    while (at < name.size()) {
        if (next < pattern.size() && pattern[next] == '*') {
            star = next++;
            taken = at;
        } else if (next < pattern.size() && (pattern[next] == '?' || pattern[next] == name[at])) {
            ++at;
            ++next;
        } else if (star != std::string_view::npos) {
            next = star + 1;
            at = ++taken;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', next) == std::string_view::npos;
}

void requireLeftOutName(const std::string& name) {
    if (name.empty() || name.find('/') != std::string::npos || name.find('\0') != std::string::npos)
        throw Error("“" + displayName(name) + "”", "is no name of a folder or file",
                    "Give a name such as “private”, or a pattern such as “*.bak”");
    if (name.find_first_not_of('*') == std::string::npos)
        throw Error("“" + name + "”", "would leave out everything", "Give a pattern with letters, such as “old*”");
}

}  // namespace

LeftOutNames::LeftOutNames() : LeftOutNames(usual()) {
}

LeftOutNames::LeftOutNames(std::vector<std::string> names) {
    std::unordered_set<std::string> seen;
    for (std::string& name : names) {
        requireLeftOutName(name);
        std::string lower = lowered(name);
        if (!seen.insert(lower).second) continue;
        if (isPattern(lower))
            m_patterns.push_back(std::move(lower));
        else
            m_whole.insert(std::move(lower));
        m_names.push_back(std::move(name));
    }
}

const std::vector<std::string>& LeftOutNames::usual() {
    static const std::vector<std::string> names = {".*",  // hidden ones: .Trash-1000, .thumbnails, .@__thumb, .stfolder
                                                   "@eaDir",
                                                   "#recycle",
                                                   "#snapshot",
                                                   "@tmp",
                                                   "@sharebin",
                                                   "@syno*",
                                                   "@app*",  // Synology
                                                   "@Recycle",
                                                   "@Recently-Snapshot",
                                                   "@Transcode",  // QNAP
                                                   "~snapshot",   // NetApp
                                                   "$RECYCLE.BIN",
                                                   "RECYCLER",
                                                   "RECYCLED",
                                                   "System Volume Information",  // Windows
                                                   "found.0*",
                                                   "lost+found",
                                                   "LOST.DIR",  // checks of file systems
                                                   "__MACOSX",
                                                   "Temporary Items",
                                                   "Network Trash Folder",
                                                   "TrashCan",   // macOS, others
                                                   "*.lrdata"};  // Lightroom's previews
    return names;
}

bool LeftOutNames::has(std::string_view name) const {
    const std::string lower = lowered(name);
    if (m_whole.contains(lower)) return true;
    for (const std::string& pattern : m_patterns)
        if (fitsPattern(lower, pattern)) return true;
    return false;
}

}  // namespace diagonal
