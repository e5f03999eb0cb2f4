// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

#include "engine/base/job.h"
#include "engine/hub/sha256.h"

namespace diagonal {

/// The beginning of a file, on disk under target + ".part", and its hash.
class PartFile {
  public:
    /// Opens what an earlier try left, or an empty file. Throws Error.
    explicit PartFile(const std::filesystem::path& target);
    ~PartFile();
    PartFile(const PartFile&) = delete;
    PartFile& operator=(const PartFile&) = delete;

    /// Hashes what is there already; before anything is appended. Throws Cancelled.
    void hashExisting(const JobContext& job);

    uint64_t size() const { return m_size; }
    std::string sha256() const { return m_hash.digits(); }

    /// Throws Error (disk full).
    void append(const char* data, size_t size);
    /// Back to an empty file.
    void restart();
    /// Flushed, and renamed to the target. Throws Error.
    void finish();
    void remove();

  private:
    [[noreturn]] void fail(const char* action) const;

    std::filesystem::path m_target, m_path;
    int m_descriptor = -1;
    uint64_t m_size = 0;
    Sha256 m_hash;
};

}  // namespace diagonal
