// SPDX-License-Identifier: Apache-2.0
#include "engine/image/list_file.h"

#include <algorithm>
#include <string_view>

#include "engine/base/encoding.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/image/image_files.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr uint64_t kLargestList = uint64_t{1} << 30;

bool isThere(const fs::path& path) {
    std::error_code failure;
    return fs::exists(fs::symlink_status(path, failure));
}

fs::path pathOfName(std::string name, const fs::path& folder) {
    const fs::path written = folder / name;
    if (name.find('\\') == std::string::npos || isThere(written)) return written;
    std::ranges::replace(name, '\\', '/');
    return folder / name;
}

}  // namespace

bool isPathList(const fs::path& file) {
    const std::string extension = lowered(file.extension().native());
    return extension == ".txt" || extension == ".lst";
}

PathList parsePathList(std::string bytes, const fs::path& folder) {
    PathList list;
    const std::string text = withoutMark(std::move(bytes));
    const bool areZeroed = text.find('\0') != std::string::npos;
    std::string_view rest = text;
    while (!rest.empty()) {
        const size_t end = std::min(rest.find(areZeroed ? '\0' : '\n'), rest.size());
        std::string_view name = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (!areZeroed && name.ends_with('\r')) name.remove_suffix(1);
        if (trimmed(name).empty())
            ++list.blank;
        else
            list.paths.add(pathOfName(std::string(name), folder));
    }
    return list;
}

PathList readPathList(const fs::path& file) {
    PathList list = parsePathList(readText(file, kLargestList), file.parent_path());
    const size_t skip = file.has_parent_path() ? (file.parent_path() / "").native().size() : 0;
    list.paths.removeIf(
        [&](std::string_view path) { return path.size() > skip && path[skip] == '#' && !isThere(path); });
    if (std::ranges::none_of(list.paths, [](const fs::path& path) { return hasImageExtension(path) || isThere(path); }))
        throw Error(displayName(file), "there are no names of pictures in it",
                    "A list of pictures has one path a line");
    return list;
}

}  // namespace diagonal
