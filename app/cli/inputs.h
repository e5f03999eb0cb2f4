// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/image/image_files.h"

namespace diagonal::cli {

/// The images that files, folders and "-" (a list on stdin, one path a line) stand for. What cannot be found is listed
/// on stderr and in failures. Throws Error when there is nothing at all to look at.
ImageFiles gatherImages(const std::vector<std::string>& inputs);

/// Says on stderr why one image is left out.
void reportUnreadable(const std::filesystem::path& path, const std::string& reason);

/// Lines of a UTF-8 text file ("-" is stdin): no byte-order mark, no line ends, blank lines left out with a note.
/// Throws Error when nothing is left.
std::vector<std::string> readLines(const std::string& file, const std::string& things);

/// Trims; refuses empty texts; merges equal ones with a note.
std::vector<std::string> cleanLabels(const std::vector<std::string>& labels);

/// The folder that all names are below when some are too wide for a table, else empty: a table says it once.
std::filesystem::path sharedFolder(const std::vector<std::filesystem::path>& files, size_t width);

/// Name for results: as people may see it on a terminal, else byte for byte.
std::string resultName(const std::filesystem::path& path, bool forTerminal);

}  // namespace diagonal::cli
