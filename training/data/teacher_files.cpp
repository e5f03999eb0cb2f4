// SPDX-License-Identifier: Apache-2.0
#include "training/data/teacher_files.h"

#include <c10/util/Half.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/json_reader.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr int kMostNumbers = 1 << 16;  ///< of one teacher's embedding
constexpr size_t kMostTeachers = 16;
constexpr const char* kMakeAgain = "Make the pack again with dataset pack --teacher";

void requireRows(const fs::path& path, const MappedFile& file, size_t rows, size_t width) {
    const size_t needed = rows * width * sizeof(uint16_t), bytes = file.bytes().size();
    if (bytes == needed) return;
    throw Error(displayName(path),
                "it has " + std::to_string(bytes) + " bytes, " + std::to_string(needed) + " are needed", kMakeAgain);
}

}  // namespace

size_t teacherWidth(const std::vector<Teacher>& teachers) {
    size_t width = 0;
    for (const Teacher& teacher : teachers)
        width += static_cast<size_t>(teacher.dim);
    return width;
}

nlohmann::ordered_json teachersJson(const std::vector<Teacher>& teachers) {
    nlohmann::ordered_json models = nlohmann::ordered_json::array();
    for (const Teacher& teacher : teachers)
        models.push_back({{"name", teacher.name},
                          {"identity", teacher.identity},
                          {"dim", teacher.dim},
                          {"logit_scale", teacher.logitScale}});
    return {{"version", kTeacherVersion}, {"dtype", "float16"}, {"models", models}};
}

std::vector<Teacher> teachersFromJson(const nlohmann::json& head, const std::string& source, std::string& note) {
    const JsonReader pack(head, source, "pack");
    if (!pack.has("teacher")) return {};
    const JsonReader reader = pack.object("teacher");
    const int version = reader.required("version", 1, INT32_MAX);
    if (version > kTeacherVersion) {
        note = "the teacher's embeddings are not used: they are of version " + std::to_string(version) + ", only " +
               std::to_string(kTeacherVersion) + " can be read";
        return {};
    }
    if (reader.text("dtype", "") != "float16") throw reader.bad("dtype", "must be float16");
    const nlohmann::json& models = reader.member("models");
    if (!models.is_array() || models.empty() || models.size() > kMostTeachers)
        throw reader.bad("models", "must be a list of 1 to " + std::to_string(kMostTeachers));
    std::vector<Teacher> teachers;
    for (const nlohmann::json& model : models) {
        if (!model.is_object()) throw reader.bad("models", "must be a list of objects");
        const JsonReader one(model, source, "teacher");
        Teacher teacher{one.text("name", ""), one.text("identity", ""), one.required("dim", 1, kMostNumbers),
                        one.number("logit_scale", 0, 0, 1e6)};
        if (!(teacher.logitScale > 0)) throw one.bad("logit_scale", "must be there and above 0");
        teachers.push_back(std::move(teacher));
    }
    return teachers;
}

bool areUnitRows(std::span<const uint16_t> row, const std::vector<Teacher>& teachers) {
    constexpr float kTolerance = 1e-2F;
    size_t at = 0;
    for (const Teacher& teacher : teachers) {
        float length = 0;
        for (const size_t end = at + static_cast<size_t>(teacher.dim); at < end; ++at) {
            const float value = c10::Half(row[at], c10::Half::from_bits());
            length += value * value;
        }
        if (!(std::abs(length - 1) < kTolerance)) return false;  // nor is NaN
    }
    return true;
}

namespace {

void requireUnitRows(const Dataset& dataset, size_t index, std::span<const uint16_t> row) {
    if (areUnitRows(row, dataset.teachers())) return;
    throw Error(displayName(dataset.name(index)),
                "the teacher's embedding of it or of its caption is not of unit length", kMakeAgain);
}

}  // namespace

void checkTeacherRows(const Dataset& dataset, size_t index) {
    requireUnitRows(dataset, index, dataset.teacherImage(index));
    for (size_t k = 0; k < dataset.captionCount(index); ++k)
        requireUnitRows(dataset, index, dataset.teacherText(index, k));
}

std::vector<uint16_t> teacherRows(const Dataset& dataset, size_t index, size_t caption) {
    std::vector<uint16_t> rows;
    for (const std::span<const uint16_t> row : {dataset.teacherImage(index), dataset.teacherText(index, caption)}) {
        requireUnitRows(dataset, index, row);
        rows.insert(rows.end(), row.begin(), row.end());
    }
    return rows;
}

TeacherFiles::TeacherFiles(const fs::path& folder, size_t width, size_t images, size_t captions)
    : m_width(width), m_images(folder / kTeacherImages), m_texts(folder / kTeacherTexts) {
    requireRows(folder / kTeacherImages, m_images, images, width);
    requireRows(folder / kTeacherTexts, m_texts, captions, width);
}

}  // namespace diagonal
