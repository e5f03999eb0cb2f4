// SPDX-License-Identifier: Apache-2.0
#include "engine/text/token_table.h"

#include <algorithm>
#include <bit>
#include <functional>

namespace diagonal {

size_t TokenTable::slotOf(std::string_view token) const {
    const size_t mask = m_slots.size() - 1;
    size_t slot = std::hash<std::string_view>()(token) & mask;
    while (m_slots[slot] >= 0 && view(m_tokens[static_cast<size_t>(m_slots[slot])]) != token)
        slot = (slot + 1) & mask;
    return slot;
}

void TokenTable::grow(size_t tokens) {
    m_slots.assign(std::bit_ceil(std::max<size_t>(tokens * 2, 1024)), -1);
    for (size_t id = 0; id < m_tokens.size(); ++id)
        if (m_tokens[id].length > 0) m_slots[slotOf(view(m_tokens[id]))] = static_cast<int32_t>(id);
}

void TokenTable::reserve(size_t tokens, size_t bytes) {
    m_bytes.reserve(bytes);
    m_tokens.reserve(tokens);
    if (m_slots.size() < tokens * 2) grow(tokens);
}

int32_t TokenTable::find(std::string_view token) const {
    return m_slots.empty() ? -1 : m_slots[slotOf(token)];
}

bool TokenTable::add(std::string_view token, size_t id) {
    if (m_slots.size() < (m_used + 1) * 2) grow(m_used * 2);
    if (token.empty() || (id < m_tokens.size() && m_tokens[id].length > 0)) return false;
    const size_t slot = slotOf(token);
    if (m_slots[slot] >= 0) return false;
    if (id >= m_tokens.size()) m_tokens.resize(id + 1);
    m_tokens[id] = {static_cast<uint32_t>(m_bytes.size()), static_cast<uint32_t>(token.size())};
    m_bytes += token;
    m_slots[slot] = static_cast<int32_t>(id);
    ++m_used;
    return true;
}

}  // namespace diagonal
