// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace diagonal {

/// Whether a name stands for several files: "name-{0000..0099}.tar", "{a,b}.tar".
bool isShardPattern(const std::string& name);

/// The names that a pattern stands for, as a shell's brace expansion gives them. Throws Error for a broken pattern and
/// for more than a million names.
std::vector<std::string> expandShards(const std::string& pattern);

/// A file inside a tar file: its bytes lie there one after another.
struct ShardMember {
    std::string name;
    uint64_t offset = 0, size = 0;  ///< bytes
};

/// Calls use(member, small) for each file of an uncompressed tar file, in order. small holds the member's bytes where
/// wanted(name) says so and they are not more than a megabyte; else it is empty. note receives what is left out, and
/// where the file is damaged or cut; what stands before that is used. False where something was, or could not be read
/// this time. Throws Error when there is no tar file, or a
/// compressed one.
bool readShard(const std::filesystem::path& path, const std::function<bool(const std::string& name)>& wanted,
               const std::function<void(ShardMember member, std::string small)>& use,
               const std::function<void(const std::string& problem)>& note);

/// Bytes at a place of a file. Throws Error when the file is shorter by now.
std::vector<uint8_t> readBytesAt(const std::filesystem::path& path, uint64_t offset, uint64_t size);

}  // namespace diagonal
