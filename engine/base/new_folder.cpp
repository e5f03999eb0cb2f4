// SPDX-License-Identifier: Apache-2.0
#include "engine/base/new_folder.h"

#include <unistd.h>

#include <atomic>

#include "engine/base/error.h"
#include "engine/base/file.h"

namespace diagonal {

namespace fs = std::filesystem;

void requireNew(const fs::path& target) {
    std::error_code failure;
    if (fs::exists(target, failure) && !(fs::is_directory(target, failure) && fs::is_empty(target, failure)))
        throw Error(displayName(target), "there is something already", "Give a new or an empty folder");
}

NewFolder::NewFolder(const fs::path& target) : m_target(fs::absolute(target).lexically_normal()) {
    static std::atomic<unsigned> counter{0};
    if (!m_target.has_filename()) m_target = m_target.parent_path();
    requireNew(m_target);
    m_temporary = m_target;
    m_temporary += ".partial-" + std::to_string(::getpid()) + "-" + std::to_string(counter++);
    std::error_code failure;
    fs::create_directories(m_temporary, failure);
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
