// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "training/data/caption_keys.h"
#include "training/data/shard_table.h"

namespace diagonal {

/// What a shard's index belongs to: the shard as it was when it was read.
struct ShardState {
    uint64_t size = 0;      ///< bytes
    int64_t changedAt = 0;  ///< nanoseconds, of the last change

    /// Nothing where there is no regular file.
    static std::optional<ShardState> of(const std::filesystem::path& shard);
    bool operator==(const ShardState&) const = default;
};

/// The indexes of shards, a file each: FOLDER/.diagonal-index/NAME.tar.idx beside the shard, or where that cannot be
/// written in shard-index/ of the user's cache. $DIAGONAL_SHARD_INDEX is another folder for them, or "off". What is
/// damaged, of another version or of a shard that has changed is as if it were not there; a file is written whole or
/// not at all, so that several processes may write the same. Any thread may call it.
class ShardIndexes {
  public:
    /// imageField: that of readShardContent.
    explicit ShardIndexes(CaptionKeys keys, std::string_view imageField = {});

    std::optional<ShardTable> find(const std::filesystem::path& shard, const ShardState& state) const;
    /// Keeps the bytes of a table. Where nothing can be written nothing is kept.
    void keep(const std::filesystem::path& shard, const ShardState& state, const std::string& table);

  private:
    std::filesystem::path besides(const std::filesystem::path& shard) const;
    std::filesystem::path inFolder(const std::filesystem::path& shard) const;
    std::string header(const ShardState& state, std::string_view table) const;
    bool write(const std::filesystem::path& file, const std::string& header, const std::string& table);

    const CaptionKeys m_keys;
    uint64_t m_keysHash;
    bool m_isOn, m_isBeside;         ///< beside the shards, where that can be
    std::filesystem::path m_folder;  ///< of all else
    std::mutex m_mutex;
    std::set<std::filesystem::path> m_refused;  ///< folders that cannot be written to
};

}  // namespace diagonal
