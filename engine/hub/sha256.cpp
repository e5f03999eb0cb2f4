// SPDX-License-Identifier: Apache-2.0
#include "engine/hub/sha256.h"

#include <openssl/evp.h>

#include <stdexcept>

namespace diagonal {

namespace {

void require(int result) {
    if (result != 1) throw std::runtime_error("OpenSSL has no SHA-256");
}

}  // namespace

void Sha256::Free::operator()(evp_md_ctx_st* context) const {
    EVP_MD_CTX_free(context);
}

Sha256::Sha256() : m_context(EVP_MD_CTX_new()) {
    reset();
}

void Sha256::reset() {
    require(EVP_DigestInit_ex(m_context.get(), EVP_sha256(), nullptr));
}

void Sha256::add(const void* data, size_t size) {
    require(EVP_DigestUpdate(m_context.get(), data, size));
}

std::array<uint8_t, 32> Sha256::bytes() const {
    const std::unique_ptr<evp_md_ctx_st, Free> copy(EVP_MD_CTX_new());
    std::array<uint8_t, 32> bytes{};
    unsigned size = 0;
    require(EVP_MD_CTX_copy_ex(copy.get(), m_context.get()));
    require(EVP_DigestFinal_ex(copy.get(), bytes.data(), &size));
    return bytes;
}

std::string Sha256::digits() const {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string text;
    for (const uint8_t byte : bytes())
        text += {kHex[byte >> 4], kHex[byte & 15]};
    return text;
}

}  // namespace diagonal
