// SPDX-License-Identifier: Apache-2.0
#include "engine/text/clip_files.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/file.h"
#include "engine/text/added_tokens_files.h"

namespace diagonal {

using OrderedJson = nlohmann::ordered_json;

namespace {

constexpr const char* kClipStart = "<|startoftext|>";
constexpr const char* kClipEnd = "<|endoftext|>";

std::string nameOf(const BpeVocabulary& vocabulary, size_t id) {
    if (static_cast<int32_t>(id) == vocabulary.start) return kClipStart;
    if (static_cast<int32_t>(id) == vocabulary.end) return kClipEnd;
    return std::string(vocabulary.token(id));
}

/// Start, end, and what somebody added, by their ids.
std::vector<AddedToken> allAdded(const BpeVocabulary& vocabulary, const std::vector<AddedToken>& added) {
    std::vector<AddedToken> all = {{.content = kClipStart, .id = vocabulary.start},
                                   {.content = kClipEnd, .id = vocabulary.end}};
    for (const AddedToken& token : added)
        if (token.id != vocabulary.start && token.id != vocabulary.end) all.push_back(token);
    std::ranges::stable_sort(all, {}, &AddedToken::id);
    return all;
}

OrderedJson listOf(const std::vector<AddedToken>& tokens) {
    OrderedJson list = OrderedJson::array();
    for (const AddedToken& token : tokens)
        list.push_back(addedTokenJson(token));
    return list;
}

OrderedJson normalizer() {
    return {{"type", "Sequence"},
            {"normalizers",
             {{{"type", "NFC"}},
              {{"type", "Replace"}, {"pattern", {{"Regex", "\\s+"}}}, {"content", " "}},
              {{"type", "Lowercase"}}}}};
}

OrderedJson preTokenizer() {
    const char* pattern =
        R"(<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+)";
    return {{"type", "Sequence"},
            {"pretokenizers",
             {{{"type", "Split"}, {"pattern", {{"Regex", pattern}}}, {"behavior", "Removed"}, {"invert", true}},
              {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", true}}}}};
}

OrderedJson tokenizerJson(const BpeVocabulary& vocabulary, const std::vector<AddedToken>& added, OrderedJson tokens,
                          OrderedJson merges) {
    return {
        {"version", "1.0"},
        {"truncation", nullptr},
        {"padding", nullptr},
        {"added_tokens", listOf(added)},
        {"normalizer", normalizer()},
        {"pre_tokenizer", preTokenizer()},
        {"post_processor",
         {{"type", "RobertaProcessing"},
          {"sep", OrderedJson::array({kClipEnd, vocabulary.end})},
          {"cls", OrderedJson::array({kClipStart, vocabulary.start})},
          {"trim_offsets", false},
          {"add_prefix_space", false}}},
        {"decoder", {{"type", "ByteLevel"}, {"add_prefix_space", true}, {"trim_offsets", true}, {"use_regex", true}}},
        {"model",
         {{"type", "BPE"},
          {"dropout", nullptr},
          {"unk_token", kClipEnd},
          {"continuing_subword_prefix", ""},
          {"end_of_word_suffix", "</w>"},
          {"fuse_unk", false},
          {"byte_fallback", false},
          {"ignore_merges", false},
          {"vocab", std::move(tokens)},
          {"merges", std::move(merges)}}}};
}

}  // namespace

void writeClipFiles(const std::filesystem::path& folder, const BpeVocabulary& vocabulary,
                    const std::vector<AddedToken>& added, int contextLength) {
    const std::vector<AddedToken> allTokens = allAdded(vocabulary, added);
    OrderedJson::object_t tokens;
    for (size_t id = 0; id < vocabulary.size(); ++id)
        if (!vocabulary.token(id).empty()) tokens.emplace_back(nameOf(vocabulary, id), id);
    std::string merges = "#version: 0.2\n";
    OrderedJson mergeList = OrderedJson::array();
    for (const auto& [left, right, whole] : vocabulary.merges()) {
        const std::string first = nameOf(vocabulary, static_cast<size_t>(left));
        const std::string second = nameOf(vocabulary, static_cast<size_t>(right));
        merges.append(first).append(" ").append(second).append("\n");
        mergeList.push_back({first, second});
    }
    const OrderedJson specials = {
        {"bos_token", kClipStart}, {"eos_token", kClipEnd}, {"unk_token", kClipEnd}, {"pad_token", kClipEnd}};
    OrderedJson config = specials;
    config["model_max_length"] = contextLength;
    config["do_lower_case"] = true;
    config["tokenizer_class"] = "CLIPTokenizer";
    if (allTokens.size() > 2) config["added_tokens_decoder"] = addedTokensDecoder(allTokens);

    writeFile(folder / "vocab.json", OrderedJson(tokens).dump());
    writeFile(folder / "merges.txt", merges);
    writeFile(folder / "tokenizer.json",
              tokenizerJson(vocabulary, allTokens, std::move(tokens), std::move(mergeList)).dump());
    writeFile(folder / "special_tokens_map.json", specials.dump(2) + "\n");
    writeFile(folder / "tokenizer_config.json", config.dump(2) + "\n");
}

}  // namespace diagonal
