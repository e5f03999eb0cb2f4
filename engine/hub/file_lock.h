// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace diagonal {

/// A lock between processes; a process that ends, however, gives it up.
class FileLock {
  public:
    explicit FileLock(const std::filesystem::path& file);
    ~FileLock();
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

    /// False while another holds it. True on file systems that know no locks.
    bool tryLock();

  private:
    int m_descriptor = -1;
};

}  // namespace diagonal
