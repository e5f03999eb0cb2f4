// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <exception>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/file.h"

namespace diagonal::cli {

using Json = nlohmann::ordered_json;

enum class Format { Table, Csv, Json, JsonLines };

/// Whoever read our output has gone (`| head`): nothing is left to do.
class OutputClosed : public std::exception {};

/// Where results go: stdout, or a file that is there whole or not at all.
class Output {
  public:
    explicit Output(const std::string& file = {});
    /// To the end of an open file, as it comes; `name` stands in errors. The descriptor stays the caller's.
    Output(int descriptor, std::string name);

    /// Whether a person reads along: stdout, and it is a terminal.
    bool isTerminal() const { return m_terminal; }
    void write(std::string_view text);
    /// Passes on what was written so far, so that results stream.
    void flush();
    /// The last call: everything is on its way, the file in place.
    void finish();

  private:
    std::unique_ptr<AtomicFile> m_file;
    std::string m_buffer;
    int m_descriptor;
    std::string m_name = "standard output";
    bool m_terminal = false;
};

/// JSON text; bytes that are no UTF-8 (old file names) are replaced, control characters escaped.
std::string dump(const Json& json, int indent = -1);

/// Longer file names and labels are cut in tables for people.
inline constexpr size_t kMaxNameWidth = 48, kMaxLabelWidth = 32;

/// A text table for people: a header, then rows; columns named in `rightAligned` hold numbers.
std::string renderTable(const std::vector<std::vector<std::string>>& rows, const std::vector<size_t>& rightAligned);

/// "name   value" lines.
std::string renderFacts(const std::vector<std::pair<std::string, std::string>>& facts);

/// Pads with blanks to `width` columns.
std::string padded(const std::string& text, size_t width, bool right = false);

/// The file ending's format (.csv, .json, .jsonl in any case); the fallback without a file and for .txt. Throws
/// UsageError for other endings.
Format formatOfFile(const std::string& file, Format fallback);

std::string groupDigits(std::string number);
/// "1,234,567"
std::string grouped(std::integral auto number) {
    return groupDigits(std::to_string(number));
}
/// "1 picture", "2,000 pictures"; of words that take no s `many`.
std::string counted(std::integral auto number, const std::string& one, const std::string& many = {}) {
    return grouped(number) + " " + (number == 1 ? one : many.empty() ? one + "s" : many);
}
/// "1.5 MB"
std::string formatBytes(int64_t bytes);
/// Fixed decimals, a point in every locale.
std::string fixed(double value, int decimals);

}  // namespace diagonal::cli
