// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace diagonal {

/// What RUN/log.txt tells of a run that metrics do not.
struct RunHistory {
    std::vector<int64_t> resumes;  ///< steps at which it went on
    double seconds = 0;            ///< of all its sessions, with validation and saving; 0: not known
    bool died = false;             ///< its last session neither stopped nor finished, and none goes on
};

/// Nothing where there is no log. Any thread.
RunHistory readHistory(const std::filesystem::path& run);

}  // namespace diagonal
