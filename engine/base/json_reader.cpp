// SPDX-License-Identifier: Apache-2.0
#include "engine/base/json_reader.h"

#include <algorithm>
#include <cmath>

#include "engine/base/file.h"

namespace diagonal {

using nlohmann::json;

json readJson(const std::filesystem::path& path) {
    const std::string name = displayName(path);
    const std::string text = readText(path, 64 << 20);
    if (text.empty()) throw Error(name, "the file is empty");
    const auto watch = [&](int depth, json::parse_event_t, json&) {
        if (depth > 64) throw Error(name, "nested too deeply");
        return true;
    };
    try {
        return json::parse(text, watch);
    } catch (const json::exception& error) {
        throw Error(name, "not valid JSON: " + wordsOf(error));
    }
}

std::string wordsOf(const json::exception& error) {
    const std::string all = error.what();
    const size_t end = all.find("] ");
    return all.starts_with("[json.exception.") && end != std::string::npos ? all.substr(end + 2) : all;
}

JsonReader::JsonReader(const json& object, std::string source, std::string place)
    : m_object(object), m_source(std::move(source)), m_place(std::move(place)) {
    if (!object.is_object()) throw Error(m_source, "\"" + m_place + "\" is missing or not a JSON object");
}

bool JsonReader::contains(const char* key) const {
    return m_object.contains(key);
}

bool JsonReader::has(const char* key) const {
    return !member(key).is_null();
}

const json& JsonReader::member(const char* key) const {
    static const json kNothing;
    const auto value = m_object.find(key);
    return value == m_object.end() ? kNothing : *value;
}

JsonReader JsonReader::object(const char* key) const {
    return {member(key), m_source, key};
}

int JsonReader::integer(const char* key, int fallback, int low, int high) const {
    const json& value = member(key);
    if (value.is_null()) return fallback;
    if (!value.is_number_integer()) throw bad(key, "must be a whole number");
    const auto number = value.get<int64_t>();
    if (number < low || number > high)
        throw bad(key, "must be from " + std::to_string(low) + " to " + std::to_string(high));
    return static_cast<int>(number);
}

int JsonReader::required(const char* key, int low, int high) const {
    if (!has(key)) throw bad(key, "is missing");
    return integer(key, 0, low, high);
}

double JsonReader::number(const char* key, double fallback, double low, double high) const {
    const json& value = member(key);
    if (value.is_null()) return fallback;
    if (!value.is_number()) throw bad(key, "must be a number");
    const double number = value.get<double>();
    if (!(number >= low && number <= high)) throw bad(key, "is out of range");
    return number;
}

bool JsonReader::boolean(const char* key, bool fallback) const {
    const json& value = member(key);
    if (value.is_null()) return fallback;
    if (!value.is_boolean()) throw bad(key, "must be true or false");
    return value.get<bool>();
}

std::string JsonReader::text(const char* key, const std::string& fallback) const {
    const json& value = member(key);
    if (value.is_null()) return fallback;
    if (!value.is_string()) throw bad(key, "must be a text");
    return value.get<std::string>();
}

std::array<float, 3> JsonReader::colour(const char* key, const std::array<float, 3>& fallback) const {
    const json& value = member(key);
    if (value.is_null()) return fallback;
    std::array<float, 3> result = {};
    if (!value.is_array() || value.size() != result.size()) throw bad(key, "must list three numbers");
    for (size_t i = 0; i < result.size(); ++i) {
        if (!value[i].is_number()) throw bad(key, "must list three numbers");
        result[i] = value[i].get<float>();
        if (!std::isfinite(result[i])) throw bad(key, "has a number out of range");
    }
    return result;
}

void JsonReader::refuse(const char* key, const json& harmless) const {
    const json& value = member(key);
    if (value.is_null() || value == false || value == harmless) return;
    throw bad(key, "is " + value.dump() + ", which this version of Diagonal cannot compute");
}

void JsonReader::refuseUnknown(std::initializer_list<std::span<const std::string_view>> known) const {
    for (const auto& entry : m_object.items()) {
        const std::string& key = entry.key();
        if (entry.value().is_null() || entry.value() == false) continue;
        if (std::ranges::none_of(known, [&](const auto& list) { return std::ranges::find(list, key) != list.end(); }))
            throw Error(m_source, "\"" + m_place + "." + key + "\" is no word that is known here, nor to open_clip 3.3",
                        "Is it misspelt? Take it out if it changes nothing.");
    }
}

Error JsonReader::bad(const char* key, const std::string& problem) const {
    return {m_source, "\"" + m_place + "." + key + "\" " + problem};
}

}  // namespace diagonal
