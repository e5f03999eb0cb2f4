// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "engine/hub/http.h"

namespace diagonal {

/// What to download, and how to know that it came whole.
struct Source {
    std::string subject;  ///< stands in errors: "ViT-B/32"
    std::string url;
    std::string bearer;  ///< see HttpRequest
    std::string sha256;  ///< empty: not known; such a file is not resumed
    uint64_t bytes = 0;  ///< exactly; 0: not known
    uint64_t mostBytes = uint64_t{1} << 36;
    std::string byHand;   ///< what to do where there is no network
    std::string refused;  ///< what to do about 401, 403 and 404
};

/// Downloads to target, by way of target + ".part", from whose end a later call goes on. What came is renamed into
/// place once its SHA-256, or without one its size, is right; a file with a wrong hash is removed. Passing trouble is
/// retried. Throws Error, Cancelled; the part stays.
void download(const Source& source, const std::filesystem::path& target, const TransferOptions& options,
              const JobContext& job);

/// A text of at most source.mostBytes. Throws Error, Cancelled.
std::string downloadText(const Source& source, const TransferOptions& options, const JobContext& job);

/// Copies a file to target if it has this hash; false if it cannot be read or has another.
bool copyVerified(const std::filesystem::path& file, const std::string& sha256, const std::filesystem::path& target,
                  const JobContext& job);

/// Throws Error when the disk of a folder has less room than this.
void requireSpace(const std::string& subject, const std::filesystem::path& folder, uint64_t bytes);

/// "354 MB"
std::string megabytes(uint64_t bytes);

}  // namespace diagonal
