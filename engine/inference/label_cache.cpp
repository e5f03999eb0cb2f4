// SPDX-License-Identifier: Apache-2.0
#include "engine/inference/label_cache.h"

#include "engine/hub/sha256.h"

namespace diagonal {

namespace {

constexpr size_t kMemoryLimit = size_t{64} << 20;

/// Lengths in front: no two lists give the same text.
std::string keyOf(const std::vector<std::string>& templates, const std::string& label) {
    std::string key;
    for (const std::string& one : templates)
        key += std::to_string(one.size()) + ":" + one;
    return key + "=" + label;
}

ContentHash hashOf(const std::string& key) {
    static const std::string kKind = "label embedding\n";  // no picture file begins so
    Sha256 hash;
    hash.add(kKind.data(), kKind.size());
    hash.add(key.data(), key.size());
    return hash.bytes();
}

}  // namespace

LabelCache::LabelCache(std::shared_ptr<EmbeddingCache> disk, const ContentHash& context)
    : m_disk(std::move(disk)), m_context(context) {
}

std::optional<std::vector<float>> LabelCache::find(const std::vector<std::string>& templates,
                                                   const std::string& label) {
    const std::string key = keyOf(templates, label);
    if (const auto found = m_memory.find(key); found != m_memory.end()) return found->second;
    if (!m_disk) return std::nullopt;
    auto known = m_disk->find(m_context, hashOf(key));
    if (!known) return std::nullopt;
    keep(key, known->values);
    return std::move(known->values);
}

void LabelCache::add(const std::vector<std::string>& templates, const std::string& label,
                     std::vector<float> embedding) {
    const std::string key = keyOf(templates, label);
    if (m_disk) m_disk->add(m_context, {{}, {}, hashOf(key), {embedding}});
    keep(key, std::move(embedding));
}

void LabelCache::keep(const std::string& key, std::vector<float> embedding) {
    const size_t bytes = key.size() + embedding.size() * sizeof(float);
    if (m_bytes + bytes > kMemoryLimit) {
        m_memory.clear();
        m_bytes = 0;
    }
    if (m_memory.emplace(key, std::move(embedding)).second) m_bytes += bytes;
}

}  // namespace diagonal
