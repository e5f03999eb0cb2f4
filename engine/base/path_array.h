// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace diagonal {

/// Many paths in little memory: 9 bytes beside the characters of each, where std::filesystem::path takes some 400.
/// Paths are given out by value.
class PathArray {
  public:
    class Iterator {
      public:
        using iterator_category = std::input_iterator_tag;
        using value_type = std::filesystem::path;
        using difference_type = std::ptrdiff_t;
        using pointer = void;
        using reference = std::filesystem::path;

        Iterator() = default;
        Iterator(const PathArray& list, size_t at) : m_list(&list), m_at(at) {}
        std::filesystem::path operator*() const { return (*m_list)[m_at]; }
        Iterator& operator++() {
            ++m_at;
            return *this;
        }
        Iterator operator++(int) { return {*m_list, m_at++}; }
        bool operator==(const Iterator& other) const { return m_at == other.m_at; }

      private:
        const PathArray* m_list = nullptr;
        size_t m_at = 0;
    };

    PathArray() = default;
    explicit PathArray(std::span<const std::filesystem::path> paths) { append(paths); }
    PathArray(const PathArray& other) : m_chunks(other.m_chunks), m_paths(other.m_paths) {}
    PathArray& operator=(const PathArray& other);
    PathArray(PathArray&&) = default;
    PathArray& operator=(PathArray&&) = default;
    ~PathArray() = default;

    size_t size() const { return m_paths.size(); }
    bool empty() const { return m_paths.empty(); }
    std::filesystem::path operator[](size_t i) const { return m_paths[i]; }
    std::filesystem::path front() const { return (*this)[0]; }
    /// Its bytes; valid as long as the list, or a copy of it, is.
    std::string_view view(size_t i) const { return m_paths[i]; }
    Iterator begin() const { return {*this, 0}; }
    Iterator end() const { return {*this, size()}; }

    /// The bytes of a path; none may be 0.
    void add(std::string_view path);
    void add(const std::filesystem::path& path) { add(std::string_view(path.native())); }
    void append(std::span<const std::filesystem::path> paths);
    void append(const PathArray& paths);
    /// Takes out those for which `leaves` is true; their memory stays in use.
    size_t removeIf(const std::function<bool(std::string_view)>& leaves);

    bool operator==(const PathArray& other) const;

  private:
    // Copies share chunks; what a chunk has room for belongs to the list that began it.
    std::vector<std::shared_ptr<char[]>> m_chunks;
    std::vector<const char*> m_paths;  ///< each ends with a 0
    char* m_free = nullptr;
    size_t m_room = 0;
};

}  // namespace diagonal
