// SPDX-License-Identifier: Apache-2.0
#include "engine/text/sentencepiece_model.h"

#include <bit>
#include <cstdint>
#include <cstring>

#include "engine/base/error.h"

namespace diagonal {

namespace {

// Of TrainerSpec.
constexpr uint32_t kModelTypeField = 3, kByteFallbackField = 35, kEndField = 47, kPaddingField = 48, kUnknownField = 45;
constexpr uint64_t kUnigram = 1, kBpe = 2;

/// Fields of one protobuf message.
class WireReader {
  public:
    WireReader(std::string_view bytes, const std::string& source) : m_bytes(bytes), m_source(source) {}

    /// Moves to the next field; false at the end.
    bool next() {
        if (m_bytes.empty()) return false;
        const uint64_t key = varint();
        field = static_cast<uint32_t>(key >> 3);
        switch (key & 7) {
            case 0:
                number = varint();
                break;
            case 1:
                content = take(8);
                break;
            case 2:
                content = take(varint());
                break;
            case 5:
                content = take(4);
                break;
            default:
                damaged();
        }
        wireType = static_cast<int>(key & 7);
        return true;
    }

    float asFloat() const {
        if (wireType != 5) damaged();
        uint32_t bits = 0;
        std::memcpy(&bits, content.data(), sizeof bits);
        return std::bit_cast<float>(bits);
    }
    uint64_t asNumber() const {
        if (wireType != 0) damaged();
        return number;
    }
    std::string_view asBytes() const {
        if (wireType != 2) damaged();
        return content;
    }

    uint32_t field = 0;
    int wireType = 0;
    uint64_t number = 0;
    std::string_view content;

  private:
    [[noreturn]] void damaged() const { throw Error(m_source, "is damaged: not a SentencePiece model"); }

    uint64_t varint() {
        uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (m_bytes.empty()) damaged();
            const auto byte = static_cast<uint8_t>(m_bytes.front());
            m_bytes.remove_prefix(1);
            value |= static_cast<uint64_t>(byte & 0x7F) << shift;
            if (byte < 0x80) return value;
        }
        damaged();
    }
    std::string_view take(uint64_t size) {
        if (size > m_bytes.size()) damaged();
        const std::string_view part = m_bytes.substr(0, size);
        m_bytes.remove_prefix(size);
        return part;
    }

    std::string_view m_bytes;
    const std::string& m_source;
};

Piece parsePiece(std::string_view bytes, const std::string& source) {
    Piece piece;
    for (WireReader reader(bytes, source); reader.next();) {
        if (reader.field == 1) piece.text = reader.asBytes();
        if (reader.field == 2) piece.score = reader.asFloat();
        if (reader.field == 3) piece.type = static_cast<PieceType>(reader.asNumber());
    }
    return piece;
}

void parseTrainer(std::string_view bytes, const std::string& source, SentencePieceModel& model) {
    for (WireReader reader(bytes, source); reader.next();) {
        if (reader.field == kModelTypeField) model.isBpe = reader.asNumber() == kBpe;
        if (reader.field == kByteFallbackField) model.byteFallback = reader.asNumber() != 0;
        if (reader.field == kEndField) model.endPiece = reader.asBytes();
        if (reader.field == kPaddingField) model.paddingPiece = reader.asBytes();
    }
}

void parseNormalizer(std::string_view bytes, const std::string& source, SentencePieceModel& model) {
    for (WireReader reader(bytes, source); reader.next();) {
        if (reader.field == 2) model.charsMap = reader.asBytes();
        if (reader.field == 3) model.addDummyPrefix = reader.asNumber() != 0;
        if (reader.field == 4) model.removeExtraSpaces = reader.asNumber() != 0;
    }
}

/// Builds one protobuf message.
class WireWriter {
  public:
    void number(uint32_t field, uint64_t value) {
        varint(uint64_t{field} << 3);
        varint(value);
    }
    void bytes(uint32_t field, std::string_view value) {
        varint(uint64_t{field} << 3 | 2);
        varint(value.size());
        content += value;
    }
    void real(uint32_t field, float value) {
        varint(uint64_t{field} << 3 | 5);
        char bits[4];
        std::memcpy(bits, &value, sizeof bits);
        content.append(bits, sizeof bits);
    }

    std::string content;

  private:
    void varint(uint64_t value) {
        for (; value >= 0x80; value >>= 7)
            content += static_cast<char>(value | 0x80);
        content += static_cast<char>(value);
    }
};

}  // namespace

/// darts-clone's units: a step by byte c goes from unit i to (i ^ offset) ^ c, a leaf's value is a place in the
/// replacement texts. Blocks have 256 units, so every step of a sound array stays inside.
void checkCharsMap(std::string_view map, const std::string& source) {
    const Error damaged(source, "is damaged: its characters map is broken");
    if (map.empty()) return;
    uint32_t arrayBytes = 0;
    if (map.size() < sizeof arrayBytes) throw damaged;
    std::memcpy(&arrayBytes, map.data(), sizeof arrayBytes);
    map.remove_prefix(sizeof arrayBytes);
    if (arrayBytes % 4 != 0 || arrayBytes == 0 || arrayBytes >= map.size() || map.back() != '\0') throw damaged;
    const size_t count = arrayBytes / 4;
    const size_t texts = map.size() - arrayBytes;
    for (size_t i = 0; i < count; ++i) {
        uint32_t unit = 0;
        std::memcpy(&unit, map.data() + i * 4, sizeof unit);
        if ((unit >> 31) != 0) {
            if ((unit & 0x7FFFFFFF) >= texts) throw damaged;
        } else {
            const size_t offset = (unit >> 10) << ((unit & (1U << 9)) >> 6);
            if (((i ^ offset) | 0xFF) >= count) throw damaged;
        }
    }
}

SentencePieceModel parseSentencePieceModel(std::string_view bytes, const std::string& source) {
    SentencePieceModel model;
    for (WireReader reader(bytes, source); reader.next();) {
        if (reader.field == 1) model.pieces.push_back(parsePiece(reader.asBytes(), source));
        if (reader.field == 2) parseTrainer(reader.asBytes(), source, model);
        if (reader.field == 3) parseNormalizer(reader.asBytes(), source, model);
    }
    if (model.pieces.size() < 3) throw Error(source, "is damaged: it holds no pieces");
    checkCharsMap(model.charsMap, source);
    return model;
}

std::string serialize(const SentencePieceModel& model) {
    WireWriter writer, trainer, normalizer;
    trainer.number(kModelTypeField, model.isBpe ? kBpe : kUnigram);
    trainer.number(kByteFallbackField, model.byteFallback ? 1 : 0);
    trainer.bytes(kEndField, model.endPiece);
    trainer.bytes(kPaddingField, model.paddingPiece);
    for (const Piece& piece : model.pieces) {
        if (piece.type == PieceType::Unknown) trainer.bytes(kUnknownField, piece.text);
        WireWriter part;
        part.bytes(1, piece.text);
        part.real(2, static_cast<float>(piece.score));
        part.number(3, static_cast<uint64_t>(piece.type));
        writer.bytes(1, part.content);
    }
    normalizer.bytes(1, model.charsMap.empty() ? "identity" : "of the file");
    normalizer.bytes(2, model.charsMap);
    normalizer.number(3, model.addDummyPrefix ? 1 : 0);
    normalizer.number(4, model.removeExtraSpaces ? 1 : 0);
    normalizer.number(5, 1);
    writer.bytes(2, trainer.content);
    writer.bytes(3, normalizer.content);
    return writer.content;
}

}  // namespace diagonal
