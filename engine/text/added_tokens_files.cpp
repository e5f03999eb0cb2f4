// SPDX-License-Identifier: Apache-2.0
#include "engine/text/added_tokens_files.h"

#include <algorithm>
#include <string>

#include "engine/base/error.h"

namespace diagonal {

using nlohmann::json;
using nlohmann::ordered_json;

namespace {

constexpr int64_t kLargestAddedId = 1 << 22;

AddedToken addedTokenOf(const json& token, int64_t id) {
    return {.content = token.at("content").get<std::string>(),
            .id = id,
            .singleWord = token.value("single_word", false),
            .stripLeft = token.value("lstrip", false),
            .stripRight = token.value("rstrip", false),
            .normalized = token.value("normalized", !token.value("special", false)),
            .special = token.value("special", false)};
}

void readListed(const TokenizerFiles& files, std::vector<AddedToken>& added) {
    const json& tokenizer = files.json("tokenizer.json");
    if (tokenizer.is_object() && tokenizer.contains("added_tokens")) {
        for (const json& token : tokenizer["added_tokens"])
            added.push_back(addedTokenOf(token, token.at("id").get<int64_t>()));
        return;
    }
    const json decoder = files.setting("added_tokens_decoder");
    if (decoder.is_object())
        for (const auto& [id, token] : decoder.items()) {
            if (id.empty() || id.size() > 9 || id.find_first_not_of("0123456789") != std::string::npos)
                throw Error(files.source("tokenizer_config.json"), "has an added token with the id " + id);
            added.push_back(addedTokenOf(token, std::stoll(id)));
        }
}

/// {"<cat-toy>": 49408}, as transformers wrote it before it had anything else.
void readOldFile(const TokenizerFiles& files, std::vector<AddedToken>& added) {
    const json& old = files.json("added_tokens.json");
    if (!old.is_object()) return;
    for (const auto& entry : old.items()) {
        const std::string& name = entry.key();
        const bool isKnown = std::ranges::any_of(added, [&](const AddedToken& one) { return one.content == name; });
        if (!isKnown)
            added.push_back(
                {.content = name, .id = entry.value().get<int64_t>(), .normalized = true, .special = false});
    }
}

/// Takes tokens for what the vocabulary says they are: an id of the file's that is another token's would be wrong.
void check(const std::vector<AddedToken>& added, const std::function<int64_t(std::string_view)>& find,
           std::optional<size_t> vocabularySize, const std::string& source) {
    auto next = static_cast<int64_t>(vocabularySize.value_or(0));
    for (const AddedToken& token : added) {
        // transformers numbers them anew, whatever the file says.
        if (vocabularySize && find(token.content) < 0 && token.id != next++)
            throw Error(source,
                        "gives the added token " + token.content + " the id " + std::to_string(token.id) +
                            ", and the next that is free is " + std::to_string(next - 1),
                        "Take the file anew from where the model was published.");
        const int64_t known = find(token.content);
        if (token.id < 0 || token.id > kLargestAddedId || (known >= 0 && known != token.id))
            throw Error(source, "gives the added token " + token.content + " the id " + std::to_string(token.id) +
                                    (known < 0 ? "" : ", but it is " + std::to_string(known)));
    }
}

constexpr const char* kOtherTokenizer = "Correct it there, or give another tokenizer by --tokenizer";

Error badSetting(const TokenizerFiles& files, const char* key, const std::string& problem) {
    const json& settings = files.json("tokenizer_config.json");
    const bool isThere = settings.is_object() && settings.contains(key) && !settings[key].is_null();
    return {files.source(isThere ? "tokenizer_config.json" : "special_tokens_map.json"),
            "\"" + std::string(key) + "\" " + problem, kOtherTokenizer};
}

}  // namespace

std::string tokenNameIn(const json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (!value.is_object() || !value.contains("content") || !value["content"].is_string()) return {};
    return value["content"].get<std::string>();
}

void refuseOtherSettings(const TokenizerFiles& files, const std::function<bool(std::string_view)>& isKnown) {
    for (const char* key : {"additional_special_tokens", "extra_special_tokens"}) {
        const json value = files.setting(key);
        if (!value.is_array() && !value.is_object()) continue;
        for (const json& token : value) {
            const std::string name = tokenNameIn(token);
            if (!isKnown(name))
                throw badSetting(files, key,
                                 "names the token " + name + ", which the vocabulary and its added tokens lack");
        }
    }
    for (const char* key : {"padding_side", "truncation_side"})
        if (files.setting(key) == "left")
            throw badSetting(files, key, "is left, and Diagonal cuts and fills up texts on the right");
}

void requireToken(const TokenizerFiles& files, const char* key, int64_t id,
                  const std::function<int64_t(std::string_view)>& find) {
    const std::string name = tokenNameIn(files.setting(key));
    if (!name.empty() && find(name) != id)
        throw badSetting(files, key,
                         "is " + name + ", which is not the vocabulary's own: such a tokenizer cannot be read");
}

std::vector<AddedToken> readAddedTokens(const TokenizerFiles& files,
                                        const std::function<int64_t(std::string_view)>& find,
                                        std::optional<size_t> vocabularySize) {
    std::vector<AddedToken> added;
    const std::string source = files.source(files.has("tokenizer.json")          ? "tokenizer.json"
                                            : files.has("tokenizer_config.json") ? "tokenizer_config.json"
                                                                                 : "added_tokens.json");
    try {
        readListed(files, added);
        readOldFile(files, added);
    } catch (const json::exception& error) {
        throw unreadable(source, "has added tokens that cannot be read", error);
    }
    std::ranges::stable_sort(added, {}, &AddedToken::id);
    check(added, find, vocabularySize, source);
    return added;
}

ordered_json addedTokenJson(const AddedToken& token) {
    return {{"id", token.id},
            {"content", token.content},
            {"single_word", token.singleWord},
            {"lstrip", token.stripLeft},
            {"rstrip", token.stripRight},
            {"normalized", token.normalized},
            {"special", token.special}};
}

ordered_json addedTokensDecoder(const std::vector<AddedToken>& tokens) {
    ordered_json decoder = ordered_json::object();
    for (const AddedToken& token : tokens) {
        ordered_json entry = addedTokenJson(token);
        entry.erase("id");
        decoder[std::to_string(token.id)] = entry;
    }
    return decoder;
}

}  // namespace diagonal
