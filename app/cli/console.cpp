// SPDX-License-Identifier: Apache-2.0
#include "app/cli/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "app/cli/output.h"
#include "app/cli/signals.h"
#include "engine/base/encoding.h"

namespace diagonal::cli {

namespace {

/// The code point at `at`, which moves on; a broken byte counts as itself.
char32_t nextCodePoint(std::string_view text, size_t& at) {
    const auto lead = static_cast<unsigned char>(text[at++]);
    const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    char32_t point = more == 3 ? lead & 0x07 : more == 2 ? lead & 0x0F : more == 1 ? lead & 0x1F : lead;
    for (int i = 0; i < more && at < text.size() && (text[at] & 0xC0) == 0x80; ++i)
        point = (point << 6) | (static_cast<unsigned char>(text[at++]) & 0x3F);
    return point;
}

size_t columns(char32_t c) {
    if ((c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200F)) return 0;
    const bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
                      (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
                      (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD);
    return wide ? 2 : 1;
}

/// The beginning of a text that fits the terminal's line: a live line that wraps could not be taken back.
std::string fitted(const std::string& text) {
    winsize size{};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 2) return text;
    size_t at = 0, width = 0;
    while (at < text.size()) {
        size_t next = at;
        width += columns(nextCodePoint(text, next));
        if (width >= size.ws_col) break;
        at = next;
    }
    return text.substr(0, at);
}

}  // namespace

std::string printable(std::string_view text) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string result;
    for (size_t i = 0; i < text.size();) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const size_t length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
        const bool isWhole = utf8Length(text.substr(i, length)) == length;
        // 0xC2 0x80..0x9F are the C1 controls, which some terminals obey as well.
        const bool isC1 = isWhole && byte == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0;
        if (isWhole && !isC1 && (byte >= 0x20 || byte == '\n') && byte != 0x7F) {
            result += text.substr(i, length);
            i += length;
            continue;
        }
        for (const size_t end = i + (isC1 ? 2 : 1); i < end; ++i)
            result += {'\\', 'x', kHex[static_cast<unsigned char>(text[i]) >> 4],
                       kHex[static_cast<unsigned char>(text[i]) & 15]};
    }
    return result;
}

size_t displayWidth(std::string_view text) {
    size_t width = 0;
    for (size_t at = 0; at < text.size();)
        width += columns(nextCodePoint(text, at));
    return width;
}

std::string formatDuration(double seconds) {
    const auto total = static_cast<int64_t>(std::llround(std::max(0.0, seconds)));
    char text[40];
    if (total >= 3600)
        std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", static_cast<long long>(total / 3600),
                      static_cast<long long>(total / 60 % 60), static_cast<long long>(total % 60));
    else
        std::snprintf(text, sizeof text, "%lld:%02lld", static_cast<long long>(total / 60),
                      static_cast<long long>(total % 60));
    return text;
}

std::string shorten(const std::string& text, size_t width) {
    if (displayWidth(text) <= width) return text;
    const size_t tail = (width - 1) * 2 / 3, head = width - 1 - tail;
    const size_t total = displayWidth(text);
    std::string result, end;
    size_t seen = 0;
    for (size_t at = 0; at < text.size();) {
        const size_t begin = at;
        const size_t size = columns(nextCodePoint(text, at));
        if (seen + size <= head) result += text.substr(begin, at - begin);
        if (seen >= total - tail) end += text.substr(begin, at - begin);
        seen += size;
    }
    return result + "…" + end;
}

Console& console() {
    static Console instance;
    return instance;
}

bool Console::hasLiveLine() const {
    static const bool canGoBack = [] {
        const char* terminal = std::getenv("TERM");
        return isatty(STDERR_FILENO) == 1 && (terminal == nullptr || std::string_view(terminal) != "dumb");
    }();
    return canGoBack && !m_quiet;
}

void Console::print(std::string_view text) {
    clearLive();
    const std::string line = printable(text) + "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
    std::fflush(stderr);
}

void Console::note(std::string_view text) {
    if (!m_quiet) print(text);
}

void Console::problem(std::string_view text) {
    print("diagonal: " + std::string(text));
}

void Console::error(std::string_view text) {
    print("diagonal: error: " + std::string(text));
}

void Console::live(std::string_view text, bool last) {
    if (!hasLiveLine()) return;
    const auto now = std::chrono::steady_clock::now();
    if (!last && now - m_lastLive < std::chrono::milliseconds(100)) return;
    m_lastLive = now;
    m_liveShown = true;
    const std::string line = "\r\x1b[2K" + fitted(printable(text));
    std::fwrite(line.data(), 1, line.size(), stderr);
    std::fflush(stderr);
}

void Console::clearLive() {
    if (!m_liveShown) return;
    m_liveShown = false;
    std::fputs("\r\x1b[2K", stderr);
    std::fflush(stderr);
}

ProgressLine::ProgressLine(std::string things)
    : m_things(std::move(things)), m_start(std::chrono::steady_clock::now()) {
}

ProgressLine::~ProgressLine() {
    console().clearLive();
}

void ProgressLine::show(const Progress& progress) {
    if (!console().hasLiveLine()) return;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
    std::string line = std::to_string(progress.done);
    if (progress.total > 0) line += "/" + std::to_string(progress.total);
    line += " " + m_things;
    if (seconds > 0.3 && progress.done > 0) {
        const double rate = static_cast<double>(progress.done) / seconds;
        char text[32];
        std::snprintf(text, sizeof text, rate < 10 ? "   %.1f/s" : "   %.0f/s", rate);
        line += text;
        if (progress.total > progress.done)
            line += "   " + formatDuration(static_cast<double>(progress.total - progress.done) / rate) + " left";
    }
    console().live(line, progress.total > 0 && progress.done == progress.total);
}

JobContext ProgressLine::job() {
    return {stopToken(), [this](const Progress& progress) { show(progress); }};
}

DownloadLine::~DownloadLine() {
    console().clearLive();
}

void DownloadLine::show(const Progress& progress) {
    if (!console().hasLiveLine()) return;
    const auto now = std::chrono::steady_clock::now();
    if (m_first < 0) {
        m_first = progress.done;
        m_start = now;
    }
    std::string line = m_name + "   " + formatBytes(progress.done);
    if (progress.total > 0) line += " of " + formatBytes(progress.total);
    const double seconds = std::chrono::duration<double>(now - m_start).count();
    if (seconds > 0.5 && progress.done > m_first) {
        const double rate = static_cast<double>(progress.done - m_first) / seconds;
        line += "   " + formatBytes(static_cast<int64_t>(rate)) + "/s";
        if (progress.total > progress.done)
            line += "   " + formatDuration(static_cast<double>(progress.total - progress.done) / rate) + " left";
    }
    console().live(line, progress.total > 0 && progress.done == progress.total);
}

JobContext DownloadLine::job() {
    return {stopToken(), [this](const Progress& progress) { show(progress); }};
}

}  // namespace diagonal::cli
