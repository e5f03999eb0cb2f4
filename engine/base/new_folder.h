// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace diagonal {

/// Throws Error when the target is there already and is not an empty folder.
void requireNew(const std::filesystem::path& target);

/// A folder that is there whole or not at all: filled under a temporary name beside the target, and renamed on
/// commit(). Without commit() it is removed with all that is in it.
class NewFolder {
  public:
    /// Throws Error when requireNew does, or the folder cannot be made.
    explicit NewFolder(const std::filesystem::path& target);
    ~NewFolder();
    NewFolder(const NewFolder&) = delete;
    NewFolder& operator=(const NewFolder&) = delete;

    /// Where to write to.
    const std::filesystem::path& path() const { return m_temporary; }
    /// Where it lies after commit().
    const std::filesystem::path& target() const { return m_target; }
    void commit();

  private:
    std::filesystem::path m_target, m_temporary;
    bool m_done = false;
};

}  // namespace diagonal
