// SPDX-License-Identifier: Apache-2.0
#include "app/cli/label_log.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "app/cli/console.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/hub/sha256.h"
#include "engine/inference/image_names.h"

namespace diagonal::cli {

namespace {

constexpr const char* kFormat = "diagonal-label-resume";

/// The path that a line is about, empty where it is no line of ours.
std::string imageOf(const nlohmann::json& line) {
    const bool isOurs = line.is_object() && (line.contains("scores") || line.contains("error"));
    return isOurs ? imageNameOf(line) : std::string();
}

std::array<uint64_t, 2> hashOf(std::string_view path) {
    static thread_local Sha256 hash;
    hash.reset();
    hash.add(path.data(), path.size());
    const auto bytes = hash.bytes();
    std::array<uint64_t, 2> result;
    std::memcpy(result.data(), bytes.data(), sizeof result);
    return result;
}

}  // namespace

LabelLog::LabelLog(const std::string& file, const Json& settings, bool resume)
    : m_file(file), m_settingsFile(file + ".resume.json") {
    m_descriptor = ::open(m_file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0666);
    const std::string name = displayName(m_file);
    if (m_descriptor < 0) throw Error(name, std::string("cannot be written: ") + std::strerror(errno));
    try {
        struct stat status = {};
        if (::fstat(m_descriptor, &status) != 0 || !S_ISREG(status.st_mode)) throw Error(name, "is not a regular file");
        if (::flock(m_descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
            throw Error(name, "another process is writing to it", "Wait for it, or choose another --out");
        if (!resume || status.st_size == 0) {
            begin(settings);
            return;
        }
        if (!std::filesystem::exists(m_settingsFile))
            throw Error(displayName(m_settingsFile), "is missing, so nobody knows which model and labels made " + name,
                        "Leave --resume out to begin anew");
        const Json kept = Json::parse(readText(m_settingsFile), nullptr, false);
        if (!kept.is_object() || kept.value("format", Json()) != kFormat || kept.value("version", Json()) != 1)
            throw Error(displayName(m_settingsFile), "was not written by this command");
        for (const auto& [key, value] : settings.items())
            if (kept.value(key, Json()) != value)
                throw Error(name, "was begun with another “" + key + "”",
                            "Use the same model and options, or leave --resume out to begin anew");
        readLines();
    } catch (...) {
        ::close(m_descriptor);
        throw;
    }
}

LabelLog::~LabelLog() {
    ::close(m_descriptor);
}

/// The settings last, so that they never stand beside lines of another run.
void LabelLog::begin(const Json& settings) {
    std::error_code ignored;
    std::filesystem::remove(m_settingsFile, ignored);
    if (::ftruncate(m_descriptor, 0) != 0)
        throw Error(displayName(m_file), std::string("cannot be written: ") + std::strerror(errno));
    Json all = {{"format", kFormat}, {"version", 1}};
    all.update(settings);
    writeFile(m_settingsFile, dump(all, 2) + "\n");
}

void LabelLog::readLines() {
    std::ifstream lines(m_file, std::ios::binary);
    int64_t whole = 0;
    size_t count = 0;
    for (std::string line; std::getline(lines, line) && !lines.eof(); ++count) {
        const auto json = nlohmann::json::parse(line, nullptr, false);
        std::string image = imageOf(json);
        if (image.empty()) break;
        if (json.contains("error")) ++m_errors;
        m_known.push_back(hashOf(image));
        whole += static_cast<int64_t>(line.size()) + 1;
    }
    std::ranges::sort(m_known);
    if (::ftruncate(m_descriptor, whole) != 0)
        throw Error(displayName(m_file), std::string("cannot be written: ") + std::strerror(errno));
    console().note("Going on behind " + counted(count, "image") + " in " + displayName(m_file) + ".");
}

void LabelLog::takeOut(ImageFiles& images) const {
    if (m_known.empty()) return;
    // As often as it was done: a path that stands twice is taken twice.
    std::vector<uint32_t> taken(m_known.size());
    const auto isDone = [&](std::string_view path) {
        const auto [first, last] = std::equal_range(m_known.begin(), m_known.end(), hashOf(path));
        if (first == last) return false;
        uint32_t& count = taken[static_cast<size_t>(first - m_known.begin())];
        return count < last - first && ++count > 0;
    };
    images.files.removeIf(isDone);
    std::erase_if(images.failures, [&](const auto& failure) { return isDone(failure.path.native()); });
}

void LabelLog::finish() {
    if (::fsync(m_descriptor) != 0 && errno != EINVAL)
        throw Error(displayName(m_file), std::string("cannot be written: ") + std::strerror(errno));
    syncFolder(m_file.parent_path());
}

}  // namespace diagonal::cli
