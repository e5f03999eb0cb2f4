// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/file_watch.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <cstdarg>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

struct Heard {
    std::string folder;
    std::vector<std::string> calls;
};

thread_local Heard* listener = nullptr;

void hear(const char* name, const char* path = nullptr) {
    if (listener == nullptr) return;
    if (path == nullptr) return listener->calls.emplace_back(name), void();
    if (listener->folder.empty() || !std::string_view(path).starts_with(listener->folder)) return;
    listener->calls.push_back(std::string(name) + " " + path);
}

template <typename Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

// NOLINTBEGIN: the C library's names
extern "C" {

int fsync(int file) {
    static auto* const real = next<int(int)>("fsync");
    hear("fsync");
    return real(file);
}

int fdatasync(int file) {
    static auto* const real = next<int(int)>("fdatasync");
    hear("fdatasync");
    return real(file);
}

int stat(const char* path, struct stat* result) noexcept {
    static auto* const real = next<int(const char*, struct stat*)>("stat");
    hear("stat", path);
    return real(path, result);
}

int stat64(const char* path, struct stat64* result) noexcept {
    static auto* const real = next<int(const char*, struct stat64*)>("stat64");
    hear("stat", path);
    return real(path, result);
}

int lstat(const char* path, struct stat* result) noexcept {
    static auto* const real = next<int(const char*, struct stat*)>("lstat");
    hear("lstat", path);
    return real(path, result);
}

int lstat64(const char* path, struct stat64* result) noexcept {
    static auto* const real = next<int(const char*, struct stat64*)>("lstat64");
    hear("lstat", path);
    return real(path, result);
}

int statx(int folder, const char* path, int flags, unsigned mask, struct statx* result) noexcept {
    static auto* const real = next<int(int, const char*, int, unsigned, struct statx*)>("statx");
    hear("statx", path);
    return real(folder, path, flags, mask, result);
}

int access(const char* path, int mode) noexcept {
    static auto* const real = next<int(const char*, int)>("access");
    hear("access", path);
    return real(path, mode);
}

int open64(const char* path, int flags, ...) {
    static auto* const real = next<int(const char*, int, ...)>("open64");
    hear("open", path);
    va_list more;
    va_start(more, flags);
    const auto mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : mode_t{0};
    va_end(more);
    return real(path, flags, mode);
}

int open(const char* path, int flags, ...) {
    static auto* const real = next<int(const char*, int, ...)>("open");
    hear("open", path);
    va_list more;
    va_start(more, flags);
    const auto mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : mode_t{0};
    va_end(more);
    return real(path, flags, mode);
}

DIR* opendir(const char* path) {
    static auto* const real = next<DIR*(const char*)>("opendir");
    hear("opendir", path);
    return real(path);
}

char* realpath(const char* path, char* resolved) noexcept {
    static auto* const real = next<char*(const char*, char*)>("realpath");
    hear("realpath", path);
    return real(path, resolved);
}

}  // extern "C"
// NOLINTEND

namespace diagonal {

FileWatch::FileWatch(const QString& folder) {
    listener = new Heard{folder.toStdString(), {}};
}

FileWatch::~FileWatch() {
    delete listener;
    listener = nullptr;
}

QStringList FileWatch::calls() const {
    QStringList calls;
    for (const std::string& call : listener->calls)
        calls << QString::fromStdString(call);
    return calls;
}

}  // namespace diagonal
