// SPDX-License-Identifier: Apache-2.0
#include "engine/text/bpe_files.h"

#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/text/tokenizer_files.h"

namespace diagonal {

using nlohmann::json;

namespace {

/// No vocabulary is a third as large; an id beyond would ask for memory that nothing fills.
constexpr uint64_t kLargestId = 1 << 22;

std::string inQuotes(std::string_view text) {
    constexpr size_t kShown = 40;
    const json value(std::string(text.substr(0, kShown)));
    return value.dump(-1, ' ', true, json::error_handler_t::replace) + (text.size() > kShown ? "…" : "");
}

void addMerge(BpeVocabulary& vocabulary, std::string_view left, std::string_view right, const std::string& source) {
    if (!vocabulary.addMerge(left, right))
        throw Error(source, "merges " + inQuotes(left) + " and " + inQuotes(right) +
                                ", but the vocabulary lacks one of them or both together");
}

void addToken(BpeVocabulary& vocabulary, std::string_view token, uint64_t id, const std::string& source) {
    if (id > kLargestId) throw Error(source, "gives " + inQuotes(token) + " the impossible id " + std::to_string(id));
    if (!vocabulary.add(token, id))
        throw Error(source, "gives " + inQuotes(token) + " the id " + std::to_string(id) +
                                ", but the token is empty or one of both is there already");
}

/// The first of the names that is a token.
int32_t findNamed(const BpeVocabulary& vocabulary, const std::vector<std::string>& names, const std::string& source) {
    for (const std::string& name : names)
        if (const int32_t id = vocabulary.find(name); id >= 0) return id;
    throw Error(source, "is no vocabulary of its kind: it lacks the token " + names.front());
}

void findNames(BpeVocabulary& vocabulary, const BpeNames& names, const std::string& source) {
    vocabulary.start = findNamed(vocabulary, names.start, source);
    vocabulary.end = findNamed(vocabulary, names.end, source);
}

/// One flat object of numbers, without a tree of 49,408 nodes.
class VocabularyReader : public nlohmann::json_sax<json> {
  public:
    VocabularyReader(BpeVocabulary& vocabulary, const std::string& source)
        : m_vocabulary(vocabulary), m_source(source) {}

    bool number_unsigned(number_unsigned_t value) override {
        if (!m_inside) wrong();
        addToken(m_vocabulary, m_key, value, m_source);
        return true;
    }
    bool key(string_t& value) override {
        m_key.swap(value);
        return true;
    }
    bool start_object(size_t /*count*/) override {
        if (m_inside) wrong();
        return m_inside = true;
    }
    bool end_object() override { return true; }
    bool null() override { wrong(); }
    bool boolean(bool /*value*/) override { wrong(); }
    bool number_integer(number_integer_t /*value*/) override { wrong(); }
    bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { wrong(); }
    bool string(string_t& /*value*/) override { wrong(); }
    bool binary(binary_t& /*value*/) override { wrong(); }
    bool start_array(size_t /*count*/) override { wrong(); }
    bool end_array() override { wrong(); }
    bool parse_error(size_t position, const std::string& /*token*/, const json::exception& /*error*/) override {
        throw Error(m_source, "is no sound JSON (byte " + std::to_string(position) + ")");
    }

  private:
    [[noreturn]] void wrong() const { throw Error(m_source, "is no list of tokens and their ids"); }

    BpeVocabulary& m_vocabulary;
    const std::string& m_source;
    std::string m_key;
    bool m_inside = false;
};

}  // namespace

bool splitMerge(std::string_view line, std::string_view& left, std::string_view& right) {
    const size_t space = line.find(' ');
    if (space == 0 || space >= line.size() - 1 || line.find(' ', space + 1) != std::string_view::npos) return false;
    left = line.substr(0, space);
    right = line.substr(space + 1);
    return true;
}

BpeVocabulary readBpeFiles(std::string_view vocabularyText, const std::string& vocabularySource,
                           std::string_view merges, const std::string& mergesSource, const BpeNames& names) {
    BpeVocabulary vocabulary;
    vocabulary.reserve(std::min<size_t>(vocabularyText.size() / 12, 1 << 16), vocabularyText.size() / 2);
    VocabularyReader reader(vocabulary, vocabularySource);
    json::sax_parse(vocabularyText, &reader);
    findNames(vocabulary, names, vocabularySource);
    for (size_t number = 1; !merges.empty(); ++number) {
        const std::string_view line = takeLine(merges);
        if (line.empty() || (number == 1 && line.starts_with("#version"))) continue;
        std::string_view left, right;
        if (!splitMerge(line, left, right))
            throw Error(mergesSource, "has no two tokens in line " + std::to_string(number));
        addMerge(vocabulary, left, right, mergesSource);
    }
    return vocabulary;
}

BpeVocabulary readBpeTokenizerJson(const json& tokenizer, const std::string& source, const BpeNames& names) {
    BpeVocabulary vocabulary;
    try {
        const json& model = tokenizer.at("model");
        const json& tokens = model.at("vocab");
        if (!tokens.is_object()) throw Error(source, "has no list of tokens and their ids");
        for (const auto& [token, id] : tokens.items())
            addToken(vocabulary, token, id.get<uint64_t>(), source);
        if (tokenizer.contains("added_tokens"))
            for (const json& added : tokenizer["added_tokens"]) {
                const auto& name = added.at("content").get_ref<const std::string&>();
                const auto id = added.at("id").get<uint64_t>();
                if (vocabulary.find(name) < 0) addToken(vocabulary, name, id, source);
            }
        findNames(vocabulary, names, source);
        for (const json& merge : model.at("merges")) {
            std::string_view left, right;
            if (merge.is_string()) {
                if (!splitMerge(merge.get_ref<const std::string&>(), left, right))
                    throw Error(source,
                                "has a merge that is no two tokens: " + inQuotes(merge.get_ref<const std::string&>()));
            } else {
                left = merge.at(0).get_ref<const std::string&>();
                right = merge.at(1).get_ref<const std::string&>();
            }
            addMerge(vocabulary, left, right, source);
        }
    } catch (const json::exception& error) {
        throw unreadable(source, "is no byte-level BPE that can be read", error);
    }
    return vocabulary;
}

}  // namespace diagonal
