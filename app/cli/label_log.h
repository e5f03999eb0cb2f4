// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "app/cli/output.h"
#include "engine/image/image_files.h"

namespace diagonal::cli {

/// The jsonl file of `label --out`: lines are there as soon as they are known, and a later run goes on behind them.
/// FILE.resume.json beside it holds what must be equal then (settings). One process at a time.
class LabelLog {
  public:
    /// Begins FILE anew; with `resume` keeps its whole lines and cuts off what a killed run left half written. Throws
    /// Error where the settings differ, another process writes to it, or it is no such file.
    LabelLog(const std::string& file, const Json& settings, bool resume);
    ~LabelLog();
    LabelLog(const LabelLog&) = delete;
    LabelLog& operator=(const LabelLog&) = delete;

    int descriptor() const { return m_descriptor; }
    size_t errors() const { return m_errors; }  ///< lines with an error among those that were kept
    /// Leaves only the images that do not stand in the file.
    void takeOut(ImageFiles& images) const;
    void finish();

  private:
    void begin(const Json& settings);
    void readLines();

    std::filesystem::path m_file, m_settingsFile;
    int m_descriptor = -1;
    size_t m_errors = 0;
    /// The first 128 bits of SHA-256 of the paths in the file, sorted: a million take 16 MB.
    std::vector<std::array<uint64_t, 2>> m_known;
};

}  // namespace diagonal::cli
