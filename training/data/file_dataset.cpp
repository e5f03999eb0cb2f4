// SPDX-License-Identifier: Apache-2.0
#include "training/data/file_dataset.h"

#include <algorithm>
#include <system_error>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "training/data/scenes.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr size_t kMostLabels = 5000;

/// The folder that a name begins with, below one in which names are looked for.
fs::path inPlace(const fs::path& place, const std::string& folder) {
    return folder.starts_with('/') ? fs::path(folder) : (place / folder).lexically_normal();
}

}  // namespace

void Warnings::add(std::string text) {
    if (m_shown.size() < kShown) m_shown.push_back(std::move(text));
    ++m_count;
}

std::vector<std::string> Warnings::take() {
    if (m_count > m_shown.size()) m_shown.push_back("and " + std::to_string(m_count - m_shown.size()) + " more");
    return std::move(m_shown);
}

size_t FileDataset::sample(std::string_view name) {
    const size_t sample = m_texts.findOrAdd(name);
    if (sample == m_splits.size()) m_splits.push_back(Split::All);
    return sample;
}

void FileDataset::addCaption(size_t sample, std::string_view caption, size_t source) {
    const std::string text = oneLine(caption);
    if (m_texts.captionCount(sample) >= kMostCaptions) {
        if (m_crowded.insert(sample).second)
            m_notes.add(displayName(name(sample)) + ": has more than " + std::to_string(kMostCaptions) +
                        " captions, the rest is left out; is this the image's column?");
        return;
    }
    if (!m_texts.hasCaption(sample, text)) m_texts.addCaption(sample, text, source);
}

void FileDataset::setLabel(size_t sample, int label) {
    if (label < 0) return;
    if (m_labels.size() <= sample) m_labels.resize(sample + 1, -1);
    m_labels[sample] = label;
}

int FileDataset::labelIndex(std::string_view word) {
    word = trimmed(word);
    std::vector<std::string>& words = m_info.labels;
    if (word.empty() || !isUtf8(word) || words.size() > kMostLabels) return -1;
    const auto [entry, isNew] = m_labelIndices.try_emplace(std::string(word), static_cast<int>(words.size()));
    if (isNew) words.push_back(entry->first);
    return entry->second;
}

/// One word only tells nothing apart, too many are captions.
void FileDataset::closeLabels() {
    m_labelIndices.clear();
    std::vector<std::string>& words = m_info.labels;
    const std::vector<std::string> scenes = sceneLabels();
    const auto isScene = [&](const std::string& word) {
        return std::find(scenes.begin(), scenes.end(), word) != scenes.end();
    };
    // Of scenes mirror images and crops would make captions untrue.
    m_info.supportsAugmentation = words.empty() || !std::all_of(words.begin(), words.end(), isScene);
    if (words.size() < 2 || words.size() > kMostLabels) {
        words.clear();
        m_labels = {};
    }
    if (!m_labels.empty()) m_labels.resize(size(), -1);
}

/// Lists each folder once and looks its files up among the names: far quicker than a stat of each name, and nothing
/// but the samples is kept.
void FileDataset::findFiles() {
    m_placeOf.assign(size(), 0);
    std::vector<size_t> sought(m_texts.folders().size());
    for (size_t i = 0; i < size(); ++i)
        ++sought[m_texts.folder(i)];
    for (uint32_t folder = 0; folder < sought.size(); ++folder) {
        const bool isAbsolute = m_texts.folders()[folder].starts_with('/');
        const size_t places = isAbsolute ? 1 : std::min<size_t>(m_places.size(), UINT8_MAX);
        for (size_t place = 0; place < places && sought[folder] > 0; ++place) {
            const fs::path path = inPlace(m_places[place], m_texts.folders()[folder]);
            std::error_code failure;
            for (fs::directory_iterator it(path.empty() ? "." : path, failure), end;
                 !failure && it != end && sought[folder] > 0; it.increment(failure)) {
                const uint32_t sample = m_texts.find(folder, it->path().filename().native());
                if (sample == HashIndex::kNone || m_placeOf[sample] != 0) continue;
                m_placeOf[sample] = static_cast<uint8_t>(place + 1);
                --sought[folder];
            }
        }
    }
}

void FileDataset::finish(const std::vector<fs::path>& folders, Split split, const fs::path& source) {
    m_crowded.clear();
    closeLabels();
    m_places = folders;
    findFiles();
    size_t ofOtherSplits = 0, withoutCaptions = 0;
    std::string firstMissing, firstWithoutCaptions;
    std::vector<bool> kept(size());
    for (size_t i = 0; i < size(); ++i) {
        if (captionCount(i) == 0) {
            if (withoutCaptions++ == 0) firstWithoutCaptions = displayName(name(i));
        } else if (split != Split::All && m_splits[i] != split) {
            ++ofOtherSplits;
        } else if (m_placeOf[i] == 0) {
            if (m_info.missing++ == 0) firstMissing = displayName(name(i));
            m_notes.add(displayName(name(i)) + ": there is no such image file");
        } else {
            kept[i] = true;
        }
    }
    m_texts.keepOnly(kept);
    keepOnly(m_splits, kept);
    keepOnly(m_labels, kept);
    keepOnly(m_placeOf, kept);
    const bool hadProblems = m_notes.count() > 0;
    if (withoutCaptions > 0) {
        m_notes.add(std::to_string(withoutCaptions) + " images without a caption, the first is " +
                    firstWithoutCaptions);
    }
    m_info.warnings = m_notes.take();
    if (size() > 0) return;
    if (m_info.missing > 0) {
        throw Error(
            displayName(source),
            "none of its " + std::to_string(m_info.missing) + " images is there, the first is \"" + firstMissing + "\"",
            firstMissing.starts_with("http")
                ? "Nothing is downloaded here: img2dataset, for one, makes shards of a table of web addresses"
                : "Paths are taken relative to the file's folder, or to images/ in it");
    }
    if (ofOtherSplits > 0) throw noSuchSplit(source, split);
    if (hadProblems) {
        throw Error(displayName(source), "nothing in it could be used; the first problem: " + m_info.warnings.front());
    }
    throw Error(displayName(source), "it holds no images with captions", "Each image needs a caption");
}

fs::path FileDataset::file(size_t index) const {
    const std::string& folder = m_texts.folders()[m_texts.folder(index)];
    return inPlace(m_places[m_placeOf.at(index) - 1U], folder) / m_texts.file(index);
}

Image FileDataset::decode(size_t index, int enough) const {
    return readImage(file(index), enough);
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

std::string oneLine(std::string_view caption) {
    std::string text(trimmed(caption));
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
    return text;
}

}  // namespace diagonal
