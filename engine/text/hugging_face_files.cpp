// SPDX-License-Identifier: Apache-2.0
#include "engine/text/hugging_face_files.h"

#include <nlohmann/json.hpp>

#include "engine/base/file.h"

namespace diagonal {

using nlohmann::json;

namespace {

constexpr const char* kStart = "<start_of_text>";
constexpr const char* kEnd = "<end_of_text>";

std::string base64(std::string_view bytes) {
    static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (size_t i = 0; i < bytes.size(); i += 3) {
        const size_t left = bytes.size() - i;
        uint32_t group = 0;
        for (size_t j = 0; j < 3; ++j)
            group = (group << 8) | (j < left ? static_cast<uint8_t>(bytes[i + j]) : 0);
        for (size_t j = 0; j < 4; ++j)
            text += j <= left ? kDigits[(group >> (18 - 6 * j)) & 63] : '=';
    }
    return text;
}

json addedToken(size_t id, const std::string& content) {
    return {{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
            {"rstrip", false}, {"normalized", false}, {"special", true}};
}

json replaceWith(const json& pattern, const char* content) {
    return {{"type", "Replace"}, {"pattern", pattern}, {"content", content}};
}

/// As cleanText and SentencePiece's normalizer do it.
json normalizer(const SentencePieceModel& model) {
    json steps = {replaceWith({{"Regex", "[\u02BC\u2018-\u201B]"}}, "'"),
                  replaceWith({{"Regex", "[\u201C-\u201F]"}}, "\""), replaceWith({{"String", "\u2581"}}, " ")};
    if (!model.charsMap.empty())
        steps.push_back({{"type", "Precompiled"}, {"precompiled_charsmap", base64(model.charsMap)}});
    steps.push_back({{"type", "Strip"}, {"strip_left", true}, {"strip_right", true}});
    steps.push_back(replaceWith({{"Regex", " {2,}"}}, " "));
    return {{"type", "Sequence"}, {"normalizers", steps}};
}

json postProcessor(size_t start, size_t end) {
    const auto special = [](const char* name) { return json{{"SpecialToken", {{"id", name}, {"type_id", 0}}}}; };
    const auto sequence = [](const char* name) { return json{{"Sequence", {{"id", name}, {"type_id", 0}}}}; };
    const auto entry = [](const char* name, size_t id) {
        return json{{"id", name}, {"ids", json::array({id})}, {"tokens", json::array({name})}};
    };
    return {{"type", "TemplateProcessing"},
            {"single", {special(kStart), sequence("A"), special(kEnd)}},
            {"pair", {special(kStart), sequence("A"), sequence("B"), special(kEnd)}},
            {"special_tokens", {{kStart, entry(kStart, start)}, {kEnd, entry(kEnd, end)}}}};
}

json metaspace() {
    return {{"type", "Metaspace"}, {"replacement", "\u2581"}, {"prepend_scheme", "always"}, {"split", true}};
}

}  // namespace

void writeHuggingFaceFiles(const std::filesystem::path& folder, const SentencePieceModel& model, int contextLength) {
    const size_t start = model.pieces.size();
    const size_t end = start + 1;
    const std::string& padding = model.pieces[0].text;
    const std::string& unknown = model.pieces[1].text;
    json vocabulary = json::array();
    for (const Piece& piece : model.pieces)
        vocabulary.push_back(json::array({piece.text, static_cast<double>(piece.score)}));
    const json tokenizer = {
        {"version", "1.0"},
        {"truncation", nullptr},
        {"padding", nullptr},
        {"added_tokens",
         {addedToken(0, padding), addedToken(1, unknown), addedToken(start, kStart), addedToken(end, kEnd)}},
        {"normalizer", normalizer(model)},
        {"pre_tokenizer", metaspace()},
        {"post_processor", postProcessor(start, end)},
        {"decoder", metaspace()},
        {"model", {{"type", "Unigram"}, {"unk_id", 1}, {"vocab", vocabulary}, {"byte_fallback", false}}}};
    const json config = {{"tokenizer_class", "PreTrainedTokenizerFast"},
                         {"model_max_length", contextLength},
                         {"bos_token", kStart},
                         {"eos_token", kEnd},
                         {"unk_token", unknown},
                         {"pad_token", padding},
                         {"padding_side", "right"},
                         {"truncation_side", "right"},
                         {"split_special_tokens", true},  // "<end_of_text>" typed by a person is text
                         {"clean_up_tokenization_spaces", false}};
    constexpr auto kReplace = json::error_handler_t::replace;
    writeFile(folder / "tokenizer.json", tokenizer.dump(1, ' ', false, kReplace) + "\n");
    writeFile(folder / "tokenizer_config.json", config.dump(2, ' ', false, kReplace) + "\n");
}

}  // namespace diagonal
