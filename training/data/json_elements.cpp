// SPDX-License-Identifier: Apache-2.0
#include "training/data/json_elements.h"

#include <iterator>
#include <optional>
#include <set>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json_reader.h"
#include "training/data/python_json.h"
#include "training/data/text_stream.h"

namespace diagonal {

using nlohmann::json;

namespace {

constexpr int kDeepest = 64;

/// The bytes of a stream for the parser; null stands for the end.
class ByteIterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = char;

    ByteIterator() = default;
    explicit ByteIterator(PythonJson& bytes) : m_bytes(&bytes) { ++*this; }
    char operator*() const { return m_byte; }
    ByteIterator& operator++() {
        if (const auto next = m_bytes->take())
            m_byte = *next;
        else
            m_bytes = nullptr;
        return *this;
    }
    bool operator==(const ByteIterator& other) const { return m_bytes == other.m_bytes; }

  private:
    PythonJson* m_bytes = nullptr;
    char m_byte = '\0';
};

/// A stream's bytes one after another.
class StreamBytes {
  public:
    explicit StreamBytes(TextStream& stream) : m_stream(stream) {}

    std::optional<char> next() {
        if (m_at == m_text.size()) {
            m_stream.skip(m_at);
            m_text = m_stream.ahead();
            m_at = 0;
            if (m_text.empty()) return std::nullopt;
        }
        return m_text[m_at++];
    }

  private:
    TextStream& m_stream;
    std::string_view m_text;
    size_t m_at = 0;
};

json parseAll(std::string_view text, bool& isTooDeep) {
    return json::parse(
        text,
        [&](int depth, json::parse_event_t, json&) {
            isTooDeep = isTooDeep || depth > kDeepest;
            return !isTooDeep;
        },
        false);
}

}  // namespace

void forEachElement(const std::filesystem::path& path,
                    const std::function<void(const std::string& key, const json& object)>& use) {
    const std::string name = displayName(path);
    TextStream stream(path);
    const std::string_view begin = stream.ahead();
    if (stream.isLast() && begin.find_first_not_of(" \t\r\n") == std::string_view::npos)
        throw Error(name, "the file is empty");
    stream.skipByteOrderMark();
    StreamBytes bytes(stream);
    PythonJson source([&] { return bytes.next(); });
    bool isObject = false;
    std::string key;
    std::set<std::string> used;
    // What is used or of no use is dropped at once: false.
    const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
        if (depth > kDeepest) throw Error(name, "nested too deeply");
        if (depth == 0 && event == json::parse_event_t::object_start) isObject = true;
        if (depth == 1 && event == json::parse_event_t::key) {
            key = parsed.get<std::string>();
            // Python takes the last one; here the first was used already.
            if (used.contains(key)) throw Error(name, "\"" + displayName(key) + "\" stands there twice");
        }
        if (event != json::parse_event_t::object_end && event != json::parse_event_t::array_end &&
            event != json::parse_event_t::value)
            return true;
        if (depth == 2 && isObject && event == json::parse_event_t::object_end) {
            used.insert(key);
            use(key, parsed);
        }
        return depth > 2;
    };
    try {
        const json nothing = json::parse(ByteIterator(source), ByteIterator(), watch);
    } catch (const json::exception& error) {
        throw Error(name, "not valid JSON: " + wordsOf(error), "The file is cut or damaged: get it again");
    }
    if (!isObject)
        throw Error(name, "its outermost part is no JSON object",
                    "Of a list of pictures and captions make JSONL: one object a line, in a .jsonl file");
}

json parseObject(std::string_view text) {
    bool isTooDeep = false;
    json object = parseAll(text, isTooDeep);
    if (object.is_discarded() && !isTooDeep) object = parseAll(standardJson(text), isTooDeep);
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
