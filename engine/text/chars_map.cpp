// SPDX-License-Identifier: Apache-2.0
#include "engine/text/chars_map.h"

#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>

#include "engine/base/error.h"
#include "engine/text/unicode.h"

namespace diagonal {

namespace {

constexpr size_t kLongestCluster = 5;

struct CloseIcu {
    void operator()(UBreakIterator* iterator) const { ubrk_close(iterator); }
    void operator()(UText* text) const { utext_close(text); }
};

struct MarkRange {
    char32_t first, last;
};
/// Marks that ICU may be too old to know.
constexpr MarkRange kNewerMarks[] = {
#include "engine/text/tables/newer_marks.inc"
};

bool beginsWithNewerMark(std::string_view text) {
    size_t at = 0;
    const char32_t c = nextCharacter(text, at);
    const MarkRange* range = std::ranges::lower_bound(kNewerMarks, c, {}, &MarkRange::last);
    return range != std::end(kNewerMarks) && range->first <= c;
}

/// Nothing joins line ends and control characters, which are clusters by themselves.
bool isControlCluster(std::string_view cluster) {
    size_t at = 0;
    const auto c = static_cast<UChar32>(nextCharacter(cluster, at));
    const int32_t kind = u_getIntPropertyValue(c, UCHAR_GRAPHEME_CLUSTER_BREAK);
    return kind == U_GCB_CONTROL || kind == U_GCB_CR || kind == U_GCB_LF;
}

/// Calls onCluster for each extended grapheme cluster of a sound UTF-8 text.
template <class OnCluster>
void forEachCluster(std::string_view text, const OnCluster& onCluster) {
    UErrorCode error = U_ZERO_ERROR;
    const std::unique_ptr<UText, CloseIcu> source(
        utext_openUTF8(nullptr, text.data(), static_cast<int64_t>(text.size()), &error));
    const std::unique_ptr<UBreakIterator, CloseIcu> breaks(ubrk_open(UBRK_CHARACTER, "", nullptr, 0, &error));
    if (U_SUCCESS(error)) ubrk_setUText(breaks.get(), source.get(), &error);
    if (U_FAILURE(error)) throw Error("text", std::string("cannot be split into characters: ") + u_errorName(error));
    size_t begin = 0;
    for (int32_t next = ubrk_next(breaks.get()); next != UBRK_DONE; next = ubrk_next(breaks.get())) {
        const auto end = static_cast<size_t>(next);
        const std::string_view cluster = text.substr(begin, end - begin), rest = text.substr(end);
        if (!rest.empty() && beginsWithNewerMark(rest) && !isControlCluster(cluster)) continue;
        onCluster(cluster);
        begin = end;
    }
}

}  // namespace

CharsMap::CharsMap(std::string map) : m_map(std::move(map)) {
    if (!m_map.empty()) m_texts = sizeof(uint32_t) + unit(0);
    for (size_t c = 0; c < m_ascii.size(); ++c) {
        const std::string character(1, static_cast<char>(c));
        m_ascii[c] = find(character).value_or(character);
    }
}

/// The number at m_map[index * 4]: first the size of the double array in bytes, then its units.
uint32_t CharsMap::unit(size_t index) const {
    uint32_t value = 0;
    std::memcpy(&value, m_map.data() + index * sizeof value, sizeof value);
    return value;
}

/// What a chunk becomes: that of the shortest beginning that the map has.
std::optional<std::string_view> CharsMap::find(std::string_view chunk) const {
    if (m_map.empty()) return {};
    const auto offsetOf = [](uint32_t value) { return size_t{value >> 10} << ((value & (1U << 9)) >> 6); };
    size_t node = offsetOf(unit(1));
    for (const char c : chunk) {
        const auto byte = static_cast<uint8_t>(c);
        if (byte == 0) return {};
        node ^= byte;
        const uint32_t value = unit(1 + node);
        if ((value & (1U << 31 | 0xFF)) != byte) return {};
        node ^= offsetOf(value);
        if ((value & (1U << 8)) != 0) {
            const size_t place = m_texts + (unit(1 + node) & 0x7FFFFFFF);
            if (place >= m_map.size()) return {};
            return std::string_view(m_map).substr(place, m_map.find('\0', place) - place);
        }
    }
    return {};
}

void CharsMap::appendCharacters(std::string& out, std::string_view text) const {
    for (size_t at = 0; at < text.size();) {
        const size_t begin = at;
        nextCharacter(text, at);
        const std::string_view character = text.substr(begin, at - begin);
        out += find(character).value_or(character);
    }
}

std::string CharsMap::normalize(std::string_view text) const {
    if (m_map.empty()) return std::string(text);
    std::string out;
    out.reserve(text.size());
    if (std::ranges::all_of(text, [](char c) { return static_cast<uint8_t>(c) < 0x80; })) {
        for (const char c : text)
            out += m_ascii[static_cast<size_t>(c)];
        return out;
    }
    forEachCluster(text, [&](std::string_view cluster) {
        const auto whole = cluster.size() <= kLongestCluster ? find(cluster) : std::nullopt;
        if (whole) {
            out += *whole;
        } else {
            appendCharacters(out, cluster);
        }
    });
    return out;
}

}  // namespace diagonal
