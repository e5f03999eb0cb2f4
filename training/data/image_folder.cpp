// SPDX-License-Identifier: Apache-2.0
#include "training/data/image_folder.h"

#include <algorithm>
#include <vector>

#include "engine/base/encoding.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "training/data/csv_dataset.h"
#include "training/data/file_dataset.h"
#include "training/data/json_elements.h"

namespace diagonal {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

bool isMetadataName(const std::string& name) {
    return name == "metadata.jsonl" || name == "metadata.csv";
}

void addTableOf(const fs::path& root, const fs::path& relative, std::vector<Table>& tables) {
    const fs::path folder = relative.empty() ? root : root / relative;
    std::error_code failure;
    for (const char* name : {"metadata.jsonl", "metadata.csv"}) {
        if (!fs::is_regular_file(folder / name, failure)) continue;
        tables.push_back({.path = folder / name,
                          .prefix = relative.empty() ? "" : (relative / "").string(),
                          .split = splitOfName(relative.filename().string()),
                          .splitFromFolders = true});
        return;
    }
}

/// The metadata files of a folder and of the folders in it.
std::vector<Table> tablesIn(const fs::path& root) {
    std::vector<Table> tables;
    for (const fs::path& top : {fs::path(), fs::path("data")}) {
        addTableOf(root, top, tables);
        std::vector<fs::path> names;
        std::error_code failure;
        for (fs::directory_iterator entry(root / top, failure), end; !failure && entry != end;
             entry.increment(failure)) {
            std::error_code unknown;
            const fs::path name = entry->path().filename();
            if (!name.native().starts_with('.') && name != "data" && entry->is_directory(unknown))
                names.push_back(top / name);
        }
        std::sort(names.begin(), names.end());
        for (const fs::path& name : names)
            addTableOf(root, name, tables);
    }
    return tables;
}

/// The member that holds what is looked for: the one named, else the first of the guesses that is there.
const json* memberOf(const json& object, const std::string& key, std::span<const std::string_view> guesses) {
    if (!key.empty()) return object.contains(key) ? &object[key] : nullptr;
    for (const std::string_view guess : guesses)
        if (const auto member = object.find(guess); member != object.end() && !member->is_null()) return &*member;
    return nullptr;
}

std::string labelOf(const json& object) {
    const auto member = object.find("label");
    if (member == object.end()) return {};
    if (member->is_string()) return member->get<std::string>();
    return member->is_number_integer() ? member->dump() : std::string();
}

/// The captions of an object, each with its source.
std::vector<std::pair<std::string, size_t>> captionsOf(const json& object, const CaptionKeys& keys) {
    std::vector<std::pair<std::string, size_t>> captions;
    for (size_t source = 0; source < keys.sources(); ++source) {
        const std::string key = keys.names.empty() ? std::string() : keys.names[source];
        const json* value = memberOf(object, key, captionColumnNames());
        if (value == nullptr) continue;
        for (std::string& text : textsOf(*value))
            captions.emplace_back(std::move(text), source);
    }
    // Of several captions some may be empty.
    const auto isEmpty = [](const auto& caption) { return trimmed(caption.first).empty(); };
    if (keys.names.size() > 1 && !std::ranges::all_of(captions, isEmpty)) std::erase_if(captions, isEmpty);
    return captions;
}

void addJsonLine(FileDataset& dataset, const Table& table, size_t number, std::string_view line,
                 const DatasetOptions& options, const CaptionKeys& keys) {
    const auto note = [&](const char* problem) { dataset.notes().add(lineNote(table.path, number, problem)); };
    const json object = parseObject(line);
    if (object.is_null()) return note(isUtf8(line) ? "this is no JSON object" : "this is not UTF-8");
    const json* name = memberOf(object, options.imageKey, imageColumnNames());
    if (name == nullptr || !name->is_string()) return note("there is no file_name");
    const auto captions = captionsOf(object, keys);
    if (captions.empty()) return note("there is no text or caption");
    const auto split = object.find("split");
    for (const auto& [text, source] : captions)
        addCaption(dataset, table, number, name->get_ref<const std::string&>(), text,
                   split != object.end() && split->is_string() ? splitOfName(split->get<std::string>()) : Split::All,
                   dataset.labelIndex(labelOf(object)), source);
}

void addJsonLines(FileDataset& dataset, const Table& table, const DatasetOptions& options) {
    const CaptionKeys keys = CaptionKeys::from(options.captionKey);
    TextStream stream = openTable(table.path);
    LineReader lines(stream);
    LineReader::Line line;
    while (lines.next(line)) {
        if (line.isTooLong)
            dataset.notes().add(lineNote(table.path, line.number, "the line is longer than a megabyte"));
        else
            addJsonLine(dataset, table, line.number, trimmed(line.text), options, keys);
    }
}

}  // namespace

bool isImageFolder(const fs::path& path) {
    std::error_code failure;
    if (fs::is_directory(path, failure)) return !tablesIn(path).empty();
    return isMetadataName(path.filename().string()) || tableExtension(path) == ".jsonl";
}

std::shared_ptr<const Dataset> openImageFolder(const std::string& spec, const DatasetOptions& options) {
    const fs::path path(spec);
    std::error_code failure;
    const bool isFolder = fs::is_directory(path, failure);
    const fs::path root = isFolder ? path : path.parent_path();
    const auto tables = isFolder ? tablesIn(path) : std::vector<Table>{{.path = path, .splitFromFolders = true}};
    if (tables.empty())
        throw Error(displayName(path), "there is no metadata.jsonl or metadata.csv in this folder or the folders in it",
                    "They name each image (file_name) and its caption (text)");
    auto dataset = std::make_shared<FileDataset>("Image folder", CaptionKeys::from(options.captionKey));
    for (const Table& table : tables) {
        if (tableExtension(table.path) == ".csv") {
            addCsvLines(*dataset, table, options);
        } else {
            addJsonLines(*dataset, table, options);
        }
    }
    dataset->finish(imageFolders(root), options.split, path);
    return dataset;
}

}  // namespace diagonal
