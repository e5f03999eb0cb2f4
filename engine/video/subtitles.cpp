// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "engine/base/encoding.h"
#include "engine/base/text.h"
#include "engine/text/html_entities.h"
#include "engine/text/unicode.h"
#include "engine/video/key_frames.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr uint64_t kMostBytes = uint64_t{32} << 20;
constexpr size_t kMostFiles = 32, kMostCues = 200'000, kMostText = 2000;  // characters
constexpr int64_t kMostCueTime = std::numeric_limits<int32_t>::max();
constexpr std::string_view kArrow = "-->";

/// "01:02:03,456", "02:03.456"; nothing for what is no time.
std::optional<int64_t> parseTime(std::string_view text) {
    int64_t seconds = 0, field = 0, thousandths = 0;
    int digits = 0, colons = 0;
    size_t at = 0;
    for (; at < text.size() && (text[at] == ':' || (text[at] >= '0' && text[at] <= '9')); ++at) {
        if (text[at] == ':') {
            if (digits == 0 || ++colons > 2) return {};
            seconds = (seconds + field) * 60;
            field = digits = 0;
        } else {
            if (++digits > 6) return {};
            field = field * 10 + (text[at] - '0');
        }
    }
    if (digits == 0 || colons == 0) return {};
    seconds += field;
    if (at < text.size() && (text[at] == ',' || text[at] == '.')) {
        int64_t unit = 100;
        for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10)
            thousandths += unit * (text[at] - '0');
    }
    const int64_t time = seconds * 1000 + thousandths;
    if (time > kMostCueTime) return {};
    return time;
}

/// "start --> end" and settings behind.
std::optional<Cue> parseTimes(std::string_view line) {
    const size_t arrow = line.find(kArrow);
    if (arrow == std::string_view::npos) return {};
    std::string_view end = trimmed(line.substr(arrow + kArrow.size()));
    end = end.substr(0, end.find_first_of(" \t"));
    const auto start = parseTime(trimmed(line.substr(0, arrow))), stop = parseTime(end);
    if (!start || !stop || *stop < *start) return {};
    return Cue{*start, *stop, {}};
}

bool isNumber(std::string_view line) {
    line = trimmed(line);
    return !line.empty() && std::ranges::all_of(line, [](char c) { return c >= '0' && c <= '9'; });
}

/// Without <i>, <00:01.000>, {\an8} and references, with single spaces.
std::string plainCue(std::string_view text) {
    std::string bare;
    char closing = 0;
    const size_t lastTag = text.rfind('>'), lastBrace = text.rfind('}');
    const auto isBefore = [](size_t i, size_t place) { return place != std::string_view::npos && i < place; };
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const char next = i + 1 < text.size() ? text[i + 1] : '\0';
        if (closing != 0) {
            if (c == closing) closing = 0;
        } else if (c == '<' &&
                   (next == '/' || (next >= '0' && next <= '9') || (next >= 'A' && next <= 'Z') ||
                    (next >= 'a' && next <= 'z')) &&
                   isBefore(i, lastTag)) {
            closing = '>';
        } else if (c == '{' && next == '\\' && isBefore(i, lastBrace)) {
            closing = '}';
        } else {
            bare += c;
        }
    }
    std::string plain;
    size_t count = 0;
    bool isGap = false;
    for (const char32_t c : unescapeHtml(decodeUtf8(bare))) {
        if (c == 0 || isWhiteSpace(c)) {
            isGap = !plain.empty();
            continue;
        }
        if (++count > kMostText) break;
        if (std::exchange(isGap, false)) plain += ' ';
        appendUtf8(plain, c);
    }
    return plain;
}

constexpr std::array kLanguageNames = {
    "arabic",  "bulgarian", "chinese", "croatian",  "czech",   "danish",  "dutch",      "english",   "estonian",
    "farsi",   "finnish",   "french",  "german",    "greek",   "hebrew",  "hindi",      "hungarian", "indonesian",
    "italian", "japanese",  "korean",  "norwegian", "persian", "polish",  "portuguese", "romanian",  "russian",
    "serbian", "slovak",    "spanish", "swedish",   "thai",    "turkish", "ukrainian",  "vietnamese"};
constexpr std::array kKindsOfSubtitles = {"forced", "sdh", "cc", "hi", "default", "full", "foreign", "commentary"};

bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// "en", "eng", "pt-BR", "zh_Hans", "es-419", "German", "forced".
bool isLanguagePart(std::string_view part) {
    const std::string word = lowered(part);
    if (std::ranges::find(kLanguageNames, word) != kLanguageNames.end() ||
        std::ranges::find(kKindsOfSubtitles, word) != kKindsOfSubtitles.end())
        return true;
    const size_t code = std::min(part.find_first_of("-_"), part.size());
    if (code < 2 || code > 3 || !std::ranges::all_of(part.substr(0, code), isLetter)) return false;
    const std::string_view rest = part.substr(code);
    return rest.size() != 1 && std::ranges::all_of(rest, [](char c) {
               return isLetter(c) || c == '-' || c == '_' || (c >= '0' && c <= '9');
           });
}

/// Whether it may stand between a video's name and ".srt": "", ".en", ".pt-BR.forced".
bool isLanguage(std::string_view middle) {
    if (middle.size() > 25) return false;
    while (!middle.empty()) {
        if (middle[0] != '.') return false;
        const size_t end = std::min(middle.find('.', 1), middle.size());
        if (!isLanguagePart(middle.substr(1, end - 1))) return false;
        middle.remove_prefix(end);
    }
    return true;
}

}  // namespace

std::vector<Cue> parseSubtitles(std::string_view text) {
    std::vector<Cue> cues;
    std::optional<Cue> cue;
    std::string words;
    std::string_view last;  // line of the words
    const auto finish = [&] {
        if (cue && cues.size() < kMostCues) {
            cue->text = plainCue(words);
            if (!cue->text.empty()) cues.push_back(std::move(*cue));
        }
        cue.reset();
        words.clear();
    };
    for (const std::string_view line : linesOf(text)) {
        if (line.find(kArrow) != std::string_view::npos) {
            // The number of a cue that no empty line stands before.
            if (cue && isNumber(last)) words.resize(words.size() - last.size());
            finish();
            cue = parseTimes(line);
            last = {};
        } else if (trimmed(line).empty()) {
            finish();
        } else if (cue && words.size() < 8 * kMostText) {
            last = line.substr(0, 8 * kMostText);
            (words += ' ') += last;
        }
    }
    finish();
    std::ranges::stable_sort(cues, {}, &Cue::start);
    return cues;
}

bool hasSubtitleExtension(const fs::path& path) {
    const std::string ending = lowered(path.extension().native());
    return ending == ".srt" || ending == ".vtt";
}

SubtitleFolder::SubtitleFolder(fs::path folder) : m_folder(std::move(folder)) {
    std::error_code error;
    for (fs::directory_iterator i(m_folder.empty() ? "." : m_folder, error), end; !error && i != end;
         i.increment(error)) {
        if (hasSubtitleExtension(i->path())) m_names.push_back(i->path().filename().native());
        if (hasVideoExtension(i->path())) m_videos.push_back(i->path().stem().native());
    }
    std::ranges::sort(m_names);
    std::ranges::sort(m_videos);
}

std::vector<fs::path> SubtitleFolder::filesOf(const fs::path& video) const {
    const std::string stem = video.stem().native();
    // "a.de.srt" is that of a video "a.de.mp4" where there is one.
    const auto isOfAnother = [&](const std::string& name) {
        for (size_t dot = name.size() - 4; dot > stem.size(); dot = name.rfind('.', dot - 1))
            if (std::ranges::binary_search(m_videos, name.substr(0, dot))) return true;
        return false;
    };
    std::vector<fs::path> files;
    for (auto name = std::ranges::lower_bound(m_names, stem);
         name != m_names.end() && name->starts_with(stem) && files.size() < kMostFiles; ++name) {
        if (name->size() < stem.size() + 4) continue;
        const std::string_view middle = std::string_view(*name).substr(stem.size(), name->size() - stem.size() - 4);
        if (!isLanguage(middle) || isOfAnother(*name)) continue;
        fs::path file = m_folder / *name;
        std::error_code none;
        if (fs::is_regular_file(file, none)) files.push_back(std::move(file));
    }
    return files;
}

Subtitles readSubtitles(std::span<const fs::path> files) {
    Subtitles all;
    std::set<std::pair<int64_t, std::string>> known;
    for (const fs::path& file : files) {
        std::vector<Cue> cues;
        try {
            cues = parseSubtitles(readPlainText(file, kMostBytes));
        } catch (const Error& error) {
            all.failures.push_back({file, error.problem()});
        }
        for (Cue& cue : cues)
            if (all.cues.size() < kMostCues && known.emplace(cue.start, cue.text).second)
                all.cues.push_back(std::move(cue));
    }
    std::ranges::stable_sort(all.cues, {}, &Cue::start);
    return all;
}

Subtitles readSubtitles(const fs::path& video) {
    return readSubtitles(SubtitleFolder(video.parent_path()).filesOf(video));
}

}  // namespace diagonal
