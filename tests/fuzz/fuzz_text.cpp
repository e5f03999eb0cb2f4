// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/base/encoding.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "training/data/python_json.h"

using namespace diagonal;

/// Encodings, names and Python's JSON. What is decoded is UTF-8, a shown name is found again, JSON stays as it is.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    try {
        const std::string text = decodedText(bytes, "text");
        if (!isUtf8(text) || text.find('\0') != std::string::npos) __builtin_trap();
        size_t sum = 0;
        for (const std::string_view line : linesOf(text))
            sum += line.size() + 1;
        if (sum > text.size() + 1) __builtin_trap();
    } catch (const Error&) {
    }
    const std::string name = displayName(bytes);
    if (!isUtf8(name) || pathFromDisplayName(name).native() != bytes) __builtin_trap();
    // A zero byte ends the text for the parser.
    if (bytes.find('\0') == std::string::npos && nlohmann::json::accept(bytes) && standardJson(bytes) != bytes)
        __builtin_trap();
    standardJson(bytes);
    return 0;
}
