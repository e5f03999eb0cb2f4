// SPDX-License-Identifier: Apache-2.0
#include "engine/text/clip_vocabulary.h"

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/text/bpe_files.h"

namespace diagonal {

namespace {

constexpr size_t kOpenAiMerges = 49152 - 256 - 2;

}  // namespace

BpeVocabulary readOpenAiVocabulary(std::string_view text, const std::string& source) {
    BpeVocabulary vocabulary;
    vocabulary.reserve(kOpenAiMerges + 514, 1 << 19);
    // Printable bytes first, then the others, as their characters are numbered.
    std::vector<std::string> bytes(256);
    size_t printable = 0;
    for (int pass = 0; pass < 2; ++pass)
        for (int byte = 0; byte < 256; ++byte) {
            std::string character = BpeVocabulary::byteCharacter(static_cast<uint8_t>(byte));
            const bool moved = character >= "\u0100";
            if (moved == (pass == 1)) bytes[printable++] = std::move(character);
        }
    for (const char* suffix : {"", "</w>"})
        for (const auto& byte : bytes)
            vocabulary.add(byte + suffix, vocabulary.size());
    takeLine(text);
    for (size_t i = 0; i < kOpenAiMerges; ++i) {
        std::string_view left, right;
        if (!splitMerge(takeLine(text), left, right) || !vocabulary.addMergeAndToken(left, right))
            throw Error(source, "is damaged in line " + std::to_string(i + 2), "Delete it and run scripts/setup");
    }
    for (const char* name : {"<start_of_text>", "<end_of_text>"})
        vocabulary.add(name, vocabulary.size());
    vocabulary.start = vocabulary.find("<start_of_text>");
    vocabulary.end = vocabulary.find("<end_of_text>");
    return vocabulary;
}

}  // namespace diagonal
