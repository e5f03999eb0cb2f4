// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "app/cli/options.h"
#include "engine/image/image_files.h"

namespace diagonal::cli {

/// --all-folders: gatherImages then leaves out no folders.
void addAllFolders(CLI::App* command);

/// What is taken of folders; files and lists stay as given.
enum class FolderFiles { Images, ImagesAndVideos };

/// The images that files, folders, lists of them (.txt, .lst) and "-" (a list on stdin, one path a line) stand for.
/// What cannot be found is listed on stderr and in failures. Throws Error when there is nothing at all to look at.
ImageFiles gatherImages(const std::vector<std::string>& inputs, FolderFiles takes = FolderFiles::Images);

/// Says on stderr why one image is left out.
/// Tells what is wrong with a picture that was read all the same, where there is something.
void reportNote(const std::filesystem::path& path, const std::string& note);

/// " 180 of the embeddings are the cache's."; empty for none.
std::string toldOfCache(size_t known);

void reportUnreadable(const std::filesystem::path& path, const std::string& reason);

/// Whether it is a file whose name is that of a table (.csv, .tsv, also .gz), not of a list.
bool isTable(const std::filesystem::path& file);

/// What becomes of blank lines: left out, or texts like others, so that line i is text i.
enum class BlankLines { LeaveOut, Keep };

/// Lines of a text file ("-" is stdin) in UTF-8, or in UTF-16 with a mark: no byte-order mark, no line ends, no blanks
/// around them. A note tells of blank lines. Throws Error for another encoding and when nothing is left.
std::vector<std::string> readLines(const std::string& file, const std::string& things,
                                   BlankLines blank = BlankLines::LeaveOut);

/// Throws UsageError where an option's text is no UTF-8.
void requireUtf8(const std::string& option, const std::string& text);

/// Trims; refuses empty texts; merges equal ones with a note.
std::vector<std::string> cleanLabels(const std::vector<std::string>& labels);

/// The folder that all names are below when some are too wide for a table, else empty: a table says it once.
std::filesystem::path sharedFolder(const PathArray& files, size_t width);

}  // namespace diagonal::cli
