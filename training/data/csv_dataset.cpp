// SPDX-License-Identifier: Apache-2.0
#include "training/data/csv_dataset.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "training/data/csv.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

// Earlier names are preferred.
constexpr std::array<std::string_view, 15> kImageNames = {"image",    "filepath",   "image_path", "path",      "file",
                                                          "filename", "file_name",  "image_name", "imagepath", "img",
                                                          "img_path", "image_file", "image_url",  "url",       "name"};
constexpr std::array<std::string_view, 11> kCaptionNames = {
    "caption", "title", "text", "captions", "comment", "description", "prompt", "sentence", "label", "alt_text", "raw"};

struct Columns {
    size_t image = 0, caption = 0;
    std::optional<size_t> split, label;
    size_t count = 0;
};

std::string quotedList(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names)
        list += (list.empty() ? "\"" : ", \"") + name + "\"";
    return list;
}

std::optional<size_t> columnNamed(const std::vector<std::string>& header, std::string_view name) {
    for (size_t i = 0; i < header.size(); ++i) {
        if (lowered(header[i]) == name) return i;
    }
    return std::nullopt;
}

template <size_t kCount>
size_t findColumn(const fs::path& path, const std::vector<std::string>& header, const std::string& key,
                  const std::array<std::string_view, kCount>& guesses, const std::string& option,
                  const std::string& what) {
    if (!key.empty()) {
        const auto found = std::find(header.begin(), header.end(), key);
        if (found != header.end()) return static_cast<size_t>(found - header.begin());
        throw Error(displayName(path), "there is no column \"" + key + "\"",
                    "The columns are " + quotedList(header) + "; choose one with " + option);
    }
    for (const std::string_view guess : guesses) {
        if (const auto column = columnNamed(header, guess)) return *column;
    }
    throw Error(displayName(path), "no column of the header looks like " + what,
                "The columns are " + quotedList(header) + "; name it with " + option);
}

Columns readHeader(const fs::path& path, CsvReader& reader, const DatasetOptions& options) {
    CsvReader::Record record;
    if (!reader.next(record)) throw Error(displayName(path), "the file holds no header line");
    if (!record.problem.empty()) throw Error(displayName(path), "the header is broken: " + record.problem);
    for (std::string& cell : record.cells)
        cell = trimmed(cell);
    Columns columns;
    columns.count = record.cells.size();
    columns.image = findColumn(path, record.cells, options.imageKey, kImageNames, "--image-key", "an image's path");
    columns.caption = findColumn(path, record.cells, options.captionKey, kCaptionNames, "--caption-key", "a caption");
    if (columns.image == columns.caption) {
        throw Error(displayName(path), "one column cannot be both image and caption",
                    "Name two with --image-key and --caption-key");
    }
    columns.split = columnNamed(record.cells, "split");
    columns.label = columnNamed(record.cells, "label");
    if (columns.label == columns.caption || columns.label == columns.image) columns.label.reset();
    return columns;
}

std::optional<fs::path> tableIn(const fs::path& folder) {
    for (const char* name : {"captions.csv", "captions.tsv", "metadata.csv"}) {
        std::error_code failure;
        if (fs::is_regular_file(folder / name, failure)) return folder / name;
    }
    return std::nullopt;
}

}  // namespace

bool isCsv(const fs::path& path) {
    std::error_code failure;
    if (fs::is_directory(path, failure)) {
        const auto table = tableIn(path);
        return table && table->filename() != "metadata.csv";
    }
    const std::string extension = lowered(path.extension().string());
    if (path.filename() == "metadata.csv") return false;
    return extension == ".csv" || extension == ".tsv" || extension == ".txt";
}

std::string readTable(const fs::path& path) {
    std::string text = readText(path);
    if (text.empty()) throw Error(displayName(path), "the file is empty", "The first line names the columns");
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
        throw Error(displayName(path), "the file is UTF-16", "Save it as UTF-8");
    }
    if (text.find('\0') < 4096) {
        throw Error(displayName(path), "this is no text file", "Give a CSV or TSV file with a header");
    }
    return text;
}

std::string lineNote(const fs::path& path, size_t line, const std::string& reason) {
    return displayName(path.filename()) + ":" + std::to_string(line) + ": " + reason;
}

const char* problemOf(std::string_view name, std::string_view caption) {
    if (trimmed(name).empty()) return "the image's path is empty";
    if (trimmed(caption).empty()) return "the caption is empty";
    if (!isUtf8(name) || !isUtf8(caption)) return "this is not UTF-8";
    if (name.size() > kLongestName) return "the image's path is too long";
    if (caption.size() > kLongestCaption) return "the caption is longer than 64 KiB";
    if (name.find('\0') != std::string_view::npos || caption.find('\0') != std::string_view::npos)
        return "there is a zero byte in the text";
    return nullptr;
}

void addCaption(FileDataset& dataset, const Table& table, size_t line, std::string_view name, std::string_view caption,
                Split split, int label) {
    if (const char* problem = problemOf(name, caption); problem != nullptr) {
        dataset.notes().add(lineNote(table.path, line, problem));
        return;
    }
    name = trimmed(name);
    const size_t sample = table.prefix.empty() || name.starts_with('/')
                              ? dataset.sample(name)
                              : dataset.sample(table.prefix + std::string(name));
    dataset.addCaption(sample, caption);
    if (split == Split::All && table.splitFromFolders) split = splitOfName(name.substr(0, name.find('/')));
    if (split == Split::All) split = table.split;
    if (split != Split::All) dataset.setSplit(sample, split);
    dataset.setLabel(sample, label);
}

std::span<const std::string_view> imageColumnNames() {
    return kImageNames;
}

std::span<const std::string_view> captionColumnNames() {
    return kCaptionNames;
}

std::vector<fs::path> imageFolders(const fs::path& folder) {
    return {folder,
            folder / "images",
            folder / "Images",
            folder / "Flicker8k_Dataset",
            folder / "Flickr8k_Dataset",
            folder / "flickr30k-images",
            folder / "flickr30k_images"};
}

void addCsvLines(FileDataset& dataset, const Table& table, const std::string& text, const DatasetOptions& options) {
    CsvReader reader(text, guessDelimiter(text));
    const Columns columns = readHeader(table.path, reader, options);
    CsvReader::Record record;
    while (reader.next(record)) {
        if (record.problem.empty() && record.cells.size() != columns.count) {
            record.problem = std::to_string(record.cells.size()) + " columns instead of " +
                             std::to_string(columns.count) + "; a text with a delimiter in it needs quotes";
        }
        if (!record.problem.empty()) {
            dataset.notes().add(lineNote(table.path, record.line, record.problem));
            continue;
        }
        const Split split = columns.split ? splitOfName(record.cells[*columns.split]) : Split::All;
        const int label = columns.label ? dataset.labelIndex(record.cells[*columns.label]) : -1;
        addCaption(dataset, table, record.line, record.cells[columns.image], record.cells[columns.caption], split,
                   label);
    }
}

std::shared_ptr<const Dataset> openCsv(const std::string& spec, const DatasetOptions& options) {
    fs::path path(spec);
    std::error_code failure;
    if (fs::is_directory(path, failure)) {
        const auto table = tableIn(path);
        if (!table) {
            throw Error(displayName(path), "there is no captions.csv or metadata.csv in this folder",
                        "Give the CSV file itself");
        }
        path = *table;
    }
    auto dataset = std::make_shared<FileDataset>("CSV");
    addCsvLines(*dataset, {path}, readTable(path), options);
    dataset->finish(imageFolders(path.parent_path()), options.split, path);
    return dataset;
}

}  // namespace diagonal
