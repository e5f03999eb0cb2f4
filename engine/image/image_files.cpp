// SPDX-License-Identifier: Apache-2.0
#include "engine/image/image_files.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <system_error>
#include <utility>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/image/folder_walk.h"
#include "engine/image/left_out_names.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kExtensions[] = {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".heic", ".heif", ".hif",
                                            ".avif", ".gif", ".bmp", ".dib", ".tif", ".tiff", ".pbm", ".pgm", ".ppm",
                                            // Raw pictures of cameras.
                                            ".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".gpr",
                                            ".iiq", ".kdc", ".mos", ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf",
                                            ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f"};

using Wanted = std::function<bool(std::string_view name)>;

class Walker {
  public:
    Walker(const std::function<void(ImageFiles)>& found, const std::stop_token& stop, WalkRule rule, Wanted isWanted)
        : m_found(found), m_stop(stop), m_rule(rule), m_isWanted(std::move(isWanted)) {
        if (!m_isWanted) m_isWanted = [](std::string_view name) { return hasImageExtension(name); };
    }

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

    void walk(const fs::path& top) {
        FolderWalk walk{m_rule, m_isWanted, m_stop, {}};
        walk.run(top, m_seen, [this](WalkedFolder folder) {
            ImageFiles left;
            left.leftBehind = folder.leftBehind;
            left.leftBehindNames = std::move(folder.leftBehindNames);
            m_piece.add(left);
            if (!folder.error.empty()) fail(folder.path, folder.error);
            for (const std::string& name : folder.files)
                push(folder.path / name);
            if (std::chrono::steady_clock::now() - m_flushed > kLongestWait) flush();
        });
    }

    static constexpr size_t kMostInPiece = 2000;
    static constexpr std::chrono::milliseconds kLongestWait{100};

    const std::function<void(ImageFiles)>& m_found;
    const std::stop_token& m_stop;
    const WalkRule m_rule;
    Wanted m_isWanted;
    ImageFiles m_piece;
    std::chrono::steady_clock::time_point m_flushed = std::chrono::steady_clock::now();
    FolderWalk::Seen m_seen;
};

}  // namespace

bool hasImageExtension(const fs::path& path) {
    return std::ranges::find(kExtensions, lowered(path.extension().native())) != std::end(kExtensions);
}

bool isLeftBehind(std::string_view name) {
    static const LeftOutNames usual;
    return usual.has(name);
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
             WalkRule rule, const Wanted& isWanted = {}) {
    Walker walker(found, stop, rule, isWanted);
    for (const fs::path& input : inputs) {
        if (stop.stop_requested()) break;
        walker.add(input);
    }
    walker.flush();
}

ImageFiles collected(const auto& inputs, const std::stop_token& stop, WalkRule rule, const Wanted& isWanted = {}) {
    ImageFiles result;
    listAll(
        inputs, stop, [&result](const ImageFiles& piece) { result.add(piece); }, rule, isWanted);
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

ImageFiles listImages(const PathArray& inputs, const std::stop_token& stop, WalkRule rule,
                      const std::function<bool(std::string_view name)>& isWanted) {
    return collected(inputs, stop, rule, isWanted);
}

}  // namespace diagonal
