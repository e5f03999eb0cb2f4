// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/model_identity.h"

#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/checkpoint/model_notes.h"
#include "engine/hub/sha256.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

constexpr size_t kWhole = 16 << 20, kBlock = 4096, kBlocks = 256;

void addText(Sha256& hash, const std::string& text) {
    const uint64_t size = text.size();
    hash.add(&size, sizeof size);
    hash.add(text.data(), text.size());
}

void addFile(Sha256& hash, const fs::path& file) {
    const MappedFile content(file);
    const auto bytes = content.bytes();
    addText(hash, file.filename().native());
    addText(hash, std::to_string(bytes.size()));
    if (bytes.size() <= kWhole) {
        hash.add(bytes.data(), bytes.size());
        return;
    }
    struct stat status = {};
    if (::stat(file.c_str(), &status) == 0)
        addText(hash, std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec));
    for (size_t i = 0; i < kBlocks; ++i)
        hash.add(bytes.data() + (bytes.size() - kBlock) / (kBlocks - 1) * i, kBlock);
    hash.add(bytes.data() + bytes.size() - kBlock, kBlock);
}

/// A fitted temperature changes no embedding: the notes count as they were without it.
void addNotes(Sha256& hash, const fs::path& file) {
    const auto text = notesWithoutTemperature(readText(file));
    if (!text) return;
    addText(hash, file.filename().native());
    addText(hash, std::to_string(text->size()));
    hash.add(text->data(), text->size());
}

}  // namespace

std::string modelIdentity(const ModelInfo& info) {
    std::set<fs::path> files(info.files.begin(), info.files.end());
    std::error_code error;
    if (fs::is_directory(info.path, error))
        for (const auto& entry : fs::directory_iterator(info.path, error))
            if (entry.is_regular_file(error)) files.insert(entry.path());
    Sha256 hash;
    for (const auto& file : files)
        if (isNotesOf(info.path, file) && fs::file_size(file, error) <= kWhole)
            addNotes(hash, file);
        else
            addFile(hash, file);
    // What was found out beside the files: a preset's name and activation, say.
    for (const auto& text : {info.format, info.architecture, info.activation, info.preprocessing})
        addText(hash, text);
    addText(hash, std::to_string(info.imageSize));
    return hash.digits();
}

}  // namespace diagonal
