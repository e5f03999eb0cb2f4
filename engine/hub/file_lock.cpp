// SPDX-License-Identifier: Apache-2.0
#include "engine/hub/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/base/error.h"
#include "engine/base/file.h"

namespace diagonal {

FileLock::FileLock(const std::filesystem::path& file) {
    m_descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (m_descriptor < 0) throw Error(displayName(file), std::string("cannot be written: ") + std::strerror(errno));
}

FileLock::~FileLock() {
    ::close(m_descriptor);
}

bool FileLock::tryLock() {
    return ::flock(m_descriptor, LOCK_EX | LOCK_NB) == 0 || (errno != EWOULDBLOCK && errno != EINTR);
}

}  // namespace diagonal
