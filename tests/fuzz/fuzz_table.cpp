// SPDX-License-Identifier: Apache-2.0
#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "engine/base/encoding.h"
#include "engine/base/error.h"
#include "training/data/csv.h"

using diagonal::CsvReader;
using diagonal::LineReader;
using diagonal::TextStream;

namespace {

/// Records, or lines, with what is wrong with them.
std::vector<std::string> partsOf(TextStream stream, bool areLines) {
    std::vector<std::string> parts;
    if (areLines) {
        LineReader reader(stream);
        LineReader::Line line;
        while (reader.next(line))
            parts.push_back(std::to_string(line.number) + (line.isTooLong ? "!" : "=") + std::string(line.text));
        return parts;
    }
    CsvReader reader(stream, ',');
    reader.knowRecordsBy(0, [](std::string_view cell) { return cell.starts_with('a'); });
    CsvReader::Record record;
    while (reader.next(record)) {
        std::string& part = parts.emplace_back(std::to_string(record.line) + record.problem);
        for (const std::string& cell : record.cells)
            part += "|" + cell;
    }
    return parts;
}

/// Not in UTF-16 or UTF-32, by its mark.
bool isUtf8Marked(std::string_view text) {
    return diagonal::EncodingMark::of(text).kind == diagonal::EncodingMark::Kind::Utf8;
}

}  // namespace

/// Tables, plain and gzip. Of a plain file and of a text in memory the same is read.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 1) return 0;
    constexpr size_t kWhole = size_t{1} << 16;
    constexpr size_t kWindows[] = {1, 7, 64, kWhole};
    const size_t window = kWindows[data[0] % 4];
    const bool areLines = (data[0] & 4) != 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const int file = memfd_create("table", 0);
    if (file < 0 || write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size())) abort();
    try {
        const auto parts = partsOf(TextStream("/proc/self/fd/" + std::to_string(file), kWhole), areLines);
        const bool isPlain = !text.starts_with("\x1F\x8B") && isUtf8Marked(text);
        if (isPlain && parts != partsOf(TextStream::ofText(text, kWhole), areLines)) __builtin_trap();
        partsOf(TextStream("/proc/self/fd/" + std::to_string(file), window), areLines);
        partsOf(TextStream::ofText(text, window), areLines);
    } catch (const diagonal::Error&) {
        if (!text.starts_with("\x1F\x8B") && isUtf8Marked(text)) __builtin_trap();
    }
    close(file);
    return 0;
}
