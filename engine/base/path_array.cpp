// SPDX-License-Identifier: Apache-2.0
#include "engine/base/path_array.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace diagonal {

PathArray& PathArray::operator=(const PathArray& other) {
    return *this = PathArray(other);
}

void PathArray::add(std::string_view path) {
    constexpr size_t kChunk = size_t{1} << 18;
    const size_t bytes = path.size() + 1;
    if (m_room < bytes) {
        m_room = std::max(kChunk, bytes);
        m_free = m_chunks.emplace_back(new char[m_room]).get();
    }
    std::memcpy(m_free, path.data(), path.size());
    m_free[path.size()] = 0;
    m_paths.push_back(std::exchange(m_free, m_free + bytes));
    m_room -= bytes;
}

void PathArray::append(std::span<const std::filesystem::path> paths) {
    for (const auto& path : paths)
        add(path);
}

void PathArray::append(const PathArray& paths) {
    for (size_t i = 0; i < paths.size(); ++i)
        add(paths.view(i));
}

size_t PathArray::removeIf(const std::function<bool(std::string_view)>& leaves) {
    return std::erase_if(m_paths, [&](const char* path) { return leaves(path); });
}

bool PathArray::operator==(const PathArray& other) const {
    return std::ranges::equal(m_paths, other.m_paths,
                              [](const char* a, const char* b) { return std::strcmp(a, b) == 0; });
}

}  // namespace diagonal
