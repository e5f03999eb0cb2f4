// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace diagonal {

/// Tokens by id and ids by token. Ids may leave holes.
class TokenTable {
  public:
    /// How many tokens, counted by the largest id.
    size_t size() const { return m_tokens.size(); }
    /// Empty where an id is not used.
    std::string_view token(size_t id) const { return view(m_tokens[id]); }
    /// -1 where there is no such token.
    int32_t find(std::string_view token) const;

    /// False when the id or the token is taken already, or the token is empty.
    bool add(std::string_view token, size_t id);
    void reserve(size_t tokens, size_t bytes);

  private:
    struct Place {
        uint32_t begin = 0, length = 0;
    };
    std::string_view view(Place place) const { return std::string_view(m_bytes).substr(place.begin, place.length); }
    size_t slotOf(std::string_view token) const;
    void grow(size_t tokens);

    std::string m_bytes;           // all tokens, one behind the other
    std::vector<Place> m_tokens;   // by id; empty where an id is not used
    std::vector<int32_t> m_slots;  // ids by hash, -1 = free
    size_t m_used = 0;
};

}  // namespace diagonal
