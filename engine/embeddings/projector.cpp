// SPDX-License-Identifier: Apache-2.0
#include "engine/embeddings/projector.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <span>

#include "engine/base/file.h"
#include "engine/base/new_folder.h"
#include "engine/base/text.h"
#include "engine/image/png.h"
#include "engine/image/preprocess.h"
#include "engine/inference/export.h"
#include "engine/text/unicode.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr int kLargestSheet = 8192, kLargestTile = 64;
constexpr const char* kTensorName = "embeddings";

/// A cell of a table of tabs, which knows no quotes.
std::string tsvCell(std::string_view text) {
    std::string cell = repairUtf8(std::string(text));
    std::ranges::replace_if(
        cell, [](char c) { return c == '\t' || c == '\n' || c == '\r'; }, ' ');
    return cell;
}

void writeConfigs(const fs::path& folder, int64_t rows, int64_t dim, int tile) {
    nlohmann::ordered_json tensor = {{"tensorName", kTensorName},
                                     {"tensorShape", {rows, dim}},
                                     {"tensorPath", "tensors.tsv"},
                                     {"metadataPath", "metadata.tsv"}};
    std::string text = "embeddings {\n  tensor_name: \"" + std::string(kTensorName) +
                       "\"\n  tensor_path: \"tensors.tsv\"\n  metadata_path: \"metadata.tsv\"\n";
    if (tile > 0) {
        tensor["sprite"] = {{"imagePath", "sprite.png"}, {"singleImageDim", {tile, tile}}};
        const std::string side = "    single_image_dim: " + std::to_string(tile) + "\n";
        text += "  sprite {\n    image_path: \"sprite.png\"\n" + side + side + "  }\n";
    }
    writeFile(folder / "projector_config.json", nlohmann::ordered_json{{"embeddings", {tensor}}}.dump(2) + "\n");
    writeFile(folder / "projector_config.pbtxt", text + "}\n");
}

}  // namespace

SpriteSheet::SpriteSheet(int64_t tiles) : m_tiles(tiles) {
    if (tiles <= 0 || tiles > kMostTiles) return;
    m_columns = static_cast<int>(std::ceil(std::sqrt(static_cast<double>(tiles))));
    m_tile = std::min(kLargestTile, kLargestSheet / m_columns);
    const int rows = static_cast<int>((tiles + m_columns - 1) / m_columns);
    m_sheet.width = m_columns * m_tile;
    m_sheet.height = rows * m_tile;
    m_sheet.rgb.assign(static_cast<size_t>(m_sheet.width) * static_cast<size_t>(m_sheet.height) * 3, 255);
}

void SpriteSheet::add(const Image& picture) {
    if (m_tile == 0 || m_next == m_tiles) return;
    const int64_t place = m_next++;
    if (picture.isEmpty()) return;
    PreprocessConfig config;
    config.width = config.height = m_tile;
    const Image tile = resizeAndCrop(picture, config);
    const auto rowBytes = static_cast<size_t>(m_tile) * 3;
    const auto left = static_cast<size_t>(place % m_columns) * rowBytes;
    const auto top = static_cast<size_t>(place / m_columns) * static_cast<size_t>(m_tile);
    for (size_t y = 0; y < static_cast<size_t>(m_tile); ++y)
        std::copy_n(tile.rgb.data() + y * rowBytes, rowBytes,
                    m_sheet.rgb.data() + (top + y) * static_cast<size_t>(m_sheet.width) * 3 + left);
}

bool isProjector(const fs::path& folder) {
    const fs::path name = folder.has_filename() ? folder : folder.parent_path();
    return lowered(name.extension().string()) == ".projector";
}

void writeProjector(const fs::path& folder, const EmbeddingRows& rows, const SpriteSheet* sprite,
                    const JobContext& job) {
    constexpr int64_t kRowsBetweenReports = 1024;
    NewFolder target(folder);
    AtomicFile tensors(target.path() / "tensors.tsv"), metadata(target.path() / "metadata.tsv");
    if (!rows.columns().empty()) {
        std::string head = "path";
        for (const std::string& column : rows.columns())
            head += "\t" + tsvCell(column);
        metadata.write(head + "\n");
    }
    int64_t done = 0, written = 0;
    rows.forEach([&](const EmbeddingRow& row) {
        if (++done % kRowsBetweenReports == 0) {
            job.throwIfStopped();
            job.progress(done, rows.count());
        }
        if (row.values.empty() || std::isnan(row.values.front())) return;
        ++written;
        std::string line;
        for (const float value : row.values)
            line += (line.empty() ? "" : "\t") + csvNumber(value);
        tensors.write(line + "\n");
        line = tsvCell(row.name);
        for (const std::string& cell : row.more)
            line += "\t" + tsvCell(cell);
        metadata.write(line + "\n");
    });
    tensors.commit();
    metadata.commit();
    const int tile = sprite == nullptr ? 0 : sprite->tile();
    if (tile > 0) {
        const std::vector<uint8_t> png = encodePng(sprite->image());
        writeFile(target.path() / "sprite.png", {reinterpret_cast<const char*>(png.data()), png.size()});
    }
    writeConfigs(target.path(), written, rows.dim(), tile);
    target.commit();
}

}  // namespace diagonal
