// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "training/data/shard_samples.h"

namespace diagonal {

/// What a shard holds, as the bytes that its index keeps and views of them.
///
/// All numbers are in LEB128, a text is its length and its bytes: the number of notes, the notes; the number of
/// samples; of each its key, the image's size and offset, its label, the number of captions, and of each caption its
/// source and the text.
class ShardTable {
  public:
    struct Caption {
        std::string_view text;
        size_t source = 0;
    };
    struct Sample {
        std::string_view key, label;
        uint64_t offset = 0, size = 0;
        size_t firstCaption = 0, captions = 0;
    };

    /// The bytes of a content.
    static std::string encoded(const ShardContent& content);

    /// What bytes say; nothing where they are not those of a shard of so many bytes and sources of captions.
    static std::optional<ShardTable> from(std::string bytes, uint64_t shardBytes, size_t sources);

    std::span<const std::string_view> notes() const { return m_notes; }
    std::span<const Sample> samples() const { return m_samples; }
    std::span<const Caption> captions(const Sample& sample) const {
        return std::span(m_captions).subspan(sample.firstCaption, sample.captions);
    }

  private:
    bool parse(std::string_view bytes, uint64_t shardBytes, size_t sources);

    std::unique_ptr<const std::string> m_bytes;  ///< stay where they are when the table is moved
    std::vector<std::string_view> m_notes;
    std::vector<Sample> m_samples;
    std::vector<Caption> m_captions;
};

}  // namespace diagonal
