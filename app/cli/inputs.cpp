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
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"

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

std::vector<std::string> splitLines(std::string_view text) {
    text = withoutByteOrderMark(text);
    std::vector<std::string> lines;
    while (!text.empty()) {
        const size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines.emplace_back(line);
    }
    return lines;
}

}  // namespace

ImageFiles gatherImages(const std::vector<std::string>& inputs) {
    std::vector<std::filesystem::path> paths;
    for (const auto& input : inputs) {
        if (input != "-") {
            if (input.empty()) throw UsageError("an image path is empty.");
            paths.emplace_back(input);
            continue;
        }
        for (const auto& line : splitLines(readStdin()))
            if (!line.empty()) paths.emplace_back(line);
    }
    if (paths.empty()) throw Error("standard input", "no path is in the list", "Give one path a line.");
    ImageFiles images = listImages(paths, stopToken());
    if (stopToken().stop_requested()) throw Cancelled();
    for (const auto& failure : images.failures)
        reportUnreadable(failure.path, failure.reason);
    if (images.files.empty() && images.failures.empty())
        throw Error(displayName(paths.front()), "no image is in there",
                    "Images are recognised by their names (.jpg, .png, .webp, .bmp, .gif, .tif, .heic, .avif, …).");
    return images;
}

void reportUnreadable(const std::filesystem::path& path, const std::string& reason) {
    console().problem(displayName(path) + ": " + reason);
}

std::vector<std::string> readLines(const std::string& file, const std::string& things) {
    const std::string name = file == "-" ? "standard input" : displayName(file);
    const std::string content = file == "-" ? readStdin() : readText(file);
    if (content.find('\0') != std::string::npos)
        throw Error(name, "this is not a text file", "Give a UTF-8 text file with one of the " + things + " a line.");
    std::vector<std::string> lines = splitLines(content);
    while (!lines.empty() && trimmed(lines.back()).empty())
        lines.pop_back();
    const size_t blank = std::erase_if(lines, [](const std::string& line) { return trimmed(line).empty(); });
    if (blank > 0)
        console().note("Note: " + name + ": " + std::to_string(blank) + (blank == 1 ? " empty line" : " empty lines") +
                       " left out.");
    if (lines.empty()) throw Error(name, "no " + things + " are in there", "Write one a line.");
    for (auto& line : lines)
        line = std::string(trimmed(line));
    return lines;
}

std::vector<std::string> cleanLabels(const std::vector<std::string>& labels) {
    std::vector<std::string> result;
    std::unordered_set<std::string> seen;
    std::string merged;
    for (const auto& label : labels) {
        const std::string text(trimmed(label));
        if (text.empty()) throw UsageError("--label: a label is empty. Give it some text, or leave it out.");
        if (seen.insert(text).second)
            result.push_back(text);
        else
            merged += (merged.empty() ? "“" : ", “") + text + "”";
    }
    if (!merged.empty()) console().note("Note: given more than once, counted once: " + merged + ".");
    return result;
}

std::filesystem::path sharedFolder(const std::vector<std::filesystem::path>& files, size_t width) {
    const auto isWide = [&](const auto& file) { return displayWidth(displayName(file)) > width; };
    if (std::none_of(files.begin(), files.end(), isWide)) return {};
    std::filesystem::path shared = files.front().parent_path();
    for (const auto& file : files) {
        const auto differ = std::mismatch(shared.begin(), shared.end(), file.begin(), file.end());
        std::filesystem::path same;
        for (auto part = shared.begin(); part != differ.first; ++part)
            same /= *part;
        shared = same;
    }
    return shared == "/" ? std::filesystem::path() : shared;
}

std::string resultName(const std::filesystem::path& path, bool forTerminal) {
    return forTerminal ? displayName(path) : path.string();
}

}  // namespace diagonal::cli
