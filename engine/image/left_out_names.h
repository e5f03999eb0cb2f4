// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace diagonal {

/// Names of folders and files that a walk leaves out: whole names, or patterns with * (any letters, or none) and ? (one
/// byte). A to Z and a to z are the same.
class LeftOutNames {
  public:
    /// The usual ones.
    LeftOutNames();
    /// Throws Error where one of them is no name (empty, with a slash or a zero byte), or would fit all names.
    explicit LeftOutNames(std::vector<std::string> names);

    /// Hidden ones, and those of what indexers of NAS boxes, bins, cameras and file systems leave behind.
    static const std::vector<std::string>& usual();

    /// Each once, in the order given.
    const std::vector<std::string>& names() const { return m_names; }
    bool has(std::string_view name) const;
    bool operator==(const LeftOutNames& other) const { return m_names == other.m_names; }

  private:
    std::vector<std::string> m_names;
    std::unordered_set<std::string> m_whole;  ///< in lower case, as the patterns
    std::vector<std::string> m_patterns;
};

}  // namespace diagonal
