// SPDX-License-Identifier: Apache-2.0
#include "app/cli/output.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

#include "app/cli/command.h"
#include "app/cli/console.h"
#include "engine/base/file.h"
#include "engine/base/text.h"

namespace diagonal::cli {

Output::Output(int descriptor, std::string name) : m_descriptor(descriptor), m_name(std::move(name)) {
}

Output::Output(const std::string& file) : m_descriptor(STDOUT_FILENO) {
    if (!file.empty())
        m_file = std::make_unique<AtomicFile>(file);
    else
        m_terminal = isatty(STDOUT_FILENO) == 1;
}

void Output::write(std::string_view text) {
    if (m_file) {
        m_file->write(text);
        return;
    }
    m_buffer += text;
    if (m_buffer.size() > 65536) flush();
}

void Output::flush() {
    if (m_file) return;
    if (m_terminal && !m_buffer.empty()) console().clearLive();
    size_t at = 0;
    while (at < m_buffer.size()) {
        const auto written = ::write(m_descriptor, m_buffer.data() + at, m_buffer.size() - at);
        if (written >= 0) {
            at += static_cast<size_t>(written);
        } else if (errno == EPIPE) {
            m_buffer.clear();
            throw OutputClosed();
        } else if (errno != EINTR && errno != EAGAIN) {
            const std::string reason = std::strerror(errno);
            m_buffer.clear();
            throw Error(m_name, "cannot be written: " + reason,
                        m_descriptor == STDOUT_FILENO ? "Use --out FILE, or check the disk."
                                                      : "Free some space, then go on with --resume.");
        }
    }
    m_buffer.clear();
}

void Output::finish() {
    if (m_file)
        m_file->commit();
    else
        flush();
}

std::string dump(const Json& json, int indent) {
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

std::string padded(const std::string& text, size_t width, bool right) {
    const size_t own = displayWidth(text);
    if (own >= width) return text;
    const std::string blanks(width - own, ' ');
    return right ? blanks + text : text + blanks;
}

std::string renderTable(const std::vector<std::vector<std::string>>& rows, const std::vector<size_t>& rightAligned) {
    std::vector<size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], displayWidth(row[i]));
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (size_t i = 0; i < row.size(); ++i) {
            const bool right = std::find(rightAligned.begin(), rightAligned.end(), i) != rightAligned.end();
            if (i > 0) line += "  ";
            line += padded(row[i], widths[i], right);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

std::string renderFacts(const std::vector<std::pair<std::string, std::string>>& facts) {
    size_t width = 0;
    for (const auto& [name, value] : facts)
        width = std::max(width, displayWidth(name));
    std::string text;
    for (const auto& [name, value] : facts)
        text += padded(name, width + 3) + printable(value) + "\n";
    return text;
}

Format formatOfFile(const std::string& file, Format fallback) {
    const std::string name = lowered(file);
    if (name.ends_with(".csv")) return Format::Csv;
    if (name.ends_with(".json")) return Format::Json;
    if (name.ends_with(".jsonl")) return Format::JsonLines;
    if (!file.empty() && !name.ends_with(".txt"))
        throw UsageError("--out: “" + displayName(file) + "” does not end in .csv, .json or .jsonl: give --format.");
    return fallback;
}

std::string groupDigits(std::string number) {
    for (auto at = static_cast<int64_t>(number.size()) - 3; at > (number.starts_with('-') ? 1 : 0); at -= 3)
        number.insert(static_cast<size_t>(at), ",");
    return number;
}

std::string formatBytes(int64_t bytes) {
    static constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB"};
    double value = static_cast<double>(bytes);
    size_t unit = 0;
    for (; value >= 1000 && unit < 4; ++unit)
        value /= 1000;
    return fixed(value, unit == 0 || value >= 100 ? 0 : 1) + " " + kUnits[unit];
}

std::string fixed(double value, int decimals) {
    if (!std::isfinite(value)) return std::isnan(value) ? "–" : value > 0 ? "inf" : "-inf";
    char text[400];
    const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, decimals).ptr;
    return {text, end};
}

}  // namespace diagonal::cli
