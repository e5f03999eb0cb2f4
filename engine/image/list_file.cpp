// SPDX-License-Identifier: Apache-2.0
#include "engine/image/list_file.h"

#include <algorithm>
#include <cctype>
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

bool isDriveOrAddress(std::string_view name) {
    return name.find("://") != std::string_view::npos ||
           (name.size() > 2 && std::isalpha(static_cast<unsigned char>(name[0])) != 0 && name[1] == ':' &&
            (name[2] == '\\' || name[2] == '/'));
}

/// The path of a file:// address; other names as they are.
std::string pathOfAddress(std::string_view name) {
    constexpr std::string_view kLocal = "file://";
    if (!name.starts_with(kLocal)) return std::string(name);
    name.remove_prefix(kLocal.size());
    std::string path;
    for (size_t i = 0; i < name.size(); ++i) {
        const std::string byte = name[i] == '%' ? bytesOfHexadecimal(name.substr(i + 1, 2)) : "";
        path += byte.empty() ? name[i] : byte[0];
        if (!byte.empty()) i += 2;
    }
    return path;
}

fs::path pathOfName(std::string_view name, const fs::path& folder) {
    const bool isElsewhere = isDriveOrAddress(name);
    const fs::path written = isElsewhere ? fs::path(name) : folder / name;
    std::string_view bare = trimmed(name);
    if (!isElsewhere && bare.size() == name.size() && bare.find_first_of("\\\"") == std::string_view::npos)
        return written;
    if (isThere(written)) return written;
    if (bare.size() > 1 && bare.starts_with('"') && bare.ends_with('"')) bare = bare.substr(1, bare.size() - 2);
    const std::string plain = pathOfAddress(bare);
    std::string turned = plain;
    std::ranges::replace(turned, '\\', '/');
    for (const fs::path& other : {fs::path(plain), pathFromDisplayName(plain), fs::path(turned)})
        if (isThere(folder / other)) return folder / other;
    return written;
}

/// Of Latin letters every other byte is zero; names between zero bytes are longer than one character.
bool isUnmarkedUtf16(std::string_view text) {
    const auto zeros = static_cast<size_t>(std::ranges::count(text, '\0'));
    return zeros * 5 >= text.size() * 2 && zeros > 0;
}

}  // namespace

bool isPathList(const fs::path& file) {
    const std::string extension = lowered(file.extension().native());
    return extension == ".txt" || extension == ".lst";
}

PathList parsePathList(std::string bytes, const std::string& subject, const fs::path& folder) {
    PathList list;
    const std::string text = withoutMark(std::move(bytes));
    if (isUnmarkedUtf16(text))
        throw Error(subject, "every other byte is zero: this is UTF-16 without its mark", "Save it as UTF-8");
    const bool areZeroed = text.find('\0') != std::string::npos;
    const char separator = areZeroed ? '\0' : text.find('\n') != std::string::npos ? '\n' : '\r';
    std::string_view rest = text;
    while (!rest.empty()) {
        const size_t end = std::min(rest.find(separator), rest.size());
        std::string_view name = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (!areZeroed && name.ends_with('\r')) name.remove_suffix(1);
        if (trimmed(name).empty())
            ++list.blank;
        else
            list.paths.add(pathOfName(name, folder));
    }
    return list;
}

PathList readPathList(const fs::path& file) {
    PathList list = parsePathList(readText(file, kLargestList), displayName(file), file.parent_path());
    const size_t skip = file.has_parent_path() ? (file.parent_path() / "").native().size() : 0;
    list.comments = list.paths.removeIf(
        [&](std::string_view path) { return path.size() > skip && path[skip] == '#' && !isThere(path); });
    if (std::ranges::none_of(list.paths, [](const fs::path& path) { return hasImageExtension(path) || isThere(path); }))
        throw Error(displayName(file), "there are no names of pictures in it",
                    "A list of pictures has one path a line");
    return list;
}

}  // namespace diagonal
