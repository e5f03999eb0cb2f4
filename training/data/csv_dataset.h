// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "training/data/file_dataset.h"
#include "training/data/text_stream.h"

namespace diagonal {

/// A .csv, .tsv or .txt file, also with .gz behind it, or a folder with captions.csv or captions.tsv.
bool isCsv(const std::filesystem::path& path);

/// Opens a CSV or TSV file. Columns for image and caption are guessed from the names of the header, or of two columns
/// without one from which names image files; else the options name them, by name or by number from 1; several columns
/// of captions are several captions of an image. A column named
/// split is used when there is one. Images are looked for beside the file and in images/ there. Lines that cannot be
/// used become warnings. Throws Error.
std::shared_ptr<const Dataset> openCsv(const std::string& path, const DatasetOptions& options);

/// The text of a table file; throws Error for an empty or binary file.
TextStream openTable(const std::filesystem::path& path);

/// ".csv" of x.CSV and of x.csv.gz.
std::string tableExtension(const std::filesystem::path& path);

/// The sign between the cells of a table that begins so. Without a header a first line that names an image tells it: a
/// comma last, as captions have commas.
char tableDelimiter(std::string_view text);

/// What --image-key and --caption-key can name: the header's cells, or the numbers of the columns. Throws Error.
std::vector<std::string> tableColumns(const std::filesystem::path& path);

/// A file whose lines each name an image and a caption.
struct Table {
    std::filesystem::path path;
    std::string prefix = {};                                   ///< goes before the images' names: "train/"
    Split split = Split::All;                                  ///< of the lines that do not say
    bool splitFromFolders = false;                             ///< an image "train/a.jpg" is of the train split
    mutable bool hadBackslashes = false, isOfWindows = false;  ///< the first name with backslashes told
};

/// Adds the lines of a table to a data set. Throws Error when the columns cannot be told.
void addCsvLines(FileDataset& dataset, const Table& table, const DatasetOptions& options);

/// What the columns are looked for by, the preferred first, in lower case.
std::span<const std::string_view> imageColumnNames();
std::span<const std::string_view> captionColumnNames();

/// "file.csv:12: reason".
std::string lineNote(const std::filesystem::path& path, size_t line, const std::string& reason);

/// Adds a caption, or a note when the image's name or the caption cannot be used. A backslash in the name separates
/// folders, as on Windows.
void addCaption(FileDataset& dataset, const Table& table, size_t line, std::string_view name, std::string_view caption,
                Split split = Split::All, int label = -1, size_t source = 0);

/// What makes a name or a caption unusable, null when nothing does.
const char* problemOf(std::string_view name, std::string_view caption);

/// Folders in which images named by a file are looked for.
std::vector<std::filesystem::path> imageFolders(const std::filesystem::path& folder);

}  // namespace diagonal
