// SPDX-License-Identifier: Apache-2.0
#include "engine/text/sentencepiece_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <unordered_set>

#include "engine/base/error.h"
#include "engine/text/base64.h"
#include "engine/text/tokenizer_files.h"
#include "engine/text/unicode.h"

namespace diagonal {

using nlohmann::json;

namespace {

using Names = std::unordered_map<std::string_view, size_t>;

constexpr size_t kMostPieces = 1 << 20;

const std::string& text(const json& value) {
    return value.get_ref<const std::string&>();
}

/// "<0x00>" to "<0xFF>".
bool isByte(std::string_view piece) {
    return piece.size() == 6 && piece.starts_with("<0x") && piece.ends_with('>') &&
           piece.find_first_not_of("0123456789ABCDEF", 3) == 5;
}

bool isOneCharacter(std::string_view piece) {
    size_t at = 0;
    nextCharacter(piece, at);
    return at == piece.size();
}

/// Every step of a normalizer or pre-tokenizer, whether it stands alone or in a sequence.
std::vector<const json*> stepsOf(const json& tokenizer, const char* part, const char* list) {
    std::vector<const json*> steps;
    if (!tokenizer.contains(part) || !tokenizer[part].is_object()) return steps;
    const json& whole = tokenizer[part];
    if (!whole.contains(list)) return {&whole};
    for (const json& step : whole.at(list))
        steps.push_back(&step);
    return steps;
}

void readNormalizer(const json& tokenizer, const std::string& source, SentencePieceModel& model) {
    model.addDummyPrefix = false;
    for (const json* step : stepsOf(tokenizer, "normalizer", "normalizers")) {
        if (step->at("type") == "Prepend") model.addDummyPrefix = true;
        if (step->at("type") != "Precompiled" || step->at("precompiled_charsmap").is_null()) continue;
        const auto map = decodeBase64(text(step->at("precompiled_charsmap")));
        if (!map) throw Error(source, "is damaged: its characters map is no base64");
        model.charsMap = *map;
    }
    for (const json* step : stepsOf(tokenizer, "pre_tokenizer", "pretokenizers"))
        if (step->at("type") == "Metaspace")
            model.addDummyPrefix =
                step->value("prepend_scheme", "always") != "never" && step->value("add_prefix_space", true);
    model.removeExtraSpaces = !model.isBpe;
}

void readUnigram(const json& tokens, const json& unknown, const std::string& source, SentencePieceModel& model) {
    if (tokens.size() > kMostPieces) throw Error(source, "holds more pieces than any vocabulary");
    for (const json& entry : tokens)
        model.pieces.push_back({text(entry.at(0)), entry.at(1).get<double>(), PieceType::Normal});
    const auto id = unknown.get<size_t>();
    if (id >= model.pieces.size()) throw Error(source, "has an unknown token that is none of its pieces");
    model.pieces[id].type = PieceType::Unknown;
}

/// What a merge makes, as "left right" or as a pair.
std::string joined(const json& merge) {
    if (!merge.is_string()) return text(merge.at(0)) + text(merge.at(1));
    std::string whole = text(merge);
    const size_t space = whole.find(' ', 1);
    if (space != std::string::npos) whole.erase(space, 1);
    return whole;
}

void readBpe(const json& bpe, const std::string& source, SentencePieceModel& model) {
    const json& tokens = bpe.at("vocab");
    model.pieces.resize(tokens.size());
    for (const auto& [token, value] : tokens.items()) {
        const auto id = value.get<size_t>();
        if (id >= model.pieces.size() || token.empty() || !model.pieces[id].text.empty())
            throw Error(source, "does not number its tokens from 0 on");
        model.pieces[id].text = token;
    }
    Names ids;
    for (size_t id = 0; id < model.pieces.size(); ++id)
        ids.emplace(model.pieces[id].text, id);
    // SentencePiece joins what makes the best piece; here the first merge that makes it.
    std::vector<bool> made(model.pieces.size());
    double score = 0;
    for (const json& merge : bpe.at("merges")) {
        const std::string whole = joined(merge);
        const auto found = ids.find(whole);
        if (found == ids.end()) throw Error(source, "merges tokens to one that it does not hold");
        if (!made[found->second]) model.pieces[found->second].score = score--;
        made[found->second] = true;
    }
    const std::string unknown = bpe.at("unk_token").is_string() ? text(bpe.at("unk_token")) : "<unk>";
    const auto found = ids.find(unknown);
    if (found == ids.end()) throw Error(source, "has an unknown token that is none of its tokens");
    for (size_t id = 0; id < model.pieces.size(); ++id) {
        Piece& piece = model.pieces[id];
        // No merge makes it: only as a whole can it come out, if at all.
        if (id == found->second) {
            piece.type = PieceType::Unknown;
        } else if (!made[id] && !isOneCharacter(piece.text)) {
            piece.type = PieceType::Control;
        }
    }
}

void readAddedTokens(const json& tokenizer, SentencePieceModel& model) {
    if (!tokenizer.contains("added_tokens")) return;
    for (const json& added : tokenizer["added_tokens"]) {
        const auto id = added.at("id").get<size_t>();
        if (id >= model.pieces.size() || model.pieces[id].text != text(added.at("content"))) continue;
        Piece& piece = model.pieces[id];
        if (piece.type != PieceType::Unknown)
            piece.type = added.value("special", false) ? PieceType::Control : PieceType::UserDefined;
    }
}

/// The token that the post-processor puts at the end.
std::string endOf(const json& tokenizer) {
    if (tokenizer.contains("post_processor") && tokenizer["post_processor"].is_object()) {
        const json& processor = tokenizer["post_processor"];
        if (processor.contains("single") && processor["single"].is_array() && !processor["single"].empty()) {
            const json& last = processor["single"].back();
            if (last.contains("SpecialToken")) return text(last.at("SpecialToken").at("id"));
        }
    }
    return "";
}

}  // namespace

SentencePieceModel sentencePieceFromJson(const json& tokenizer, const std::string& source) {
    SentencePieceModel model;
    try {
        const json& inner = tokenizer.at("model");
        model.isBpe = !inner.at("vocab").is_array();
        model.byteFallback = inner.value("byte_fallback", false);
        if (model.isBpe) {
            readBpe(inner, source, model);
        } else {
            readUnigram(inner.at("vocab"), inner.at("unk_id"), source, model);
        }
        readAddedTokens(tokenizer, model);
        if (model.byteFallback)
            for (Piece& piece : model.pieces)
                if (isByte(piece.text)) piece.type = PieceType::Byte;
        readNormalizer(tokenizer, source, model);
        constexpr const char* kOwnPadding = "<PAD>";  // in the files that Diagonal writes
        if (!model.pieces.empty() && model.pieces.front().text == kOwnPadding) model.paddingPiece = kOwnPadding;
        if (const std::string end = endOf(tokenizer); !end.empty()) {
            model.endPiece = end;
        } else if (std::ranges::none_of(model.pieces,
                                        [&](const Piece& piece) { return piece.text == model.endPiece; })) {
            model.endPiece = "<eos>";
        }
    } catch (const json::exception& error) {
        throw unreadable(source, "is no tokenizer that can be read", error);
    }
    return model;
}

}  // namespace diagonal
