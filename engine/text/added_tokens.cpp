// SPDX-License-Identifier: Apache-2.0
#include "engine/text/added_tokens.h"

#include "engine/text/unicode.h"

namespace diagonal {

namespace {

/// The character that ends at text[end]; `end` moves before it.
char32_t previousCharacter(std::string_view text, size_t& end) {
    size_t begin = end - 1;
    while (begin > 0 && (static_cast<uint8_t>(text[begin]) & 0xC0) == 0x80)
        --begin;
    end = begin;
    return nextCharacter(text, begin);
}

bool isInsideWord(std::string_view text, size_t begin, size_t end) {
    return (begin > 0 && isWordCharacter(previousCharacter(text, begin))) ||
           (end < text.size() && isWordCharacter(nextCharacter(text, end)));
}

}  // namespace

void TokenFinder::add(const AddedToken& token, std::string name) {
    if (name.empty()) return;
    m_begins[static_cast<uint8_t>(name[0])] = true;
    m_entries.push_back({token, std::move(name)});
}

const TokenFinder::Entry* TokenFinder::entryAt(std::string_view text, size_t at) const {
    if (!m_begins[static_cast<uint8_t>(text[at])]) return nullptr;
    const Entry* longest = nullptr;
    for (const Entry& entry : m_entries)
        if ((longest == nullptr || entry.name.size() > longest->name.size()) && text.substr(at).starts_with(entry.name))
            longest = &entry;
    return longest;
}

bool TokenFinder::find(std::string_view text, size_t from, Match& match) const {
    for (size_t at = from; at < text.size(); ++at) {
        const Entry* entry = entryAt(text, at);
        if (entry == nullptr) continue;
        size_t begin = at, end = at + entry->name.size();
        if (entry->token.singleWord && isInsideWord(text, begin, end)) {
            at = end - 1;
            continue;
        }
        if (entry->token.stripLeft)
            for (size_t before = begin; before > from && isWhiteSpace(previousCharacter(text, before));)
                begin = before;
        if (entry->token.stripRight)
            for (size_t behind = end; behind < text.size() && isWhiteSpace(nextCharacter(text, behind));)
                end = behind;
        match = {begin, end, entry->token.id};
        return true;
    }
    return false;
}

}  // namespace diagonal
