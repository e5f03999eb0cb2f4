// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

namespace diagonal {

/// Whether several computers may have this file system at once (statfs's f_type): NFS, SMB, Lustre, FUSE and others.
bool isNetworkFileSystem(int64_t type);

/// Whether a folder that is there lies on one.
bool isOnNetwork(const std::filesystem::path& folder);

}  // namespace diagonal
