// SPDX-License-Identifier: Apache-2.0
#include "training/data/csv_dataset.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/image_files.h"
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
    size_t image = 0;
    std::vector<size_t> captions;  ///< one a source
    std::optional<size_t> split, label;
    size_t count = 0;
    bool hasHeader = true;
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

/// The column of a number from 1.
std::optional<size_t> columnNumbered(const std::string& key, size_t columns) {
    size_t number = 0;
    const auto [rest, failure] = std::from_chars(key.data(), key.data() + key.size(), number);
    if (failure != std::errc() || rest != key.data() + key.size() || number < 1 || number > columns)
        return std::nullopt;
    return number - 1;
}

bool isWebAddress(std::string_view text) {
    return text.starts_with("http://") || text.starts_with("https://");
}

/// Whether a cell says where an image is, as no name of a column does.
bool namesAnImage(std::string_view cell) {
    return isWebAddress(cell) || hasImageExtension(fs::path(cell));
}

/// A cell without blanks and quotes around it.
std::string_view withoutQuotes(std::string_view cell) {
    cell = trimmed(cell);
    return cell.size() > 1 && cell.front() == '"' && cell.back() == '"' ? cell.substr(1, cell.size() - 2) : cell;
}

size_t findColumn(const fs::path& path, const std::vector<std::string>& header, const std::string& key,
                  std::span<const std::string_view> guesses, const std::string& option, const std::string& what) {
    if (!key.empty()) {
        const auto found = std::find(header.begin(), header.end(), key);
        if (found != header.end()) return static_cast<size_t>(found - header.begin());
        if (const auto column = columnNumbered(key, header.size())) return *column;
        throw Error(displayName(path), "there is no column \"" + key + "\"",
                    "The columns are " + quotedList(header) + "; choose one with " + option);
    }
    for (const std::string_view guess : guesses) {
        if (const auto column = columnNamed(header, guess)) return *column;
    }
    throw Error(displayName(path), "no column of the header looks like " + what,
                "The columns are " + quotedList(header) + "; name it with " + option +
                    ". Of a file without a header give the numbers: --image-key 1 --caption-key 2");
}

/// The names of --caption-key; all of it where a column is called so.
std::vector<std::string> captionNames(const std::vector<std::string>& cells, const DatasetOptions& options) {
    if (std::ranges::find(cells, options.captionKey) != cells.end()) return {options.captionKey};
    return CaptionKeys::from(options.captionKey).names;
}

/// Whether the first record is data: one of its cells names an image; or both columns are given by number, and no cell
/// is that number or a name that columns have.
bool isData(const std::vector<std::string>& cells, const DatasetOptions& options) {
    const std::vector<std::string> names = captionNames(cells, options);
    const auto isGiven = [&](const std::string& cell) {
        return !cell.empty() && (cell == options.imageKey || std::ranges::find(names, cell) != names.end());
    };
    if (std::ranges::any_of(cells, isGiven) && !columnNumbered(options.imageKey, cells.size())) return false;
    if (std::ranges::any_of(cells, namesAnImage)) return true;
    const auto isName = [&](std::string_view name) { return columnNamed(cells, name).has_value(); };
    if (isName(options.imageKey) || std::ranges::any_of(names, isName)) return false;
    const auto isNumber = [&](const std::string& key) { return columnNumbered(key, cells.size()).has_value(); };
    return isNumber(options.imageKey) && !names.empty() && std::ranges::all_of(names, isNumber) &&
           std::ranges::none_of(kImageNames, isName) && std::ranges::none_of(kCaptionNames, isName);
}

Columns columnsWithoutHeader(const fs::path& path, const std::vector<std::string>& cells,
                             const DatasetOptions& options) {
    const auto numbered = [&](const std::string& key) {
        const auto column = columnNumbered(key, cells.size());
        if (!key.empty() && !column)
            throw Error(displayName(path),
                        "the file has no header, so there is no column \"" + key + "\" among its " +
                            std::to_string(cells.size()),
                        "Give the numbers: --image-key 1 --caption-key 2");
        return column;
    };
    auto image = numbered(options.imageKey);
    std::vector<size_t> captions;
    for (const std::string& name : CaptionKeys::from(options.captionKey).names)
        captions.push_back(*numbered(name));
    if (!image && std::ranges::count_if(cells, namesAnImage) == 1)
        image = static_cast<size_t>(std::ranges::find_if(cells, namesAnImage) - cells.begin());
    if (image && captions.empty() && cells.size() == 2) captions = {1 - *image};
    if (!image || captions.empty())
        throw Error(displayName(path),
                    "the file has no header, and which of its " + std::to_string(cells.size()) +
                        " columns are image and caption is not certain",
                    "Give their numbers: --image-key 1 --caption-key 2");
    return {.image = *image, .captions = captions, .split = {}, .label = {}, .count = cells.size(), .hasHeader = false};
}

