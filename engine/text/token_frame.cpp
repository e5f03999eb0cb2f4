// SPDX-License-Identifier: Apache-2.0
#include "engine/text/token_frame.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/text/added_tokens_files.h"

namespace diagonal {

using nlohmann::json;
using nlohmann::ordered_json;

namespace {

/// The names that a post-processor puts before and behind a text; empty where it says nothing.
void readProcessor(const json& processor, const std::string& source, std::string& start, std::string& end) {
    if (!processor.is_object()) return;
    const auto type = processor.value("type", "");
    if (type == "Sequence") {
        for (const json& inner : processor.at("processors"))
            readProcessor(inner, source, start, end);
    } else if (type == "BertProcessing" || type == "RobertaProcessing") {
        start = processor.at("cls").at(0).get<std::string>();
        end = processor.at("sep").at(0).get<std::string>();
    } else if (type == "TemplateProcessing") {
        const json& parts = processor.at("single");
        if (parts.size() != 3 || !parts[0].contains("SpecialToken") || !parts[1].contains("Sequence") ||
            !parts[2].contains("SpecialToken"))
            throw Error(source, "does not put one token before and one behind a text",
                        "Such tokenizers cannot be read");
        start = parts[0]["SpecialToken"].at("id").get<std::string>();
        end = parts[2]["SpecialToken"].at("id").get<std::string>();
    }
}

}  // namespace

TokenFrame readFrame(const TokenizerFiles& files, const json& tokenizer, const FrameNames& names,
                     const std::function<int64_t(std::string_view)>& find, const std::string& source) {
    TokenFrame frame;
    const std::string place = tokenizer.is_object() ? files.source("tokenizer.json") : source;
    try {
        frame.added = readAddedTokens(files, find);
        std::string start, end;
        if (tokenizer.is_object() && tokenizer.contains("post_processor"))
            readProcessor(tokenizer["post_processor"], place, start, end);
        const auto isName = [](const AddedToken& token, const std::string& name) { return token.content == name; };
        const auto resolve = [&](const char* setting, std::string name, const char* fallback, bool required) {
            const json value = files.setting(setting);
            if (name.empty()) name = tokenNameIn(value);
            if (name.empty()) name = fallback;
            NamedToken token = {name, find(name)};
            const auto added = std::ranges::find_if(frame.added, [&](const auto& one) { return isName(one, name); });
            if (added != frame.added.end()) {
                token.id = added->id;
            } else if (token.id >= 0) {
                const bool isMask = std::string_view(setting) == "mask_token";
                const bool strips = isMask && names.maskStripsLeft;
                frame.added.push_back({.content = name,
                                       .id = token.id,
                                       .stripLeft = value.is_object() ? value.value("lstrip", strips) : strips});
            } else if (required) {
                throw Error(source, "lacks the token " + name);
            }
            return token;
        };
        frame.unknown = resolve("unk_token", "", names.unknown, true);
        frame.padding = resolve("pad_token", "", names.padding, true);
        frame.start = resolve("cls_token", start, names.start, true);
        frame.end = resolve("sep_token", end, names.end, true);
        frame.mask = resolve("mask_token", "", names.mask, false);
        refuseOtherSettings(files, [&](std::string_view name) {
            return std::ranges::find(frame.added, name, &AddedToken::content) != frame.added.end();
        });
    } catch (const json::exception& error) {
        throw unreadable(place, "has special tokens that cannot be read", error);
    }
    std::ranges::stable_sort(frame.added, {}, &AddedToken::id);
    return frame;
}

ordered_json addedTokensOf(const TokenFrame& frame) {
    ordered_json list = ordered_json::array();
    for (const AddedToken& token : frame.added)
        list.push_back(addedTokenJson(token));
    return list;
}

ordered_json templateOf(const TokenFrame& frame) {
    const auto special = [](const NamedToken& token) {
        return ordered_json{{"SpecialToken", {{"id", token.name}, {"type_id", 0}}}};
    };
    const auto sequence = [](const char* name) { return ordered_json{{"Sequence", {{"id", name}, {"type_id", 0}}}}; };
    ordered_json tokens = ordered_json::object();
    for (const NamedToken* token : {&frame.start, &frame.end})
        tokens[token->name] = {{"id", token->name},
                               {"ids", ordered_json::array({token->id})},
                               {"tokens", ordered_json::array({token->name})}};
    return {{"type", "TemplateProcessing"},
            {"single", ordered_json::array({special(frame.start), sequence("A"), special(frame.end)})},
            {"pair", ordered_json::array(
                         {special(frame.start), sequence("A"), special(frame.end), sequence("B"), special(frame.end)})},
            {"special_tokens", tokens}};
}

void writeFrameFiles(const std::filesystem::path& folder, const TokenFrame& frame, const ordered_json& tokenizer,
                     ordered_json settings, int contextLength) {
    ordered_json whole = {
        {"version", "1.0"}, {"truncation", nullptr}, {"padding", nullptr}, {"added_tokens", addedTokensOf(frame)}};
    whole.update(tokenizer);
    ordered_json specials = {{"unk_token", frame.unknown.name},
                             {"pad_token", frame.padding.name},
                             {"cls_token", frame.start.name},
                             {"sep_token", frame.end.name}};
    if (frame.mask.id >= 0) specials["mask_token"] = frame.mask.name;
    settings.update(specials);
    settings["model_max_length"] = contextLength;
    settings["added_tokens_decoder"] = addedTokensDecoder(frame.added);
    writeFile(folder / "tokenizer.json", whole.dump());
    writeFile(folder / "special_tokens_map.json", specials.dump(2) + "\n");
    writeFile(folder / "tokenizer_config.json", settings.dump(2) + "\n");
}

}  // namespace diagonal
