// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

struct evp_md_ctx_st;

namespace diagonal {

/// SHA-256 of bytes that come one after the other.
class Sha256 {
  public:
    Sha256();

    void reset();
    void add(const void* data, size_t size);
    /// The hash so far in hexadecimal digits; more may follow.
    std::string digits() const;
    std::array<uint8_t, 32> bytes() const;

  private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const;
    };
    std::unique_ptr<evp_md_ctx_st, Free> m_context;
};

}  // namespace diagonal
