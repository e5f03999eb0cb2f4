// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/captioned_pictures.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "engine/base/encoding.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/hub/sha256.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr int64_t kNone = -1;

/// The lines of a text; blank ones are empty, and at the end left out.
std::vector<std::string_view> captionLines(std::string_view text) {
    std::vector<std::string_view> lines = linesOf(text);
    for (std::string_view& line : lines)
        if (trimmed(line).empty()) line = {};
    while (!lines.empty() && lines.back().empty())
        lines.pop_back();
    return lines;
}

/// Pictures by whole path, and by file name where one alone has it.
class PictureFinder {
  public:
    PictureFinder(const std::vector<fs::path>& files, fs::path folder) : m_folder(std::move(folder)) {
        for (size_t i = 0; i < files.size(); ++i) {
            m_paths.emplace(key(files[i]), static_cast<int64_t>(i));
            const auto [entry, isNew] = m_names.emplace(files[i].filename().string(), static_cast<int64_t>(i));
            if (!isNew) entry->second = kNone;
        }
    }

    /// A backslash separates folders where no picture has the name as it is written.
    int64_t find(std::string name) const {
        const int64_t written = findWritten(name);
        if (written != kNone || name.find('\\') == std::string::npos) return written;
        std::ranges::replace(name, '\\', '/');
        return findWritten(name);
    }

  private:
    int64_t findWritten(const fs::path& name) const {
        for (const fs::path& path : {m_folder / name, name})
            if (const auto found = m_paths.find(key(path)); found != m_paths.end()) return found->second;
        const auto found = m_names.find(name.string());
        return found == m_names.end() ? kNone : found->second;
    }

    static std::string key(const fs::path& path) {
        std::error_code failure;
        const fs::path whole = fs::weakly_canonical(fs::absolute(path, failure), failure);
        return (failure ? path : whole).string();
    }

    fs::path m_folder;
    std::unordered_map<std::string, int64_t> m_paths, m_names;
};

/// Keeps count of what does not fit: the first one is named.
struct Misfits {
    size_t count = 0;
    std::string first;

    void add(const std::string& one) {
        if (count++ == 0) first = one;
    }
};

void pairByName(CaptionedPictures& pictures, const std::vector<std::string_view>& lines, const fs::path& file) {
    const PictureFinder finder(pictures.files, file.parent_path());
    std::vector<bool> hasCaption(pictures.size());
    Misfits unknown, bare;
    for (size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].empty()) continue;
        const size_t tab = lines[i].find('\t');
        const std::string name(trimmed(lines[i].substr(0, tab)));
        const std::string_view caption = trimmed(lines[i].substr(tab + 1));
        const std::string place = "line " + std::to_string(i + 1);
        if (caption.empty() || name.empty())
            throw Error(displayName(file),
                        place + ": there is no " + (name.empty() ? "picture before" : "caption behind") + " the tab");
        const int64_t picture = finder.find(name);
        if (picture == kNone) {
            unknown.add("“" + name + "” in " + place);
            continue;
        }
        hasCaption[static_cast<size_t>(picture)] = true;
        pictures.captions.emplace_back(caption);
        pictures.pictureOfCaption.push_back(picture);
    }
    if (unknown.count > 0)
        throw Error(displayName(file),
                    counted(unknown.count, "line") +
                        " name no picture that was given, or more than one; the first is " + unknown.first,
                    "Write paths relative to this file, and give all pictures");
    for (size_t i = 0; i < pictures.size(); ++i)
        if (!hasCaption[i]) bare.add(pictures.names[i]);
    if (bare.count > 0)
        throw Error(displayName(file), counted(bare.count, "picture") + " of " + std::to_string(pictures.size()) +
                                           " have no line; the first is " + bare.first);
}

