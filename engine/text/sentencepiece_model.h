// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace diagonal {

enum class PieceType { Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5, Byte = 6 };

struct Piece {
    std::string text;
    double score = 0;  ///< SentencePiece's files hold it as a float, tokenizer.json as it is
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

/// Throws Error naming `source` for a characters map in which a text could lead out of its double array; SentencePiece
/// itself trusts it.
void checkCharsMap(std::string_view map, const std::string& source);

/// Reads the protobuf wire format and checks the characters map. Throws Error naming `source`.
SentencePieceModel parseSentencePieceModel(std::string_view bytes, const std::string& source);

/// The same in protobuf's wire format.
std::string serialize(const SentencePieceModel& model);

}  // namespace diagonal
