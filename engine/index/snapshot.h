// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/path_array.h"

namespace diagonal {

/// How the numbers of a row lie on the disk.
enum class RowType : uint8_t { Float16, Float32 };

/// What made the rows of a library.
struct LibraryModel {
    std::string identity;  ///< Session::identity(): equal for sessions that give equal numbers; empty: imported rows
    std::string source;    ///< what opens it again: "demo", a path, a name of the hub
    std::string name;      ///< for people
    int64_t dim = 0;
    std::string precision = {};  ///< and size of its input, 0: its own: how to open it again (SessionOptions)
    int imageSize = 0;
};

/// A folder, a picture or a video that was added to a library.
struct LibrarySource {
    int64_t id = 0;
    std::string path;  ///< absolute, any bytes
    bool isWatched = false;
    bool takesAll = false;    ///< WalkRule::All
    bool hasPatches = false;  ///< VideoSampling::patches
};

enum class MediaKind : uint8_t { Picture, Video };

/// A file of a library that has rows, or could not be read. Its path stands in Snapshot::paths at the same index.
struct LibraryFile {
    int64_t id = 0;      ///< stays while the file is in the library, through renames
    int64_t source = 0;  ///< LibrarySource::id
    MediaKind kind = MediaKind::Picture;
    uint8_t format = 0;   ///< index into Snapshot::formats ("JPEG")
    uint16_t camera = 0;  ///< index into Snapshot::cameras; 0: unknown, an empty name
    int32_t width = 0, height = 0;
    int64_t size = 0;      ///< bytes
    int64_t date = 0;      ///< when it was taken by EXIF, else last modified; seconds since 1970, local time as if UTC
    int32_t duration = 0;  ///< of a video, ms
    bool hasFailed = false;  ///< it could not be read, and has no rows
};

/// A row: the embedding of a picture, or of a frame of a video.
struct LibraryRow {
    static constexpr int32_t kGone = -1;

    int32_t file = kGone;  ///< index into Snapshot::files; kGone: the row is no longer used
    /// Of frames, ms: when it stands in the video, and the piece of the video that it stands for.
    int32_t time = 0, start = 0, stop = 0;
    uint16_t patch = 0;  ///< 0: the whole frame; else a half-overlapping part of it, numbered from 1
};

/// Lines of subtitles beside a video.
struct LibraryCue {
    int32_t file = 0;             ///< index into Snapshot::files
    int32_t start = 0, stop = 0;  ///< ms
    std::string text;
};

/// All that a library holds at a moment. It never changes, and stays readable while somebody has it; any thread may
/// read it.
struct Snapshot {
    LibraryModel model;
    RowType type = RowType::Float16;
    std::span<const std::byte> vectors;  ///< rows.size() x model.dim numbers of unit length, row after row
    std::vector<LibraryRow> rows;
    std::vector<LibraryFile> files;
    PathArray paths;  ///< of the files, absolute
    std::vector<LibrarySource> sources;
    std::vector<std::string> formats, cameras;
    std::vector<LibraryCue> cues;
    std::shared_ptr<const void> memory;  ///< keeps the vectors mapped

    size_t rowBytes() const {
        return static_cast<size_t>(model.dim) * (type == RowType::Float16 ? sizeof(uint16_t) : sizeof(float));
    }
};

}  // namespace diagonal