void pairByOrder(CaptionedPictures& pictures, const std::vector<std::string_view>& lines, const fs::path& file) {
    if (lines.size() != pictures.size())
        throw Error(displayName(file),
                    counted(lines.size(), "line") + " for " + counted(pictures.size(), "picture") +
                        ": line i is the caption of picture i",
                    "Or write a picture, a tab and a caption on each line");
    const auto empty = std::ranges::find(lines, std::string_view());
    if (empty != lines.end())
        throw Error(displayName(file), "line " + std::to_string(empty - lines.begin() + 1) + ": is empty, so " +
                                           pictures.names[static_cast<size_t>(empty - lines.begin())] +
                                           " has no caption");
    for (const std::string_view line : lines)
        pictures.captions.emplace_back(trimmed(line));
    pictures.pictureOfCaption.resize(lines.size());
    std::iota(pictures.pictureOfCaption.begin(), pictures.pictureOfCaption.end(), int64_t{0});
}

}  // namespace

CaptionedPictures pairCaptions(const std::vector<fs::path>& files, const fs::path& captions) {
    CaptionedPictures pictures;
    pictures.files = files;
    for (const fs::path& file : files)
        pictures.names.push_back(displayName(file));
    const std::string text = readPlainText(captions);
    const std::vector<std::string_view> lines = captionLines(text);
    const auto hasTab = [](std::string_view line) { return line.find('\t') != std::string_view::npos; };
    const auto written = std::ranges::count_if(lines, [](std::string_view line) { return !line.empty(); });
    const auto tabs = std::ranges::count_if(lines, hasTab);
    if (written == 0) throw Error(displayName(captions), "no caption is in there", "Write one a line");
    if (tabs != 0 && tabs != written) {
        const auto odd = std::ranges::find_if(lines, [&](auto line) { return !line.empty() && !hasTab(line); });
        throw Error(displayName(captions),
                    "line " + std::to_string(odd - lines.begin() + 1) + ": there is no tab in it, but in other lines",
                    "Write a picture, a tab and a caption on each line, or captions alone");
    }
    if (tabs > 0)
        pairByName(pictures, lines, captions);
    else
        pairByOrder(pictures, lines, captions);
    return pictures;
}

NameHash nameHash(const std::string& name) {
    const auto hashOf = [](const std::string& text) {
        Sha256 hash;
        hash.add(text.data(), text.size());
        return hash.bytes();
    };
    return {hashOf(fs::path(name).filename().string()), hashOf(name)};
}

std::vector<size_t> drawByHash(const std::vector<std::string>& names, size_t limit) {
    std::vector<size_t> drawn(names.size());
    std::iota(drawn.begin(), drawn.end(), size_t{0});
    if (limit == 0 || limit >= names.size()) return drawn;
    std::vector<NameHash> hashes;
    hashes.reserve(names.size());
    for (const std::string& name : names)
        hashes.push_back(nameHash(name));
    std::ranges::sort(drawn, [&](size_t a, size_t b) { return std::pair(hashes[a], a) < std::pair(hashes[b], b); });
    drawn.resize(limit);
    std::ranges::sort(drawn);
    return drawn;
}

CaptionedPictures drawPictures(CaptionedPictures pictures, size_t limit) {
    if (limit == 0 || limit >= pictures.size()) return pictures;
    const std::vector<size_t> drawn = drawByHash(pictures.names, limit);
    std::vector<int64_t> newNumber(pictures.size(), kNone);
    CaptionedPictures result;
    for (const size_t i : drawn) {
        newNumber[i] = static_cast<int64_t>(result.names.size());
        result.names.push_back(std::move(pictures.names[i]));
        if (!pictures.files.empty()) result.files.push_back(std::move(pictures.files[i]));
    }
    for (size_t k = 0; k < pictures.captions.size(); ++k) {
        const int64_t picture = newNumber[static_cast<size_t>(pictures.pictureOfCaption[k])];
        if (picture == kNone) continue;
        result.captions.push_back(std::move(pictures.captions[k]));
        result.pictureOfCaption.push_back(picture);
    }
    if (pictures.decode) result.decode = [decode = pictures.decode, drawn](size_t i) { return decode(drawn[i]); };
    return result;
}

}  // namespace diagonal
