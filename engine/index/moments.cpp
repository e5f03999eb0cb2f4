// SPDX-License-Identifier: Apache-2.0
#include "engine/index/moments.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "engine/text/unicode.h"

namespace diagonal {

namespace {

using CurvePoint = Searcher::CurvePoint;

/// Frames in order of time, each with its best score.
std::vector<CurvePoint> frameScores(std::span<const CurvePoint> points) {
    std::vector<CurvePoint> frames;
    for (const CurvePoint& point : points)
        if (!std::isnan(point.relevance)) frames.push_back(point);
    std::ranges::stable_sort(frames, [](const CurvePoint& a, const CurvePoint& b) {
        if (a.start != b.start) return a.start < b.start;
        if (a.time != b.time) return a.time < b.time;
        return a.relevance > b.relevance;
    });
    frames.erase(
        std::unique(frames.begin(), frames.end(),
                    [](const CurvePoint& a, const CurvePoint& b) { return a.start == b.start && a.time == b.time; }),
        frames.end());
    return frames;
}

Moment momentOf(std::span<const CurvePoint> frames) {
    const CurvePoint& best = *std::ranges::max_element(frames, {}, &CurvePoint::relevance);
    Moment moment;
    moment.start = frames.front().start;
    moment.stop = std::ranges::max_element(frames, {}, &CurvePoint::stop)->stop;
    moment.best = best.time;
    moment.row = best.row;
    moment.cosine = best.cosine;
    moment.relevance = best.relevance;
    return moment;
}

/// English words that say nothing of what is seen or heard.
constexpr std::array<std::u32string_view, 32> kFunctionWords = {
    U"a",    U"an", U"and", U"are", U"as",   U"at",   U"be", U"by", U"for",   U"from", U"her",
    U"his",  U"in", U"is",  U"it",  U"its",  U"of",   U"on", U"or", U"that",  U"the",  U"their",
    U"this", U"to", U"was", U"who", U"with", U"some", U"no", U"my", U"there", U"photo"};
/// How many letters a word may have beyond that of the query.
constexpr size_t kMostEnding = 3;

/// Written without spaces between words.
bool isWithoutSpaces(char32_t c) {
    return (c >= 0x2E80 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7AF) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0x20000 && c <= 0x3FFFF);
}

struct QueryWord {
    std::u32string text;
    std::string ascii;  ///< the same where it is ASCII
    bool isAnywhere = false;
};

std::vector<QueryWord> wordsOfQuery(std::string_view query) {
    std::vector<QueryWord> words, functions;
    const std::u32string text = toLower(decodeUtf8(query));
    for (size_t i = 0; i < text.size();) {
        size_t end = i;
        while (end < text.size() && isWordCharacter(text[end]))
            ++end;
        if (end > i) {
            QueryWord word{text.substr(i, end - i), {}, false};
            word.isAnywhere = std::ranges::any_of(word.text, isWithoutSpaces);
            if (std::ranges::all_of(word.text, [](char32_t c) { return c < 0x80; })) word.ascii = encodeUtf8(word.text);
            const bool isFunction = std::ranges::find(kFunctionWords, word.text) != kFunctionWords.end();
            (isFunction ? functions : words).push_back(std::move(word));
        }
        i = end + 1;
    }
    return words.empty() ? functions : words;
}

/// Whether the letters are there, as a quick look at bytes tells it.
bool mayHave(std::string_view cue, const std::string& ascii) {
    const auto same = [](char a, char b) { return a == b || (b >= 'a' && b <= 'z' && a == static_cast<char>(b - 32)); };
    return std::search(cue.begin(), cue.end(), ascii.begin(), ascii.end(), same) != cue.end();
}

bool hasWord(const std::u32string& cue, const QueryWord& word) {
    for (size_t at = cue.find(word.text); at != std::u32string::npos; at = cue.find(word.text, at + 1)) {
        if (word.isAnywhere) return true;
        if (at > 0 && isWordCharacter(cue[at - 1])) continue;
        size_t end = at + word.text.size();
        const size_t most = end + kMostEnding;
        while (end < cue.size() && end <= most && isWordCharacter(cue[end]))
            ++end;
        if (end <= most) return true;
    }
    return false;
}

bool hasWords(std::string_view cue, const std::vector<QueryWord>& words) {
    for (const QueryWord& word : words)
        if (!word.ascii.empty() && !mayHave(cue, word.ascii)) return false;
    const std::u32string lower = toLower(decodeUtf8(cue));
    return std::ranges::all_of(words, [&](const QueryWord& word) { return hasWord(lower, word); });
}

}  // namespace

std::vector<Moment> momentsOf(std::span<const CurvePoint> points, double line, const MomentRule& rule) {
    const std::vector<CurvePoint> frames = frameScores(points);
    const auto isAbove = [&](size_t i) { return frames[i].relevance >= line; };
    const auto isNear = [&](size_t i) { return frames[i].relevance >= line - rule.slack; };
    const auto follows = [&](size_t i, size_t last) {
        return frames[i].start <= int64_t{frames[last].stop} + rule.gap;
    };
    std::vector<Moment> moments;
    size_t free = 0;  // first frame that no moment has
    for (size_t i = 0; i < frames.size(); ++i) {
        if (!isAbove(i)) continue;
        size_t first = i, last = i;
        while (first > free && isNear(first - 1) && follows(first, first - 1))
            --first;
        for (size_t next = i + 1; next < frames.size() && follows(next, last); ++next)
            if (isAbove(next) || (isNear(next) && next == last + 1)) last = next;
        moments.push_back(momentOf(std::span(frames).subspan(first, last - first + 1)));
        free = last + 1;
        i = last;
    }
    return moments;
}

std::vector<size_t> findCues(std::span<const LibraryCue> cues, std::string_view query) {
    const std::vector<QueryWord> words = wordsOfQuery(query);
    std::vector<size_t> found;
    if (words.empty()) return found;
    for (size_t i = 0; i < cues.size(); ++i)
        if (hasWords(cues[i].text, words)) found.push_back(i);
    return found;
}

}  // namespace diagonal