Columns columnsOf(const fs::path& path, const std::vector<std::string>& cells, const DatasetOptions& options) {
    Columns columns;
    if (isData(cells, options)) {
        columns = columnsWithoutHeader(path, cells, options);
    } else {
        columns.count = cells.size();
        columns.image = findColumn(path, cells, options.imageKey, kImageNames, "--image-key", "an image's path");
        std::vector<std::string> names = captionNames(cells, options);
        if (names.empty()) names.emplace_back();  // to be guessed
        for (const std::string& name : names)
            columns.captions.push_back(findColumn(path, cells, name, kCaptionNames, "--caption-key", "a caption"));
        columns.split = columnNamed(cells, "split");
        columns.label = columnNamed(cells, "label");
    }
    const auto isCaption = [&](size_t column) { return std::ranges::count(columns.captions, column); };
    if (isCaption(columns.image) > 0) {
        throw Error(displayName(path), "one column cannot be both image and caption",
                    "Name two with --image-key and --caption-key");
    }
    if (std::ranges::any_of(columns.captions, [&](size_t column) { return isCaption(column) > 1; })) {
        throw Error(displayName(path), "a column is named twice for the captions", "Name each once with --caption-key");
    }
    if (columns.label && (isCaption(*columns.label) > 0 || columns.label == columns.image)) columns.label.reset();
    return columns;
}

/// The first record, its cells without white space around them.
CsvReader::Record firstRecord(const fs::path& path, CsvReader& reader) {
    CsvReader::Record record;
    if (!reader.next(record)) throw Error(displayName(path), "the file holds no header line");
    if (!record.problem.empty()) throw Error(displayName(path), "the header is broken: " + record.problem);
    for (std::string& cell : record.cells) {
        if (!isUtf8(cell))
            throw Error(displayName(path), "line " + std::to_string(record.line) + ": this is not UTF-8",
                        "Save it as UTF-8 (in Excel “CSV UTF-8”)");
        cell = trimmed(cell);
    }
    return record;
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
    const std::string extension = tableExtension(path);
    if (path.filename() == "metadata.csv") return false;
    return extension == ".csv" || extension == ".tsv" || extension == ".txt";
}

TextStream openTable(const fs::path& path) {
    TextStream stream(path);
    const std::string_view text = stream.ahead();
    if (text.empty()) throw Error(displayName(path), "the file is empty", "The first line names the columns");
    if (text.find('\0') < 4096) {
        throw Error(displayName(path), "this is no text file, or UTF-16 without its mark",
                    "Give a table in UTF-8, with a header");
    }
    return stream;
}

std::string tableExtension(const fs::path& path) {
    const std::string extension = lowered(path.extension().string());
    return extension == ".gz" ? lowered(path.stem().extension().string()) : extension;
}

char tableDelimiter(std::string_view text) {
    text = withoutByteOrderMark(text);
    const std::string_view line = text.substr(0, std::min(text.find_first_of("\r\n"), kLongestCaption));
    for (const char candidate : {'\t', ';', '|', ','}) {
        if (line.find(candidate) == std::string_view::npos) continue;
        for (size_t at = 0, end = 0; at <= line.size(); at = end + 1) {
            end = std::min(line.find(candidate, at), line.size());
            if (namesAnImage(withoutQuotes(line.substr(at, end - at)))) return candidate;
        }
    }
    return guessDelimiter(text);
}

std::vector<std::string> tableColumns(const fs::path& path) {
    TextStream stream = openTable(path);
    CsvReader reader(stream, tableDelimiter(stream.ahead()));
    std::vector<std::string> columns = firstRecord(path, reader).cells;
    if (isData(columns, {}))
        for (size_t i = 0; i < columns.size(); ++i)
            columns[i] = std::to_string(i + 1);
    return columns;
}

std::string lineNote(const fs::path& path, size_t line, const std::string& reason) {
    return displayName(path.filename()) + ":" + std::to_string(line) + ": " + reason;
}

