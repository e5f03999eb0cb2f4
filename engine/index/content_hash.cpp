// SPDX-License-Identifier: Apache-2.0
#include "engine/index/content_hash.h"

#include <unistd.h>

#include <cerrno>
#include <vector>

#include "engine/base/file.h"
#include "engine/hub/sha256.h"

namespace diagonal {

std::optional<ContentHash> contentOf(const std::filesystem::path& file, const JobContext& job) {
    const auto stamp = stampOf(file);
    int descriptor = -1;
    try {
        descriptor = openRegular(file).first;
    } catch (const Error&) {
        return std::nullopt;
    }
    const std::unique_ptr<int, void (*)(int*)> closing(&descriptor, [](int* open) { ::close(*open); });
    Sha256 hash;
    std::vector<char> piece(size_t{1} << 20);
    for (;;) {
        job.throwIfStopped();
        const ssize_t count = ::read(descriptor, piece.data(), piece.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return std::nullopt;
        if (count == 0) break;
        hash.add(piece.data(), static_cast<size_t>(count));
    }
    if (!stamp || stamp != stampOf(file)) return std::nullopt;
    return hash.bytes();
}

}  // namespace diagonal
