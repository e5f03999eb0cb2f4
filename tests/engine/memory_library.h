// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <c10/util/Half.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "engine/index/snapshot.h"

namespace diagonal {

/// A library in memory, for tests and benchmarks.
class MemoryLibrary {
  public:
    explicit MemoryLibrary(int64_t dim, RowType type = RowType::Float16) {
        m_snapshot->model = {"test", "test", "test", dim};
        m_snapshot->type = type;
        m_snapshot->formats = {"JPEG", "PNG", "MP4"};
        m_snapshot->cameras = {"", "NIKON D90", "Canon EOS"};
        m_snapshot->sources = {{1, "/photos", false}, {2, "/other", false}};
    }

    /// A file without rows, to be changed.
    LibraryFile& addFile(const std::string& path = {}, MediaKind kind = MediaKind::Picture) {
        LibraryFile file;
        file.id = static_cast<int64_t>(m_snapshot->files.size()) + 1;
        file.source = 1;
        file.kind = kind;
        file.width = 500;
        file.height = 400;
        m_snapshot->paths.add(std::string_view(path.empty() ? "/photos/" + std::to_string(file.id) + ".jpg" : path));
        m_snapshot->files.push_back(file);
        return m_snapshot->files.back();
    }

    /// A row of the newest file.
    int64_t addRow(const std::vector<float>& values, int32_t time = 0, int32_t start = 0, int32_t stop = 0,
                   uint16_t patch = 0) {
        const auto file = static_cast<int32_t>(m_snapshot->files.size()) - 1;
        m_snapshot->rows.push_back({file, time, start, stop, patch});
        for (const float value : values) {
            const c10::Half half(value);
            if (m_snapshot->type == RowType::Float16)
                append(&half.x, sizeof half.x);
            else
                append(&value, sizeof value);
        }
        return static_cast<int64_t>(m_snapshot->rows.size()) - 1;
    }

    int64_t addPicture(const std::vector<float>& values) {
        addFile();
        return addRow(values);
    }

    Snapshot& change() { return *m_snapshot; }
    std::shared_ptr<const Snapshot> snapshot() {
        m_snapshot->vectors = *m_bytes;
        m_snapshot->memory = m_bytes;
        return m_snapshot;
    }

  private:
    void append(const void* data, size_t size) {
        const auto* const bytes = static_cast<const std::byte*>(data);
        m_bytes->insert(m_bytes->end(), bytes, bytes + size);
    }

    std::shared_ptr<Snapshot> m_snapshot = std::make_shared<Snapshot>();
    std::shared_ptr<std::vector<std::byte>> m_bytes = std::make_shared<std::vector<std::byte>>();
};

/// Random directions that have something in common, as a model's embeddings do.
class Directions {
  public:
    Directions(size_t dim, unsigned seed) : m_random(seed), m_common(draw(dim)) {}

    std::vector<float> next() { return unit(sum(draw(m_common.size()), m_common, 1)); }
    /// One that is near to another: share 1 is the same one.
    std::vector<float> near(const std::vector<float>& other, float share) {
        return unit(sum(next(), other, share / (1 - share)));
    }
    static std::vector<float> unit(std::vector<float> values) {
        float square = 0;
        for (const float value : values)
            square += value * value;
        for (float& value : values)
            value /= std::sqrt(square);
        return values;
    }
    static std::vector<float> sum(std::vector<float> a, const std::vector<float>& b, float weight) {
        for (size_t i = 0; i < a.size(); ++i)
            a[i] += weight * b[i];
        return a;
    }

  private:
    std::vector<float> draw(size_t dim) {
        std::vector<float> values(dim);
        for (float& value : values)
            value = m_normal(m_random);
        return values;
    }

    std::mt19937 m_random;
    std::normal_distribution<float> m_normal;
    std::vector<float> m_common;
};

}  // namespace diagonal