namespace {

/// Whether a name with backslashes is that of a file here, as it is written; else they separate folders. A table in
/// which the first such name is none was made on Windows: its others are not looked for.
bool isNameWithBackslashes(const Table& table, const std::string& name) {
    if (table.isOfWindows) return false;
    const bool isThere = std::ranges::any_of(imageFolders(table.path.parent_path()), [&](const auto& folder) {
        std::error_code failure;
        return fs::exists(folder / (table.prefix + name), failure);
    });
    if (!table.hadBackslashes) table.isOfWindows = !isThere;
    table.hadBackslashes = true;
    return isThere;
}

}  // namespace

const char* problemOf(std::string_view name, std::string_view caption) {
    if (trimmed(name).empty()) return "the image's path is empty";
    if (trimmed(caption).empty()) return "the caption is empty";
    if (!isUtf8(name) || !isUtf8(caption)) return "this is not UTF-8";
    if (name.size() > kLongestName) return "the image's path is too long";
    if (caption.size() > kLongestCaption) return "the caption is longer than 64 KiB";
    if (name.find('\0') != std::string_view::npos || caption.find('\0') != std::string_view::npos)
        return "there is a zero byte or half a character (a lone surrogate) in the text";
    return nullptr;
}

void addCaption(FileDataset& dataset, const Table& table, size_t line, std::string_view name, std::string_view caption,
                Split split, int label, size_t source) {
    if (const char* problem = problemOf(name, caption); problem != nullptr) {
        dataset.notes().add(lineNote(table.path, line, problem));
        return;
    }
    std::string path(trimmed(name));
    if (path.find('\\') != std::string::npos && !isNameWithBackslashes(table, path))
        std::replace(path.begin(), path.end(), '\\', '/');
    if (split == Split::All && table.splitFromFolders) split = splitOfName(path.substr(0, path.find('/')));
    if (!path.starts_with('/')) path.insert(0, table.prefix);
    const size_t sample = dataset.sample(path);
    dataset.addCaption(sample, caption, source);
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

void addCsvLines(FileDataset& dataset, const Table& table, const DatasetOptions& options) {
    TextStream stream = openTable(table.path);
    CsvReader reader(stream, tableDelimiter(stream.ahead()));
    CsvReader::Record record = firstRecord(table.path, reader);
    const Columns columns = columnsOf(table.path, record.cells, options);
    reader.knowRecordsBy(columns.image, [](std::string_view cell) { return namesAnImage(withoutQuotes(cell)); });
    if (!columns.hasHeader)
        dataset.notes().add(lineNote(table.path, record.line,
                                     "there is no header: column " + std::to_string(columns.image + 1) +
                                         " is taken for the images, column " +
                                         std::to_string(columns.captions.front() + 1) +
                                         " for the captions; --image-key and --caption-key say otherwise"));
    for (bool more = !columns.hasHeader || reader.next(record); more; more = reader.next(record)) {
        if (record.problem.empty() && record.cells.size() != columns.count) {
            record.problem = std::to_string(record.cells.size()) + " columns instead of " +
                             std::to_string(columns.count) + "; a text with a delimiter in it needs quotes";
        }
        if (record.problem.empty() && columns.label && !isUtf8(record.cells[*columns.label]))
            record.problem = "the label is not UTF-8";
        if (!record.problem.empty()) {
            dataset.notes().add(lineNote(table.path, record.line, record.problem));
            continue;
        }
        const Split split = columns.split ? splitOfName(record.cells[*columns.split]) : Split::All;
        const int label = columns.label ? dataset.labelIndex(record.cells[*columns.label]) : -1;
        // Of several captions some may be empty.
        const auto isThere = [&](size_t column) { return !trimmed(record.cells[column]).empty(); };
        const bool isOne = std::ranges::none_of(columns.captions, isThere);
        for (size_t source = 0; source < (isOne ? 1 : columns.captions.size()); ++source)
            if (isOne || isThere(columns.captions[source]))
                addCaption(dataset, table, record.line, record.cells[columns.image],
                           record.cells[columns.captions[source]], split, label, source);
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
    auto dataset = std::make_shared<FileDataset>("CSV", CaptionKeys::from(options.captionKey));
    addCsvLines(*dataset, {path}, options);
    dataset->finish(imageFolders(path.parent_path()), options.split, path);
    return dataset;
}

}  // namespace diagonal
