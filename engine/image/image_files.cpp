// SPDX-License-Identifier: Apache-2.0
#include "engine/image/image_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "engine/base/file.h"
#include "engine/base/text.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 18> kExtensions = {".jpg",  ".jpeg", ".jpe",  ".jfif", ".png", ".webp",
                                                          ".heic", ".heif", ".hif",  ".avif", ".gif", ".bmp",
                                                          ".dib",  ".tif",  ".tiff", ".pbm",  ".pgm", ".ppm"};

/// In lower case. Hidden names (.Trash-1000, .thumbnails, .@__thumb, .stfolder) need not stand here.
constexpr std::array<std::string_view, 19> kLeftBehind = {"@eadir",
                                                          "#recycle",
                                                          "#snapshot",
                                                          "@tmp",
                                                          "@sharebin",  // Synology
                                                          "@recycle",
                                                          "@recently-snapshot",
                                                          "@transcode",  // QNAP
                                                          "~snapshot",   // NetApp
                                                          "$recycle.bin",
                                                          "recycler",
                                                          "recycled",
                                                          "system volume information",  // Windows
                                                          "lost+found",
                                                          "lost.dir",  // checks of file systems
                                                          "__macosx",
                                                          "temporary items",
                                                          "network trash folder",
                                                          "trashcan"};  // macOS, others

bool isResourceFork(std::string_view name) {
    return name.starts_with("._");
}

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

/// "img2" before "img10", upper and lower case together; equal but for case or leading zeros: byte order.
bool naturallyLess(std::string_view a, std::string_view b) {
    size_t i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
        if (isDigit(a[i]) && isDigit(b[j])) {
            while (i < a.size() && a[i] == '0')
                ++i;
            while (j < b.size() && b[j] == '0')
                ++j;
            size_t endA = i, endB = j;
            while (endA < a.size() && isDigit(a[endA]))
                ++endA;
            while (endB < b.size() && isDigit(b[endB]))
                ++endB;
            if (endA - i != endB - j) return endA - i < endB - j;
            const int order = a.substr(i, endA - i).compare(b.substr(j, endB - j));
            if (order != 0) return order < 0;
            i = endA;
            j = endB;
        } else {
            const int x = std::tolower(static_cast<unsigned char>(a[i]));
            const int y = std::tolower(static_cast<unsigned char>(b[j]));
            if (x != y) return x < y;
            ++i;
            ++j;
        }
    }
    if (i < a.size() || j < b.size()) return j < b.size();
    return a < b;
}

std::string reasonOf(const std::error_code& error) {
    if (error == std::errc::permission_denied) return "no permission to read this folder";
    return error.message();
}

class Walker {
  public:
    Walker(const std::function<void(ImageFiles)>& found, const std::stop_token& stop, WalkRule rule)
        : m_found(found), m_stop(stop), m_rule(rule) {}

    void add(const fs::path& input) {
        std::error_code error;
        const fs::file_status status = fs::status(input, error);
        // What is not there keeps its place: whoever opens it says why not.
        if (!error && fs::is_directory(status))
            walk(input);
        else
            push(input);
    }

    void flush() {
        if (!m_piece.files.empty() || !m_piece.failures.empty() || m_piece.leftBehind > 0)
            m_found(std::exchange(m_piece, {}));
        m_flushed = std::chrono::steady_clock::now();
    }

  private:
    void push(const fs::path& file) {
        m_piece.files.add(file);
        if (m_piece.files.size() == kMostInPiece) flush();
    }

    void fail(const fs::path& path, std::string reason) {
        m_piece.failures.push_back({path, std::move(reason)});
        if (m_piece.failures.size() == kMostInPiece) flush();
    }

    void leaveOut(const std::string& name) {
        ImageFiles one;
        one.leftBehind = 1;
        one.leftBehindNames.push_back(name);
        m_piece.add(one);
    }

    void walk(const fs::path& top) {
        // Folders still to do, the next one last.
        std::vector<fs::path> pending = {top};
        while (!pending.empty() && !m_stop.stop_requested()) {
            const fs::path folder = std::move(pending.back());
            pending.pop_back();
            if (!isNew(folder)) continue;
            std::vector<std::string> files, folders;
            read(folder, files, folders);
            std::ranges::sort(files, naturallyLess);
            std::ranges::sort(folders, naturallyLess);
            for (const std::string& name : files)
                push(folder / name);
            if (std::chrono::steady_clock::now() - m_flushed > kLongestWait) flush();
            for (auto name = folders.rbegin(); name != folders.rend(); ++name)
                pending.push_back(folder / *name);
        }
    }

