// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/model_report.h"

#include <torch/types.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/checkpoint/config_json.h"
#include "engine/checkpoint/model_folder.h"
#include "engine/checkpoint/model_source.h"
#include "engine/hub/sha256.h"
#include "engine/parts/cost.h"
#include "engine/parts/weights.h"

namespace diagonal {

namespace fs = std::filesystem;

namespace {

std::string shapeText(const std::vector<int64_t>& shape) {
    std::string text;
    for (const int64_t size : shape)
        text += (text.empty() ? "" : " × ") + std::to_string(size);
    return text.empty() ? "scalar" : text;
}

void add(ModelPart& tree, const TensorInfo& tensor) {
    ModelPart* part = &tree;
    std::string_view rest = tensor.name;
    while (!rest.empty()) {
        const size_t dot = rest.find('.');
        const std::string name(rest.substr(0, dot));
        rest = dot == std::string_view::npos ? "" : rest.substr(dot + 1);
        auto found = std::find_if(part->parts.begin(), part->parts.end(),
                                  [&](const ModelPart& child) { return child.name == name; });
        if (found == part->parts.end()) found = part->parts.insert(part->parts.end(), ModelPart{name, "", "", 0, {}});
        part = &*found;
    }
    part->shape = shapeText(tensor.shape);
    part->dtype = tensor.dtype;
    part->parameters = isStatistic(tensor.name) ? 0 : 1;
    for (const int64_t size : tensor.shape)
        part->parameters *= size;
}

bool sameShapes(const ModelPart& a, const ModelPart& b) {
    return a.shape == b.shape && a.dtype == b.dtype &&
           std::equal(a.parts.begin(), a.parts.end(), b.parts.begin(), b.parts.end(),
                      [](const ModelPart& x, const ModelPart& y) { return x.name == y.name && sameShapes(x, y); });
}

bool isNumber(const std::string& name) {
    return !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
}

int64_t sumUp(ModelPart& part) {
    if (part.parts.empty()) return part.parameters;
    part.parameters = 0;
    for (auto& child : part.parts)
        part.parameters += sumUp(child);
    return part.parameters;
}

void multiply(ModelPart& part, int64_t times) {
    part.parameters *= times;
    for (auto& child : part.parts)
        multiply(child, times);
}

/// Numbered parts in the order of their numbers; neighbours with equal shapes become one, "0–11".
void foldBlocks(ModelPart& part) {
    for (auto& child : part.parts)
        foldBlocks(child);
    if (part.parts.empty() ||
        !std::all_of(part.parts.begin(), part.parts.end(), [](const ModelPart& child) { return isNumber(child.name); }))
        return;
    std::sort(part.parts.begin(), part.parts.end(), [](const ModelPart& a, const ModelPart& b) {
        return a.name.size() != b.name.size() ? a.name.size() < b.name.size() : a.name < b.name;
    });
    std::vector<ModelPart> folded;
    for (size_t first = 0; first < part.parts.size();) {
        size_t end = first + 1;
        while (end < part.parts.size() && sameShapes(part.parts[first], part.parts[end]))
            ++end;
        ModelPart block = part.parts[first];
        if (end - first > 1) block.name += "–" + part.parts[end - 1].name;
        multiply(block, static_cast<int64_t>(end - first));
        folded.push_back(std::move(block));
        first = end;
    }
    part.parts = std::move(folded);
}

}  // namespace

ModelReport reportOf(const fs::path& path, const ModelHints& hints) {
    ModelReport report;
    ClipConfig clip;
    report.info = readModelInfo(path, {.writable = false, .imageSize = {}, .hints = hints, .job = {}}, &clip);
    report.summary = describeArchitecture(clip);
    const Cost cost = costOf(clip);
    report.imageParameters = cost.imageParameters;
    report.textParameters = cost.textParameters;
    report.imageFlops = cost.imageFlops;
    report.textFlops = cost.textFlops;
    for (const auto& file : report.info.files) {
        report.fileBytes.push_back(fs::file_size(file));
        report.bytes += report.fileBytes.back();
    }
    report.tree.name = report.info.name;
    for (const auto& tensor : report.info.tensors)
        add(report.tree, tensor);
    sumUp(report.tree);
    foldBlocks(report.tree);
    return report;
}

std::vector<FileHash> hashesOf(const ModelInfo& info, const JobContext& job) {
    constexpr size_t kChunk = size_t{8} << 20;
    int64_t total = 0, done = 0;
    for (const auto& file : info.files)
        total += static_cast<int64_t>(fs::file_size(file));
    std::vector<FileHash> hashes;
    for (const auto& file : info.files) {
        const MappedFile mapped(file);
        const auto bytes = mapped.bytes();
        Sha256 hash;
        for (size_t begin = 0; begin < bytes.size(); begin += kChunk) {
            job.throwIfStopped();
            job.progress(done, total);
            const auto chunk = bytes.subspan(begin, std::min(kChunk, bytes.size() - begin));
            hash.add(chunk.data(), chunk.size());
            mapped.release(chunk.data(), chunk.size());
            done += static_cast<int64_t>(chunk.size());
        }
        hashes.push_back({file, bytes.size(), hash.digits()});
    }
    job.progress(total, total);
    return hashes;
}

}  // namespace diagonal
