// SPDX-License-Identifier: Apache-2.0
#include "engine/text/label.h"

#include <charconv>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace diagonal {

namespace {

constexpr std::string_view kSpecial = "!|@\\";
constexpr std::string_view kBlanks = " \t\r\n\f\v";

[[noreturn]] void fail(const std::string& line, const std::string& problem, const std::string& remedy) {
    throw Error("label “" + line + "”", problem, remedy);
}

bool isEscaped(std::string_view text, size_t at) {
    size_t backslashes = 0;
    while (backslashes < at && text[at - backslashes - 1] == '\\')
        ++backslashes;
    return backslashes % 2 == 1;
}

std::string unescape(std::string_view text) {
    std::string result;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size() && kSpecial.find(text[i + 1]) != std::string_view::npos) ++i;
        result += text[i];
    }
    return result;
}

/// "60%" or "0.6"; nothing where it is no number, so that "mail @ home" stays a text.
std::optional<double> readShare(std::string_view text) {
    const bool isPercent = text.ends_with('%');
    if (isPercent) text = trimmed(text.substr(0, text.size() - 1));
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return isPercent ? value / 100 : value;
}

/// Takes "@ 60%" off the end.
std::optional<double> takeThreshold(std::string_view& rest, const std::string& line) {
    const size_t at = rest.rfind('@');
    if (at == std::string_view::npos || isEscaped(rest, at)) return std::nullopt;
    const auto threshold = readShare(trimmed(rest.substr(at + 1)));
    if (!threshold) return std::nullopt;
    if (!(*threshold >= -1 && *threshold <= 1))
        fail(line, "has a threshold beyond 100 %", "Write “@ 60%” or “@ 0.6”; a text that ends so has “\\@”");
    rest = trimmed(rest.substr(0, at));
    return threshold;
}

}  // namespace

std::string Label::name() const {
    std::string text;
    for (const std::string& synonym : synonyms)
        text += (text.empty() ? "" : " | ") + synonym;
    return text;
}

Label parseLabel(const std::string& line) {
    Label label;
    std::string_view rest = trimmed(line);
    if (rest.starts_with('!')) {
        label.isNegative = true;
        rest = trimmed(rest.substr(1));
    }
    label.threshold = takeThreshold(rest, line);
    for (size_t start = 0, bar = 0; bar != std::string_view::npos; start = bar + 1) {
        bar = rest.find('|', start);
        while (bar != std::string_view::npos && isEscaped(rest, bar))
            bar = rest.find('|', bar + 1);
        const std::string_view part = rest.substr(start, bar == std::string_view::npos ? bar : bar - start);
        label.synonyms.push_back(unescape(trimmed(part)));
        if (label.synonyms.back().empty()) fail(line, "has no text", "Write a text, or take it out");
    }
    return label;
}

std::string labelLine(std::string_view text) {
    std::string line;
    for (const char c : text) {
        if (kSpecial.find(c) != std::string_view::npos) line += '\\';
        line += c;
    }
    return line;
}

std::vector<Label> parseLabels(const std::vector<std::string>& lines) {
    std::vector<Label> labels;
    labels.reserve(lines.size());
    for (const std::string& line : lines)
        labels.push_back(parseLabel(line));
    return labels;
}

std::vector<std::string> textsOf(const std::vector<Label>& labels) {
    std::vector<std::string> texts;
    for (const Label& label : labels)
        texts.insert(texts.end(), label.synonyms.begin(), label.synonyms.end());
    return texts;
}

std::vector<std::string> namesOf(const std::vector<Label>& labels) {
    std::vector<std::string> names;
    names.reserve(labels.size());
    for (const Label& label : labels)
        names.push_back(label.name());
    return names;
}

}  // namespace diagonal
