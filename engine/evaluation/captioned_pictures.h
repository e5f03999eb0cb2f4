// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/image/image.h"

namespace diagonal {

/// Pictures and the captions that people wrote for them: what a model is tried on. Each picture has a caption.
struct CaptionedPictures {
    std::vector<std::string> names;            ///< of each picture, for people
    std::vector<std::filesystem::path> files;  ///< of each picture; empty: they have no files of their own
    std::function<Image(size_t)> decode;       ///< picture i where there are no files; throws Error. Any thread
    std::vector<std::string> captions;
    std::vector<int64_t> pictureOfCaption;

    size_t size() const { return names.size(); }
};

/// Captions of `files` as the UTF-8 file `captions` has them, in one of two forms:
/// - line i is the caption of picture i, and there are as many lines as pictures;
/// - each line is a picture, a tab and a caption. The picture is a path relative to the file's folder or to the current
///   one, or a file name that one picture alone has. A picture may have several lines; lines for pictures that were not
///   given are refused, as are pictures without a line.
/// Empty lines at the end do not count. Throws Error naming the file, and the first line or picture that does not fit.
CaptionedPictures pairCaptions(const std::vector<std::filesystem::path>& files, const std::filesystem::path& captions);

/// At most `limit` of them (0: all) with their captions, drawn by a hash of their names: the same ones wherever the
/// pictures lie and in whatever order they are given.
CaptionedPictures drawPictures(CaptionedPictures pictures, size_t limit);

using NameHash = std::array<std::array<uint8_t, 32>, 2>;

/// Of a picture's file name, wherever it lies, and behind it of the whole name, for files of one name: draws go by it.
NameHash nameHash(const std::string& name);

/// Numbers of those that drawPictures takes, ascending.
std::vector<size_t> drawByHash(const std::vector<std::string>& names, size_t limit);

}  // namespace diagonal
