// SPDX-License-Identifier: Apache-2.0
#include "training/data/file_dataset.h"

#include <algorithm>
#include <system_error>
#include <unordered_set>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "training/data/scenes.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr size_t kMostLabels = 5000;

using Names = std::unordered_set<std::string>;

/// Names of the files of a folder, or none: one directory listing is far quicker than a stat of each file.
Names filesOf(const fs::path& folder) {
    Names names;
    std::error_code failure;
    for (fs::directory_iterator it(folder.empty() ? "." : folder, failure), end; !failure && it != end;
         it.increment(failure)) {
        names.insert(it->path().filename().native());
    }
    return names;
}

/// Finds files by name below several folders, listing each folder once.
class FileFinder {
  public:
    explicit FileFinder(const std::vector<fs::path>& folders) : m_folders(folders) {}

    fs::path find(const std::string& name) {
        const size_t slash = name.rfind('/');
        const size_t behind = slash == std::string::npos ? 0 : slash + 1;
        const std::string file = name.substr(behind);
        for (const Place& place : placesOf(name.substr(0, behind)))
            if (place.files->contains(file)) return place.folder / file;
        return {};
    }

  private:
    struct Place {
        fs::path folder;
        const Names* files;
    };

    /// Where the folder that stands before a name may be.
    const std::vector<Place>& placesOf(const std::string& folder) {
        const auto [known, isNew] = m_places.try_emplace(folder);
        if (!isNew) return known->second;
        if (folder.starts_with('/')) {
            add(folder, known->second);
        } else {
            for (const fs::path& above : m_folders)
                add((above / folder).lexically_normal(), known->second);
        }
        return known->second;
    }

    void add(const fs::path& folder, std::vector<Place>& places) {
        const auto [known, isNew] = m_listings.try_emplace(folder.native());
        if (isNew) known->second = filesOf(folder);
        if (!known->second.empty()) places.push_back({folder, &known->second});
    }

    std::vector<fs::path> m_folders;
    std::unordered_map<std::string, Names> m_listings;
    std::unordered_map<std::string, std::vector<Place>> m_places;
};

}  // namespace

void Warnings::add(std::string text) {
    if (m_shown.size() < kShown) m_shown.push_back(std::move(text));
    ++m_count;
}

std::vector<std::string> Warnings::take() {
    if (m_count > m_shown.size()) m_shown.push_back("and " + std::to_string(m_count - m_shown.size()) + " more");
    return std::move(m_shown);
}

FileDataset::Sample& FileDataset::sample(std::string_view name) {
    const auto [entry, isNew] = m_byName.try_emplace(std::string(name), m_samples.size());
    if (isNew) m_samples.emplace_back().name = entry->first;
    return m_samples[entry->second];
}

int FileDataset::labelIndex(std::string_view word) {
    word = trimmed(word);
    if (word.empty() || !isUtf8(word)) return -1;
    const auto [entry, isNew] = m_labelIndices.try_emplace(std::string(word), static_cast<int>(m_labels.size()));
    if (isNew) m_labels.push_back(entry->first);
    return entry->second;
}

/// One word only tells nothing apart, too many are captions.
void FileDataset::closeLabels() {
    m_labelIndices.clear();
    const std::vector<std::string> scenes = sceneLabels();
    const auto isScene = [&](const std::string& word) {
        return std::find(scenes.begin(), scenes.end(), word) != scenes.end();
    };
    // Of scenes mirror images and crops would make captions untrue.
    m_augmentation = m_labels.empty() || !std::all_of(m_labels.begin(), m_labels.end(), isScene);
    if (m_labels.size() < 2 || m_labels.size() > kMostLabels) m_labels.clear();
}

void FileDataset::finish(const std::vector<fs::path>& folders, Split split, const fs::path& source) {
    m_byName.clear();
    closeLabels();
    FileFinder finder(folders);
    size_t ofOtherSplits = 0, withoutCaptions = 0;
    std::string firstMissing, firstWithoutCaptions;
    std::erase_if(m_samples, [&](Sample& sample) {
        if (sample.captions.empty()) {
            if (withoutCaptions++ == 0) firstWithoutCaptions = displayName(sample.name);
            return true;
        }
        if (split != Split::All && sample.split != split) {
            ++ofOtherSplits;
            return true;
        }
        sample.path = finder.find(sample.name);
        if (!sample.path.empty()) return false;
        if (m_missing++ == 0) firstMissing = displayName(sample.name);
        m_notes.add(displayName(sample.name) + ": there is no such image file");
        return true;
    });
    const bool hadProblems = m_notes.count() > 0;
    if (withoutCaptions > 0) {
        m_notes.add(std::to_string(withoutCaptions) + " images without a caption, the first is " +
                    firstWithoutCaptions);
    }
    m_warnings = m_notes.take();
    if (!m_samples.empty()) return;
    if (m_missing > 0) {
        throw Error(
            displayName(source),
            "none of its " + std::to_string(m_missing) + " images is there, the first is \"" + firstMissing + "\"",
            "Paths are taken relative to the file's folder, or to images/ in it");
    }
    if (ofOtherSplits > 0) throw noSuchSplit(source, split);
    if (hadProblems) {
        throw Error(displayName(source), "nothing in it could be used; the first problem: " + m_warnings.front());
    }
    throw Error(displayName(source), "it holds no images with captions", "Each image needs a caption");
}

Image FileDataset::decode(size_t index, int enough) const {
    return readImage(m_samples.at(index).path, enough);
}

Error noSuchSplit(const fs::path& source, Split split) {
    return {displayName(source), "it has no images of the " + nameOf(split) + " split",
            "Give data with that split, or leave the choice of the split out"};
}

Split splitOfName(std::string_view name) {
    const std::string low = lowered(trimmed(name));
    if (low == "train" || low == "training" || low == "restval") return Split::Train;
    if (low == "validation" || low == "val" || low == "valid" || low == "dev") return Split::Validation;
    if (low == "test" || low == "testing") return Split::Test;
    return Split::All;
}

bool isUtf8(std::string_view text) {
    size_t i = 0;
    while (i < text.size()) {
        const auto lead = static_cast<unsigned char>(text[i]);
        if (lead < 0x80) {
            ++i;
            continue;
        }
        const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (lead < 0xC2 || lead > 0xF4 || i + length > text.size()) return false;
        uint32_t code = lead & (0xFFU >> (length + 1));
        for (size_t k = 1; k < length; ++k) {
            const auto byte = static_cast<unsigned char>(text[i + k]);
            if ((byte & 0xC0) != 0x80) return false;
            code = (code << 6) | (byte & 0x3FU);
        }
        constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
        if (code < kSmallest[length] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return false;
        i += length;
    }
    return true;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n\f\v";
    const size_t first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string lowered(std::string_view ascii) {
    std::string result(ascii);
    for (char& c : result) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return result;
}

}  // namespace diagonal
