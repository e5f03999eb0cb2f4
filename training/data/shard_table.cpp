// SPDX-License-Identifier: Apache-2.0
#include "training/data/shard_table.h"

#include <utility>

#include "training/data/file_dataset.h"

namespace diagonal {

namespace {

/// Reads numbers and texts until something is wrong; from then on they are 0 and empty.
class TableBytes {
  public:
    explicit TableBytes(std::string_view bytes) : m_at(bytes.data()), m_end(bytes.data() + bytes.size()) {}

    uint64_t number() {
        uint64_t number = 0;
        for (int shift = 0; shift < 64 && m_at < m_end; shift += 7) {
            const auto byte = static_cast<unsigned char>(*m_at++);
            number |= uint64_t{byte & 0x7FU} << shift;
            if (byte < 0x80) return number;
        }
        fail();
        return 0;
    }

    std::string_view text(size_t longest) {
        const uint64_t size = number();
        if (size > longest || size > static_cast<uint64_t>(m_end - m_at)) {
            fail();
            return {};
        }
        const std::string_view text(m_at, size);
        m_at += size;
        return text;
    }

    /// How many things follow, of which each takes a byte or more.
    size_t count() {
        const uint64_t count = number();
        if (count <= static_cast<uint64_t>(m_end - m_at)) return count;
        fail();
        return 0;
    }

    bool isGood() const { return m_isGood; }
    bool isAtEnd() const { return m_at == m_end; }

  private:
    void fail() {
        m_isGood = false;
        m_at = m_end;
    }

    const char* m_at;
    const char* m_end;
    bool m_isGood = true;
};

void putShardNumber(std::string& out, uint64_t number) {
    for (; number >= 0x80; number >>= 7)
        out += static_cast<char>(number | 0x80);
    out += static_cast<char>(number);
}

void putShardText(std::string& out, std::string_view text) {
    putShardNumber(out, text.size());
    out += text;
}

}  // namespace

std::string ShardTable::encoded(const ShardContent& content) {
    std::string out;
    putShardNumber(out, content.notes.size());
    for (const std::string& note : content.notes)
        putShardText(out, note);
    putShardNumber(out, content.samples.size());
    for (const ShardSample& sample : content.samples) {
        putShardText(out, sample.key);
        putShardNumber(out, sample.size);
        putShardNumber(out, sample.offset);
        putShardText(out, sample.label);
        putShardNumber(out, sample.captions.size());
        for (const auto& [text, source] : sample.captions) {
            putShardNumber(out, source);
            putShardText(out, text);
        }
    }
    return out;
}

bool ShardTable::parse(std::string_view bytes, uint64_t shardBytes, size_t sources) {
    constexpr size_t kLongestNote = size_t{1} << 20;
    TableBytes in(bytes);
    m_notes.resize(in.count());
    for (std::string_view& note : m_notes)
        note = in.text(kLongestNote);
    m_samples.resize(in.count());
    for (Sample& sample : m_samples) {
        sample.key = in.text(kLongestName);
        sample.size = in.number();
        sample.offset = in.number();
        sample.label = in.text(kLongestCaption);
        sample.firstCaption = m_captions.size();
        sample.captions = in.count();
        if (!in.isGood() || sample.key.empty() || sample.size > kLargestImage || sample.offset > shardBytes ||
            sample.size > shardBytes - sample.offset || !isUtf8(sample.label))
            return false;
        for (size_t i = 0; i < sample.captions; ++i) {
            const uint64_t source = in.number();
            const std::string_view text = in.text(kLongestCaption);
            if (!in.isGood() || source >= sources || text.empty() || !isUtf8(text)) return false;
            m_captions.push_back({text, source});
        }
    }
    return in.isGood() && in.isAtEnd();
}

std::optional<ShardTable> ShardTable::from(std::string bytes, uint64_t shardBytes, size_t sources) {
    ShardTable table;
    table.m_bytes = std::make_unique<const std::string>(std::move(bytes));
    if (!table.parse(*table.m_bytes, shardBytes, sources)) return std::nullopt;
    return table;
}

}  // namespace diagonal
