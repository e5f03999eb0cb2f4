// SPDX-License-Identifier: Apache-2.0
#include "training/data/flickr8k.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "training/data/csv_dataset.h"
#include "training/data/file_dataset.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

// In order of preference.
constexpr std::array<const char*, 5> kCaptionFiles = {"Flickr8k.token.txt", "results_20130124.token", "results.token",
                                                      "captions.txt", "results.csv"};

bool isFile(const fs::path& path) {
    std::error_code failure;
    return fs::is_regular_file(path, failure);
}

/// The caption file that a folder or file means.
std::optional<fs::path> captionFile(const fs::path& path) {
    std::error_code failure;
    if (!fs::is_directory(path, failure)) return path;
    for (const char* name : kCaptionFiles) {
        if (isFile(path / name)) return path / name;
    }
    return std::nullopt;
}

/// name.jpg#0<TAB>caption
void addTokenLines(FileDataset& dataset, const Table& table) {
    TextStream stream = openTable(table.path);
    LineReader lines(stream);
    LineReader::Line line;
    while (lines.next(line)) {
        const size_t tab = line.text.find('\t');
        const size_t hash = line.text.rfind('#', tab);
        if (tab == std::string_view::npos || hash == std::string_view::npos) {
            dataset.notes().add(lineNote(table.path, line.number, "not of the form name#number, tab, caption"));
            continue;
        }
        addCaption(dataset, table, line.number, line.text.substr(0, hash), line.text.substr(tab + 1));
    }
}

/// Whether the first line is of the token form and no header.
bool isTokenFile(const fs::path& path) {
    TextStream stream = openTable(path);
    const std::string_view text = stream.ahead();
    const std::string_view line = text.substr(0, text.find('\n'));
    const size_t tab = line.find('\t');
    return tab != std::string_view::npos && line.substr(0, tab).find('#') != std::string_view::npos;
}

void addSplits(FileDataset& dataset, const fs::path& folder) {
    constexpr std::array<std::pair<const char*, Split>, 3> kFiles = {{{"Flickr_8k.trainImages.txt", Split::Train},
                                                                      {"Flickr_8k.devImages.txt", Split::Validation},
                                                                      {"Flickr_8k.testImages.txt", Split::Test}}};
    for (const auto& [name, split] : kFiles) {
        const fs::path path = folder / name;
        if (!isFile(path)) continue;
        TextStream stream(path);
        LineReader lines(stream);
        LineReader::Line line;
        while (lines.next(line))
            if (problemOf(line.text, "caption") == nullptr) dataset.setSplit(dataset.sample(trimmed(line.text)), split);
    }
}

}  // namespace

bool isFlickr8k(const fs::path& path) {
    std::error_code failure;
    if (fs::is_directory(path, failure)) return captionFile(path).has_value();
    const std::string name = path.filename().string();
    return std::find(kCaptionFiles.begin(), kCaptionFiles.end(), name) != kCaptionFiles.end();
}

std::shared_ptr<const Dataset> openFlickr8k(const std::string& spec, const DatasetOptions& options) {
    const auto path = captionFile(spec);
    if (!path) {
        throw Error(displayName(spec), "there is no caption file in this folder",
                    "Flickr8k has Flickr8k.token.txt or captions.txt beside the folder of its images");
    }
    // Flickr30k's files are all called results….
    const bool isThirty = path->filename().string().starts_with("results");
    const CaptionKeys keys = isTokenFile(*path) ? CaptionKeys() : CaptionKeys::from(options.captionKey);
    auto dataset = std::make_shared<FileDataset>(isThirty ? "Flickr30k" : "Flickr8k", keys);
    if (isTokenFile(*path)) {
        addTokenLines(*dataset, {*path});
    } else {
        addCsvLines(*dataset, {*path}, options);
    }
    addSplits(*dataset, path->parent_path());
    dataset->finish(imageFolders(path->parent_path()), options.split, *path);
    return dataset;
}

}  // namespace diagonal
