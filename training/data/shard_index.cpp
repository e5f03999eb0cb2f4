// SPDX-License-Identifier: Apache-2.0
#include "training/data/shard_index.h"

#include <sys/stat.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "training/data/content_hash.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

/// To be raised with the form of the tables and with the rules by which shards are read.
constexpr uint32_t kIndexVersion = 2;
constexpr char kIndexMagic[8] = {'d', 'i', 'a', 's', 'h', 'a', 'r', 'd'};
constexpr uint64_t kSmallestShard = 256 << 10;  ///< smaller ones are read as quickly as an index
constexpr uint64_t kLargestIndex = uint64_t{1} << 32;

struct IndexHeader {
    char magic[8];
    uint32_t version, zero;
    uint64_t shardSize;
    int64_t shardChangedAt;
    uint64_t hash;  ///< of the table, with all of the above
};
static_assert(sizeof(IndexHeader) == 40);

std::span<const uint8_t> bytesOfText(std::string_view text) {
    return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

uint64_t hashOfKeys(const CaptionKeys& keys, std::string_view imageField) {
    uint64_t hash = imageField.empty() ? 0 : contentHash(bytesOfText(imageField), 0);
    for (const std::string& name : keys.names)
        hash = contentHash(bytesOfText(name), hash + 1);
    return hash;
}

std::string hexadecimal(uint64_t number) {
    char text[17];
    std::snprintf(text, sizeof text, "%016" PRIx64, number);
    return text;
}

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

/// Empty: there is none.
fs::path cachedIndexes() {
    const std::string cache = variable("XDG_CACHE_HOME"), home = variable("HOME");
    if (cache.empty() && home.empty()) return {};
    const fs::path folder = cache.empty() ? fs::path(home) / ".cache" : fs::path(cache);
    return folder / "diagonal" / "shard-index";
}

}  // namespace

std::optional<ShardState> ShardState::of(const fs::path& shard) {
    struct stat status = {};
    if (::stat(shard.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
    return ShardState{static_cast<uint64_t>(status.st_size),
                      int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

ShardIndexes::ShardIndexes(CaptionKeys keys, std::string_view imageField)
    : m_keys(std::move(keys)), m_keysHash(hashOfKeys(m_keys, imageField)) {
    const std::string given = variable("DIAGONAL_SHARD_INDEX");
    m_isOn = given != "off";
    m_isBeside = given.empty();
    m_folder = m_isBeside                ? cachedIndexes()
               : given.starts_with("~/") ? fs::path(variable("HOME")) / given.substr(2)
                                         : fs::path(given);
}

/// Other keys, another file: who takes turns with them reads no shard anew.
fs::path ShardIndexes::besides(const fs::path& shard) const {
    std::string name = shard.filename().string();
    if (m_keysHash != 0) name += "." + hexadecimal(m_keysHash);
    return shard.parent_path() / ".diagonal-index" / (name + ".idx");
}

fs::path ShardIndexes::inFolder(const fs::path& shard) const {
    std::error_code failure;
    const std::string path = fs::absolute(shard, failure).lexically_normal().string();
    if (m_folder.empty()) return {};
    return m_folder / (hexadecimal(contentHash(bytesOfText(path), m_keysHash)) + ".idx");
}

std::string ShardIndexes::header(const ShardState& state, std::string_view table) const {
    const uint64_t seed =
        seedOf(kIndexVersion, state.size, static_cast<uint64_t>(state.changedAt), m_keysHash, m_keys.names.size());
    IndexHeader header = {{}, kIndexVersion, 0, state.size, state.changedAt, contentHash(bytesOfText(table), seed)};
    std::memcpy(header.magic, kIndexMagic, sizeof kIndexMagic);
    return {reinterpret_cast<const char*>(&header), sizeof header};
}

std::optional<ShardTable> ShardIndexes::find(const fs::path& shard, const ShardState& state) const {
    if (!m_isOn || state.size < kSmallestShard) return std::nullopt;
    for (const fs::path& file : {m_isBeside ? besides(shard) : fs::path(), inFolder(shard)}) {
        std::error_code failure;
        if (file.empty() || !fs::is_regular_file(file, failure)) continue;
        try {
            std::string bytes = readText(file, kLargestIndex);
            if (bytes.size() < sizeof(IndexHeader)) continue;
            const std::string found = bytes.substr(0, sizeof(IndexHeader));
            bytes.erase(0, sizeof(IndexHeader));
            if (found != header(state, bytes)) continue;
            if (auto table = ShardTable::from(std::move(bytes), state.size, m_keys.sources())) return table;
        } catch (const std::exception&) {  // damaged, or larger than memory: it is made anew
        }
    }
    return std::nullopt;
}

bool ShardIndexes::write(const fs::path& file, const std::string& header, const std::string& table) {
    const fs::path folder = file.parent_path();
    {
        const std::lock_guard lock(m_mutex);
        if (m_refused.contains(folder)) return false;
    }
    std::error_code failure;
    fs::create_directories(folder, failure);
    try {
        AtomicFile out(file);
        out.write(header);
        out.write(table);
        out.commit();
        return true;
    } catch (const Error&) {  // a folder that others keep, a full disk
        const std::lock_guard lock(m_mutex);
        m_refused.insert(folder);
        return false;
    }
}

void ShardIndexes::keep(const fs::path& shard, const ShardState& state, const std::string& table) {
    // What was changed while it was read is read again next time.
    if (!m_isOn || state.size < kSmallestShard || ShardState::of(shard) != state) return;
    const std::string head = header(state, table);
    if (m_isBeside && write(besides(shard), head, table)) return;
    if (!m_folder.empty()) write(inFolder(shard), head, table);
}

}  // namespace diagonal