    /// The same folder may be reached again through a symbolic link: that is how loops end.
    bool isNew(const fs::path& folder) {
        struct stat status = {};
        if (::stat(folder.c_str(), &status) != 0) return true;  // reading it will say why
        return m_seen.emplace(status.st_dev, status.st_ino).second;
    }

    /// Names of the images and of the folders in a folder.
    void read(const fs::path& folder, std::vector<std::string>& files, std::vector<std::string>& folders) {
        std::error_code error;
        for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
            if (m_stop.stop_requested()) return;
            std::string name = entry->path().filename().native();
            std::error_code unknown;  // a link to nowhere: left to the decoder when it is named like an image
            const bool isFolder = entry->is_directory(unknown);
            if (isResourceFork(name) || (!isFolder && !hasImageExtension(name))) continue;
            if (m_rule == WalkRule::LeaveOut && isLeftBehind(name))
                leaveOut(name);
            else
                (isFolder ? folders : files).push_back(std::move(name));
        }
        if (error) fail(folder, reasonOf(error));
    }

    static constexpr size_t kMostInPiece = 2000;
    static constexpr std::chrono::milliseconds kLongestWait{100};

    const std::function<void(ImageFiles)>& m_found;
    const std::stop_token& m_stop;
    const WalkRule m_rule;
    ImageFiles m_piece;
    std::chrono::steady_clock::time_point m_flushed = std::chrono::steady_clock::now();
    std::set<std::pair<dev_t, ino_t>> m_seen;
};

}  // namespace

bool hasImageExtension(const fs::path& path) {
    return std::ranges::find(kExtensions, lowered(path.extension().native())) != kExtensions.end();
}

bool isLeftBehind(std::string_view name) {
    const std::string lower = lowered(name);
    return name.starts_with('.') || std::ranges::find(kLeftBehind, lower) != kLeftBehind.end() ||
           lower.starts_with("@syno") || lower.starts_with("@app") || lower.starts_with("found.0") ||
           lower.ends_with(".lrdata");
}

void ImageFiles::add(const ImageFiles& more) {
    constexpr size_t kMostNames = 5;
    files.append(more.files);
    failures.insert(failures.end(), more.failures.begin(), more.failures.end());
    leftBehind += more.leftBehind;
    for (const std::string& name : more.leftBehindNames)
        if (leftBehindNames.size() < kMostNames && std::ranges::find(leftBehindNames, name) == leftBehindNames.end())
            leftBehindNames.push_back(name);
}

std::string ImageFiles::leftBehindNote() const {
    if (leftBehind == 0) return {};
    std::vector<std::string> names;
    for (const std::string& name : leftBehindNames)
        names.push_back(displayName(name));
    if (leftBehind > names.size()) names.emplace_back("…");
    return std::to_string(leftBehind) + (leftBehind == 1 ? " folder or picture" : " folders and pictures") +
           " left out that are hidden, or of an indexer, a bin or a system (" + joined(names) + ")";
}

namespace {

void listAll(const auto& inputs, const std::stop_token& stop, const std::function<void(ImageFiles)>& found,
             WalkRule rule) {
    Walker walker(found, stop, rule);
    for (const fs::path& input : inputs) {
        if (stop.stop_requested()) break;
        walker.add(input);
    }
    walker.flush();
}

ImageFiles collected(const auto& inputs, const std::stop_token& stop, WalkRule rule) {
    ImageFiles result;
    listAll(
        inputs, stop, [&result](const ImageFiles& piece) { result.add(piece); }, rule);
    return result;
}

}  // namespace

void listImages(const std::vector<fs::path>& inputs, const std::stop_token& stop,
                const std::function<void(ImageFiles)>& found, WalkRule rule) {
    listAll(inputs, stop, found, rule);
}

ImageFiles listImages(const std::vector<fs::path>& inputs, const std::stop_token& stop, WalkRule rule) {
    return collected(inputs, stop, rule);
}

ImageFiles listImages(const PathArray& inputs, const std::stop_token& stop, WalkRule rule) {
    return collected(inputs, stop, rule);
}

}  // namespace diagonal
