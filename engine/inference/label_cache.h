// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/inference/embedding_cache.h"

namespace diagonal {

/// One model's label embeddings, found by (templates, label): in memory, and in the EmbeddingCache where there is one.
/// One thread at a time.
class LabelCache {
  public:
    /// context: of the model, as for pictures.
    LabelCache(std::shared_ptr<EmbeddingCache> disk, const ContentHash& context);

    /// Of unit length.
    std::optional<std::vector<float>> find(const std::vector<std::string>& templates, const std::string& label);
    void add(const std::vector<std::string>& templates, const std::string& label, std::vector<float> embedding);

  private:
    void keep(const std::string& key, std::vector<float> embedding);

    std::shared_ptr<EmbeddingCache> m_disk;
    ContentHash m_context;
    std::unordered_map<std::string, std::vector<float>> m_memory;
    size_t m_bytes = 0;
};

}  // namespace diagonal
