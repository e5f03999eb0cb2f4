// SPDX-License-Identifier: Apache-2.0
#include "engine/base/new_folder.h"

#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/temporary.h"

namespace diagonal {

namespace fs = std::filesystem;

void requireNew(const fs::path& target) {
    std::error_code failure;
    if (fs::exists(target, failure) && !(fs::is_directory(target, failure) && fs::is_empty(target, failure)))
        throw Error(displayName(target), "there is something already", "Give a new or an empty folder");
}

NewFolder::NewFolder(const fs::path& target) : m_target(fs::absolute(target).lexically_normal()) {
    if (!m_target.has_filename()) m_target = m_target.parent_path();
    requireNew(m_target);
    std::error_code failure;
    fs::create_directories(m_target.parent_path(), failure);
    // The last component is made here or nowhere: what another process left in a folder must not be committed.
    if (!failure) {
        m_temporary =
            makeTemporary(m_target, ".partial-", [](const fs::path& name) { return ::mkdir(name.c_str(), 0777) == 0; });
        if (m_temporary.empty()) failure = {errno, std::generic_category()};
    }
    if (failure)
        throw Error(displayName(m_target), "cannot be made: " + failure.message(), "Give a folder that can be written");
}

NewFolder::~NewFolder() {
    if (m_done) return;
    std::error_code failure;
    fs::remove_all(m_temporary, failure);
}

void NewFolder::commit() {
    syncFolder(m_temporary);
    std::error_code failure;
    fs::rename(m_temporary, m_target, failure);  // over an empty folder as well
    if (failure) throw Error(displayName(m_target), "cannot be put in place: " + failure.message());
    m_done = true;
    syncFolder(m_target.parent_path());
}

}  // namespace diagonal
