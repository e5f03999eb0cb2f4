// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace diagonal {

enum class PieceType { Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5, Byte = 6 };

struct Piece {
    std::string text;
    float score = 0;
    PieceType type = PieceType::Normal;
};

/// What a serialized SentencePiece ModelProto holds of pieces and normalisation.
struct SentencePieceModel {
    std::vector<Piece> pieces;
    std::string charsMap;  ///< normalizer_spec.precompiled_charsmap
    bool isBpe = false;    ///< else unigram
    bool byteFallback = false;
    bool addDummyPrefix = true;
    bool removeExtraSpaces = true;
    std::string endPiece = "</s>";
    std::string paddingPiece = "<pad>";
};

/// Reads the protobuf wire format. SentencePiece itself trusts the characters map; here its double array is walked, so
/// that no text can lead out of it. Throws Error naming `source`.
SentencePieceModel parseSentencePieceModel(std::string_view bytes, const std::string& source);

/// The same in protobuf's wire format.
std::string serialize(const SentencePieceModel& model);

}  // namespace diagonal
