// SPDX-License-Identifier: Apache-2.0
#include "training/run/log.h"

#include <ctime>

namespace diagonal {

namespace {

std::string stamped(const std::string& text) {
    const std::time_t now = std::time(nullptr);
    std::tm utc = {};
    gmtime_r(&now, &utc);
    char stamp[32];
    std::strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ  ", &utc);
    return stamp + text;
}

}  // namespace

void RunLog::open(const std::filesystem::path& file) {
    m_file = std::make_unique<LineFile>(file);
    for (const auto& line : m_early)
        m_file->append(line);
    m_early.clear();
}

void RunLog::say(const std::string& text) {
    const auto line = stamped(text);
    if (m_file) {
        m_file->append(line);
    } else {
        m_early.push_back(line);
    }
    m_observer.onMessage(text);
}

}  // namespace diagonal
