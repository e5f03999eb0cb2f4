// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace diagonal {

struct Piece {
    std::string text;
    float score = 0;
};

/// What a serialized SentencePiece ModelProto holds of pieces and normalisation.
struct SentencePieceModel {
    std::vector<Piece> pieces;
    std::string charsMap;  ///< normalizer_spec.precompiled_charsmap
};

/// Reads the protobuf wire format. SentencePiece itself trusts the characters map; here its double array is walked, so
/// that no text can lead out of it. Throws Error naming `source`.
SentencePieceModel parseSentencePieceModel(std::string_view bytes, const std::string& source);

}  // namespace diagonal
