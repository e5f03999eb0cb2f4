// SPDX-License-Identifier: Apache-2.0
#include "engine/text/hugging_face_files.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <unordered_map>

#include "engine/base/file.h"
#include "engine/text/base64.h"

namespace diagonal {

using nlohmann::json;

namespace {

constexpr const char* kStartPiece = "<start_of_text>";
constexpr const char* kEndPiece = "<end_of_text>";

std::string nameOf(const SentencePieceModel& model, size_t id) {
    if (id < model.pieces.size()) return model.pieces[id].text;
    return id == model.pieces.size() ? kStartPiece : kEndPiece;
}

json addedToken(size_t id, const std::string& content) {
    return {{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
            {"rstrip", false}, {"normalized", false}, {"special", true}};
}

json replaceWith(const json& pattern, const char* content) {
    return {{"type", "Replace"}, {"pattern", pattern}, {"content", content}};
}

/// As SentencePiece's normalizer does it; for Diagonal's own kind as cleanText does it too.
json unigramNormalizer(const SentencePieceModel& model, bool own) {
    json steps = json::array();
    if (own) {
        steps.push_back(replaceWith({{"Regex", "[\u02BC\u2018-\u201B]"}}, "'"));
        steps.push_back(replaceWith({{"Regex", "[\u201C-\u201F]"}}, "\""));
    }
    steps.push_back(replaceWith({{"String", "\u2581"}}, " "));
    if (!model.charsMap.empty())
        steps.push_back({{"type", "Precompiled"}, {"precompiled_charsmap", encodeBase64(model.charsMap)}});
    steps.push_back({{"type", "Strip"}, {"strip_left", true}, {"strip_right", true}});
    steps.push_back(replaceWith({{"Regex", " {2,}"}}, " "));
    return {{"type", "Sequence"}, {"normalizers", steps}};
}

json postProcessor(const SentencePieceModel& model, const SpecialTokens& specials) {
    const auto special = [&](size_t id) { return json{{"SpecialToken", {{"id", nameOf(model, id)}, {"type_id", 0}}}}; };
    const auto sequence = [](const char* name) { return json{{"Sequence", {{"id", name}, {"type_id", 0}}}}; };
    json single = json::array(), pair = json::array(), tokens = json::object();
    const auto declare = [&](size_t id) {
        const std::string name = nameOf(model, id);
        tokens[name] = {{"id", name}, {"ids", json::array({id})}, {"tokens", json::array({name})}};
    };
    if (specials.start) {
        single.push_back(special(*specials.start));
        declare(*specials.start);
    }
    pair = single;
    single.push_back(sequence("A"));
    pair.push_back(sequence("A"));
    pair.push_back(sequence("B"));
    for (json* order : {&single, &pair})
        order->push_back(special(specials.end));
    declare(specials.end);
    return {{"type", "TemplateProcessing"}, {"single", single}, {"pair", pair}, {"special_tokens", tokens}};
}

json metaspace() {
    return {{"type", "Metaspace"}, {"replacement", "\u2581"}, {"prepend_scheme", "always"}, {"split", true}};
}

json unigram(const SentencePieceModel& model, size_t unknown) {
    json vocabulary = json::array();
    for (const Piece& piece : model.pieces)
        vocabulary.push_back(json::array({piece.text, piece.score}));
    return {{"type", "Unigram"}, {"unk_id", unknown}, {"vocab", vocabulary}, {"byte_fallback", model.byteFallback}};
}

/// Every way to make a piece of two, in the order in which SentencePiece would take them.
json mergesOf(const SentencePieceModel& model) {
    struct Merge {
        double score;
        size_t left, right;
    };
    std::unordered_map<std::string_view, size_t> ids;
    const auto isSpelled = [](const Piece& piece) {
        return piece.type == PieceType::Normal || piece.type == PieceType::UserDefined ||
               piece.type == PieceType::Unused;
    };
    for (size_t id = 0; id < model.pieces.size(); ++id)
        if (isSpelled(model.pieces[id])) ids.emplace(model.pieces[id].text, id);
    std::vector<Merge> merges;
    for (const Piece& piece : model.pieces) {
        if (piece.type != PieceType::Normal) continue;
        const std::string_view text = piece.text;
        for (size_t cut = 1; cut < text.size(); ++cut) {
            const auto left = ids.find(text.substr(0, cut)), right = ids.find(text.substr(cut));
            if (left != ids.end() && right != ids.end()) merges.push_back({piece.score, left->second, right->second});
        }
    }
    std::ranges::stable_sort(merges, std::ranges::greater(), &Merge::score);
    json list = json::array();
    for (const Merge& merge : merges)
        list.push_back({model.pieces[merge.left].text, model.pieces[merge.right].text});
    return list;
}

json bpe(const SentencePieceModel& model, size_t unknown) {
    json vocabulary = json::object();
    for (size_t id = 0; id < model.pieces.size(); ++id)
        vocabulary[model.pieces[id].text] = id;
    return {{"type", "BPE"},
            {"dropout", nullptr},
            {"unk_token", model.pieces[unknown].text},
            {"continuing_subword_prefix", nullptr},
            {"end_of_word_suffix", nullptr},
            {"fuse_unk", true},
            {"byte_fallback", model.byteFallback},
            {"ignore_merges", false},
            {"vocab", vocabulary},
            {"merges", mergesOf(model)}};
}

json addedTokens(const SentencePieceModel& model, const SpecialTokens& specials) {
    std::set<size_t> ids = {specials.end, specials.padding, specials.unknown};
    if (specials.start) ids.insert(*specials.start);
    json tokens = json::array();
    for (size_t id = 0; id < model.pieces.size(); ++id)
        if (model.pieces[id].type == PieceType::Control || model.pieces[id].type == PieceType::UserDefined)
            ids.insert(id);
    for (const size_t id : ids) {
        tokens.push_back(addedToken(id, nameOf(model, id)));
        if (id < model.pieces.size() && model.pieces[id].type == PieceType::UserDefined)
            tokens.back()["special"] = false;
    }
    return tokens;
}

}  // namespace

void writeHuggingFaceFiles(const std::filesystem::path& folder, const SentencePieceModel& model,
                           const SpecialTokens& specials, int contextLength) {
    json tokenizer = {{"version", "1.0"},
                      {"truncation", nullptr},
                      {"padding", nullptr},
                      {"added_tokens", addedTokens(model, specials)},
                      {"post_processor", postProcessor(model, specials)}};
    if (model.isBpe) {
        tokenizer["normalizer"] = replaceWith({{"String", " "}}, "\u2581");
        tokenizer["pre_tokenizer"] = nullptr;
        tokenizer["decoder"] = {
            {"type", "Sequence"},
            {"decoders", {replaceWith({{"String", "\u2581"}}, " "), {{"type", "ByteFallback"}}, {{"type", "Fuse"}}}}};
        tokenizer["model"] = bpe(model, specials.unknown);
    } else {
        tokenizer["normalizer"] = unigramNormalizer(model, specials.start.has_value());
        tokenizer["pre_tokenizer"] = metaspace();
        tokenizer["decoder"] = metaspace();
        tokenizer["model"] = unigram(model, specials.unknown);
    }
    json config = {{"tokenizer_class", "PreTrainedTokenizerFast"},
                   {"model_max_length", contextLength},
                   {"eos_token", nameOf(model, specials.end)},
                   {"unk_token", nameOf(model, specials.unknown)},
                   {"pad_token", nameOf(model, specials.padding)},
                   {"padding_side", "right"},
                   {"truncation_side", "right"},
                   {"split_special_tokens", true},  // "<end_of_text>" typed by a person is text
                   {"clean_up_tokenization_spaces", false}};
    if (specials.start) config["bos_token"] = nameOf(model, *specials.start);
    constexpr auto kReplace = json::error_handler_t::replace;
    writeFile(folder / "tokenizer.json", tokenizer.dump(1, ' ', false, kReplace) + "\n");
    writeFile(folder / "tokenizer_config.json", config.dump(2, ' ', false, kReplace) + "\n");
}

}  // namespace diagonal
