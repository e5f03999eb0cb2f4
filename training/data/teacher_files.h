// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "engine/base/file.h"
#include "training/data/dataset.h"

namespace diagonal {

// Embeddings of teachers in a pack (docs/formats.md): a row of float16 for each image and each caption, in the pack's
// order; a row holds the embeddings of all teachers one after the other. "teacher" in pack.json says whose they are.
// Diagonals that know none of it read the rest of the pack.

inline constexpr const char* kTeacherImages = "teacher-images.bin";
inline constexpr const char* kTeacherTexts = "teacher-texts.bin";
inline constexpr int kTeacherVersion = 1;

/// Numbers in a row.
size_t teacherWidth(const std::vector<Teacher>& teachers);

/// "teacher" of pack.json, and back. Throws Error naming `source`. None and a note: they are of a later version.
nlohmann::ordered_json teachersJson(const std::vector<Teacher>& teachers);
std::vector<Teacher> teachersFromJson(const nlohmann::json& head, const std::string& source, std::string& note);

/// Whether each teacher's part of a row is a direction: numbers, of unit length but for what float16 loses.
bool areUnitRows(std::span<const uint16_t> row, const std::vector<Teacher>& teachers);

/// Throws Error where a row of an image or of its captions is none of areUnitRows.
void checkTeacherRows(const Dataset& dataset, size_t index);

/// The rows of an image and of one of its captions, [2, width]. Throws Error as checkTeacherRows does.
std::vector<uint16_t> teacherRows(const Dataset& dataset, size_t index, size_t caption);

/// The rows of a pack, read where they lie.
class TeacherFiles {
  public:
    /// Throws Error naming the file that is missing or has another size.
    TeacherFiles(const std::filesystem::path& folder, size_t width, size_t images, size_t captions);

    std::span<const uint16_t> image(size_t i) const { return row(m_images, i); }
    std::span<const uint16_t> text(size_t i) const { return row(m_texts, i); }

  private:
    std::span<const uint16_t> row(const MappedFile& file, size_t i) const {
        return {reinterpret_cast<const uint16_t*>(file.bytes().data()) + i * m_width, m_width};
    }

    size_t m_width;
    MappedFile m_images, m_texts;
};

}  // namespace diagonal
