// SPDX-License-Identifier: Apache-2.0
#include "training/data/json_elements.h"

#include "engine/base/error.h"
#include "engine/base/file.h"

namespace diagonal {

using nlohmann::json;

namespace {

constexpr int kDeepest = 64;

}  // namespace

void forEachElement(const std::filesystem::path& path,
                    const std::function<void(const std::string& key, const json& object)>& use) {
    const std::string name = displayName(path);
    const std::string text = readText(path);
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) throw Error(name, "the file is empty");
    bool isObject = false;
    std::string key;
    // What is used or of no use is dropped at once: false.
    const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
        if (depth > kDeepest) throw Error(name, "nested too deeply");
        if (depth == 0 && event == json::parse_event_t::object_start) isObject = true;
        if (depth == 1 && event == json::parse_event_t::key) key = parsed.get<std::string>();
        if (event != json::parse_event_t::object_end && event != json::parse_event_t::array_end &&
            event != json::parse_event_t::value)
            return true;
        if (depth == 2 && isObject && event == json::parse_event_t::object_end) use(key, parsed);
        return depth > 2;
    };
    try {
        const json nothing = json::parse(text, watch);
    } catch (const json::exception& error) {
        throw Error(name, std::string("not valid JSON: ") + error.what(), "The file is cut or damaged: get it again");
    }
    if (!isObject) throw Error(name, "its outermost part is no JSON object");
}

json parseObject(std::string_view text) {
    bool isTooDeep = false;
    json object = json::parse(
        text,
        [&](int depth, json::parse_event_t, json&) {
            isTooDeep = isTooDeep || depth > kDeepest;
            return !isTooDeep;
        },
        false);
    return object.is_object() && !isTooDeep ? object : json();
}

std::vector<std::string> textsOf(const json& value) {
    std::vector<std::string> texts;
    if (value.is_string()) texts.push_back(value.get<std::string>());
    if (!value.is_array()) return texts;
    for (const json& one : value)
        if (one.is_string()) texts.push_back(one.get<std::string>());
    return texts;
}

std::string textOf(const json& object, const char* key) {
    const auto member = object.find(key);
    return member != object.end() && member->is_string() ? member->get<std::string>() : std::string();
}

}  // namespace diagonal
