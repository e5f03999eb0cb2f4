// SPDX-License-Identifier: Apache-2.0
#include "app/cli/inputs.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <unordered_set>

#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/cli/signals.h"
#include "engine/base/encoding.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/image/list_file.h"
#include "engine/video/key_frames.h"

namespace diagonal::cli {

namespace {

constexpr size_t kMaxStdin = size_t{1} << 30;

/// All of stdin; Ctrl-C is heard while waiting.
std::string readStdin() {
    if (isatty(STDIN_FILENO) == 1) console().note("Reading from the keyboard, one a line; end with Ctrl-D.");
    std::string text;
    char block[65536];
    for (;;) {
        if (stopToken().stop_requested()) throw Cancelled();
        pollfd waiting{STDIN_FILENO, POLLIN, 0};
        if (poll(&waiting, 1, 200) <= 0) continue;  // a signal, and Ctrl-C is one, ends it with -1
        const auto got = read(STDIN_FILENO, block, sizeof block);
        if (got == 0) return text;
        if (got < 0) {
            if (errno == EINTR || errno == EAGAIN) continue;
            throw Error("standard input", std::string("cannot be read: ") + std::strerror(errno));
        }
        text.append(block, static_cast<size_t>(got));
        if (text.size() > kMaxStdin) throw Error("standard input", "more than 1 GB of text", "Is it the right file?");
    }
}

WalkRule walkRule = WalkRule::LeaveOut;

std::string emptyLines(size_t count) {
    return std::to_string(count) + (count == 1 ? " empty line" : " empty lines");
}

/// The paths of a list, with a note of what is none.
void takeList(const std::string& name, const PathList& list, PathArray& paths) {
    std::vector<std::string> others;
    if (list.blank > 0) others.push_back(emptyLines(list.blank));
    if (list.comments > 0)
        others.push_back(std::to_string(list.comments) + (list.comments == 1 ? " comment" : " comments") + " (# …)");
    if (!others.empty()) console().note("Note: " + name + ": " + joined(others) + " left out.");
    paths.append(list.paths);
}

/// "3, 7, 12, …"
std::string listOfNumbers(const std::vector<size_t>& numbers) {
    constexpr size_t kShown = 5;
    std::vector<std::string> words;
    for (size_t i = 0; i < std::min(numbers.size(), kShown); ++i)
        words.push_back(std::to_string(numbers[i]));
    if (numbers.size() > kShown) words.emplace_back("…");
    return joined(words);
}

}  // namespace

void addAllFolders(CLI::App* command) {
    command->add_flag_callback(
        "--all-folders", [] { walkRule = WalkRule::All; },
        "Of folders also take what is hidden or left behind by indexers, bins and systems (@eaDir, #recycle, …)");
}

ImageFiles gatherImages(const std::vector<std::string>& inputs, FolderFiles takes) {
    PathArray paths;
    for (const auto& input : inputs) {
        std::error_code failure;
        if (input.empty()) throw UsageError("an image path is empty.");
        if (input == "-")
            takeList("standard input", parsePathList(readStdin(), "standard input"), paths);
        else if (isPathList(input) && std::filesystem::is_regular_file(input, failure))
            takeList(displayName(input), readPathList(input), paths);
        else
            paths.add(std::string_view(input));
    }
    if (paths.empty()) throw Error("standard input", "no path is in the list", "Give one path a line.");
    ImageFiles images = listImages(paths, stopToken(), walkRule, [takes](std::string_view name) {
        return hasImageExtension(name) || (takes == FolderFiles::ImagesAndVideos && hasVideoExtension(name));
    });
    if (stopToken().stop_requested()) throw Cancelled();
    for (const auto& failure : images.failures)
        reportUnreadable(failure.path, failure.reason);
    if (images.leftBehind > 0) console().note("Note: " + images.leftBehindNote() + "; --all-folders takes them.");
    if (images.files.empty() && images.failures.empty())
        throw Error(displayName(paths.front()),
                    takes == FolderFiles::Images ? "no image is in there" : "no image or video is in there",
                    "Images are recognised by their names (.jpg, .png, .webp, .bmp, .gif, .tif, .heic, .avif, …).");
    return images;
}

void reportNote(const std::filesystem::path& path, const std::string& note) {
    if (!note.empty()) console().note("Note: " + displayName(path) + ": " + note + ".");
}

std::string toldOfCache(size_t known) {
    return known == 0 ? ""
                      : " " + grouped(known) + (known == 1 ? " embedding is" : " embeddings are") + " the cache's.";
}

void reportUnreadable(const std::filesystem::path& path, const std::string& reason) {
    console().problem(displayName(path) + ": " + reason);
}

bool isTable(const std::filesystem::path& file) {
    const std::string name = lowered(file.native());
    std::error_code failure;
    return (name.ends_with(".csv") || name.ends_with(".tsv") || name.ends_with(".csv.gz") ||
            name.ends_with(".tsv.gz")) &&
           std::filesystem::is_regular_file(file, failure);
}

std::vector<std::string> readLines(const std::string& file, const std::string& things, BlankLines blank) {
    const std::string name = file == "-" ? "standard input" : displayName(file);
    const std::string text = decodedText(file == "-" ? readStdin() : readText(file), name);
    std::vector<std::string> lines;
    std::vector<size_t> blanks;
    size_t number = 0, end = 0;  // end: of the last line with a text
    for (const std::string_view line : linesOf(text)) {
        ++number;
        const bool isBlank = trimmed(line).empty();
        if (isBlank) blanks.push_back(number);
        if (!isBlank || blank == BlankLines::Keep) lines.emplace_back(trimmed(line));
        if (!isBlank) end = number;
    }
    if (end == 0) throw Error(name, "no " + things + " are in there", "Write one a line.");
    // What is left out at the end of a file nobody misses.
    if (blank == BlankLines::LeaveOut) std::erase_if(blanks, [end](size_t line) { return line > end; });
    if (!blanks.empty())
        console().note("Note: " + name + ": " + emptyLines(blanks.size()) +
                       (blank == BlankLines::Keep ? " taken as the empty text" : " left out") + ": " +
                       listOfNumbers(blanks) + ".");
    return lines;
}

void requireUtf8(const std::string& option, const std::string& text) {
    if (!isUtf8(text))
        throw UsageError(option + ": “" + displayName(text) +
                         "” is not UTF-8. Is the terminal set to another encoding?");
}

std::vector<std::string> cleanLabels(const std::vector<std::string>& labels) {
    std::vector<std::string> result;
    std::unordered_set<std::string> seen;
    std::string merged;
    for (const auto& label : labels) {
        const std::string text(trimmed(label));
        requireUtf8("--label", text);
        if (text.empty()) throw UsageError("--label: a label is empty. Give it some text, or leave it out.");
        if (seen.insert(text).second)
            result.push_back(text);
        else
            merged += (merged.empty() ? "“" : ", “") + text + "”";
    }
    if (!merged.empty()) console().note("Note: given more than once, counted once: " + merged + ".");
    return result;
}

std::filesystem::path sharedFolder(const PathArray& files, size_t width) {
    const auto isWide = [&](const auto& file) { return displayWidth(displayName(file)) > width; };
    if (std::none_of(files.begin(), files.end(), isWide)) return {};
    std::filesystem::path shared = files.front().parent_path();
    for (const std::filesystem::path file : files) {
        const auto differ = std::mismatch(shared.begin(), shared.end(), file.begin(), file.end());
        std::filesystem::path same;
        for (auto part = shared.begin(); part != differ.first; ++part)
            same /= *part;
        shared = same;
    }
    return shared == "/" ? std::filesystem::path() : shared;
}

}  // namespace diagonal::cli
