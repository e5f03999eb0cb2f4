// SPDX-License-Identifier: Apache-2.0
#include "engine/base/network_folder.h"

#include <sys/vfs.h>

#include <algorithm>
#include <array>

namespace diagonal {

namespace {

/// From statfs(2) and the kernel's linux/magic.h; those of Lustre, GPFS, BeeGFS and PanFS from their own sources.
constexpr std::array<uint32_t, 18> kTypes = {
    0x00006969,  // NFS
    0x0000517B,  // SMB
    0xFF534D42,  // CIFS
    0xFE534D42,  // SMB 2
    0x65735546,  // FUSE: sshfs, s3fs and others
    0x01021997,  // 9P
    0x00C36400,  // Ceph
    0x5346414F,  // AFS (OpenAFS)
    0x6B414653,  // AFS (the kernel's)
    0x73757245,  // Coda
    0x0000564C,  // NCP
    0x0BD00BD0,  // Lustre
    0x47504653,  // GPFS
    0x19830326,  // BeeGFS
    0xAAD7AAEA,  // PanFS
    0x7461636F,  // OCFS2
    0x01161970,  // GFS2
    0x786F4256,  // VirtualBox's shared folders
};

}  // namespace

bool isNetworkFileSystem(int64_t type) {
    return std::ranges::find(kTypes, static_cast<uint32_t>(type)) != kTypes.end();
}

bool isOnNetwork(const std::filesystem::path& folder) {
    struct statfs status = {};
    return ::statfs(folder.c_str(), &status) == 0 && isNetworkFileSystem(status.f_type);
}

}  // namespace diagonal
