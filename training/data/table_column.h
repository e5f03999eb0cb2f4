// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/job.h"
#include "engine/base/path_array.h"

namespace diagonal {

/// The column that looks like one of texts, or of images' paths; empty where none does. Columns: of tableColumns.
std::string guessedTextColumn(const std::vector<std::string>& columns);
std::string guessedImageColumn(const std::vector<std::string>& columns);

/// Whether a name is that of a table with columns: .csv or .tsv, also with .gz behind it.
bool isTableFile(const std::filesystem::path& path);

/// A column's cells, a record each, without white space around them; and what was left out ("file.csv:12: …").
struct TextColumn {
    std::vector<std::string> texts;
    std::vector<std::string> notes;
};
/// column: by its name, or by its number from 1; empty: guessed. A record without the cell has an empty text. Throws
/// Error, Cancelled.
TextColumn readTextColumn(const std::filesystem::path& table, const std::string& column, const JobContext& job = {});

/// The same of pictures, which are looked for beside the table and in images/ there; records without a name are left
/// out.
struct ImageColumn {
    PathArray files;
    std::vector<std::string> notes;
};
ImageColumn readImageColumn(const std::filesystem::path& table, const std::string& column, const JobContext& job = {});

}  // namespace diagonal
