// SPDX-License-Identifier: Apache-2.0
#include "training/data/pack_writer.h"

#include <zlib.h>

#include <algorithm>
#include <future>
#include <new>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/new_folder.h"
#include "engine/hub/sha256.h"
#include "engine/image/preprocess.h"
#include "engine/text/tokenizer_fingerprint.h"
#include "training/data/pack_format.h"
#include "training/data/parallel.h"
#include "training/data/teacher_files.h"
#include "training/data/teacher_writer.h"

namespace diagonal {

namespace fs = std::filesystem;
using OrderedJson = nlohmann::ordered_json;

namespace {

constexpr size_t kImagesAtOnce = 64;  ///< images that are in memory at once
constexpr size_t kProbes = 32;        ///< images by which the size of all is estimated

/// An image with all that is kept of it.
struct Packed {
    Image image;
    uint32_t checksum = 0;
    std::vector<std::vector<int64_t>> ids;  ///< of each caption
    TaughtImage taught;                     ///< where there are teachers
    std::string failure;
};

Image shrunk(Image image, int size) {
    const int shorter = std::min(image.width, image.height);
    if (shorter <= size) return image;
    // As torchvision: the longer side is rounded down.
    const auto side = [&](int pixels) { return static_cast<int>(static_cast<int64_t>(pixels) * size / shorter); };
    return resize(image, side(image.width), side(image.height), Interpolation::Bicubic);
}

Packed makePacked(const Dataset& dataset, size_t index, const PackOptions& options, const TeacherWriter* teachers) {
    Packed packed;
    try {
        Image image = dataset.image(index);
        if (teachers != nullptr) packed.taught.views = teachers->views(image);
        packed.image = shrunk(std::move(image), options.size);
    } catch (const Error& error) {
        packed.failure = displayName(dataset.name(index)) + ": " + error.problem();
        return packed;
    } catch (const std::bad_alloc&) {
        packed.failure = displayName(dataset.name(index)) + ": too large for the memory";
        return packed;
    }
    packed.checksum = static_cast<uint32_t>(crc32_z(0, packed.image.rgb.data(), packed.image.rgb.size()));
    for (size_t k = 0; k < dataset.captionCount(index); ++k)
        packed.ids.push_back(options.tokenizer->encode(dataset.caption(index, k)));
    return packed;
}

void add(PackIndex& index, const Dataset& dataset, size_t image, const Packed& packed) {
    const auto size = static_cast<int64_t>(packed.image.rgb.size());
    index.imageOffsets.push_back(index.imageOffsets.back() + size);
    index.checksums.push_back(packed.checksum);
    index.sizes.insert(index.sizes.end(), {packed.image.width, packed.image.height});
    index.labels.push_back(dataset.label(image));
    index.splits += static_cast<char>(dataset.split(image));
    index.names += dataset.name(image);
    index.nameOffsets.push_back(static_cast<int64_t>(index.names.size()));
    for (size_t i = 0; i < packed.ids.size(); ++i) {
        index.captions += dataset.caption(image, i);
        index.captionOffsets.push_back(static_cast<int64_t>(index.captions.size()));
        for (const int64_t id : packed.ids[i])
            index.tokens.push_back(static_cast<int32_t>(id));
        index.tokenOffsets.push_back(static_cast<int64_t>(index.tokens.size()));
    }
    index.firstCaptions.push_back(index.firstCaptions.back() + static_cast<int64_t>(packed.ids.size()));
}

/// Throws when the pixels would not fit on the disk, going by a few images from all over the data.
void requireRoom(const Dataset& dataset, const fs::path& folder, const PackOptions& options, size_t teacherWidth,
                 const JobContext& job) {
    const size_t count = std::min(kProbes, dataset.size());
    std::vector<double> sizes(count);
    parallelFor(count, decodingThreads(), [&](size_t i) {
        job.throwIfStopped();
        const Packed packed = makePacked(dataset, i * dataset.size() / count, options, nullptr);
        size_t tokens = 0;
        for (const auto& ids : packed.ids)
            tokens += ids.size();
        sizes[i] = static_cast<double>(packed.image.rgb.size() + tokens * sizeof(int32_t) +
                                       (1 + packed.ids.size()) * teacherWidth * sizeof(uint16_t));
    });
    double needed = 0;
    for (const double size : sizes)
        needed += size / static_cast<double>(count) * static_cast<double>(dataset.size());
    std::error_code failure;
    const fs::space_info space = fs::space(folder, failure);
    if (failure || static_cast<double>(space.available) > needed * 1.05) return;
    const auto megabytes = [](double bytes) { return std::to_string(static_cast<uint64_t>(bytes / 1e6)) + " MB"; };
    throw Error(displayName(folder.parent_path()),
                "the pack needs about " + megabytes(needed) + ", and " +
                    megabytes(static_cast<double>(space.available)) + " are free",
                "Free some space, give another disk, or a smaller --size");
}

/// Writes the tokenizer's files and makes sure that they give the same ids. Returns its fingerprint.
std::string keepTokenizer(const PackOptions& options, const fs::path& folder) {
    std::error_code failure;
    fs::create_directory(folder, failure);
    options.tokenizer->save(folder);
    const std::string fingerprint = tokenizerFingerprint(*options.tokenizer);
    if (tokenizerFingerprint(*loadTokenizer(folder, options.tokenizerConfig)) != fingerprint)
        throw Error("tokenizer",
                    "read from its own files this " + options.tokenizer->kind() +
                        " tokenizer gives other ids, so they cannot be kept",
                    "Pack with another --model or --tokenizer");
    return fingerprint;
}

/// Writes the index and returns its bytes and hash for pack.json.
OrderedJson writeIndex(const PackIndex& index, const fs::path& path) {
    std::string header;
    Sha256 hash;
    uint64_t bytes = 0;
    AtomicFile file(path);
    for (const std::string_view piece : packIndexPieces(index, header)) {
        file.write(piece);
        hash.add(piece.data(), piece.size());
        bytes += piece.size();
    }
    file.commit();
    return {{"bytes", bytes}, {"sha256", hash.digits()}};
}

OrderedJson tokenizerJson(const PackOptions& options, const std::string& fingerprint) {
    const TokenizerConfig& config = options.tokenizerConfig;
    return {{"kind", options.tokenizer->kind()},        {"fingerprint", fingerprint},
            {"vocabulary_size", config.vocabularySize}, {"context_length", config.contextLength},
            {"cleaning", nameOf(config.cleaning)},      {"pad_to_context", config.padToContext}};
}

/// Images from `begin` on, with what the teachers make of them.
std::vector<Packed> makeChunk(const Dataset& dataset, size_t begin, const PackOptions& options,
                              const TeacherWriter* teachers, const JobContext& job) {
    std::vector<Packed> chunk(std::min(kImagesAtOnce, dataset.size() - begin));
    parallelFor(chunk.size(), decodingThreads(), [&](size_t i) {
        job.throwIfStopped();
        chunk[i] = makePacked(dataset, begin + i, options, teachers);
    });
    return chunk;
}

void teachChunk(std::vector<Packed>& chunk, const Dataset& dataset, size_t begin, TeacherWriter& teachers,
                const JobContext& job) {
    std::vector<TaughtImage*> images;
    std::vector<size_t> numbers;
    for (size_t i = 0; i < chunk.size(); ++i) {
        if (!chunk[i].failure.empty()) continue;
        images.push_back(&chunk[i].taught);
        numbers.push_back(begin + i);
    }
    teachers.teach(images, numbers, job);
    for (size_t i = 0; i < chunk.size(); ++i)
        if (chunk[i].failure.empty() && !teachers.isSound(chunk[i].taught))
            chunk[i].failure = displayName(dataset.name(begin + i)) + ": what a teacher makes of it is not a number";
}

}  // namespace

PackResult packDataset(const Dataset& dataset, const fs::path& out, const PackOptions& options, const JobContext& job) {
    NewFolder folder(out);
    const auto total = static_cast<int64_t>(dataset.size());
    job.progress(0, total);
    std::optional<TeacherWriter> teachers;
    if (!options.teachers.empty() || !dataset.teachers().empty())
        teachers.emplace(dataset, options.teachers, folder.path());
    PackResult result;
    if (teachers) result.teachers = teachers->teachers();
    requireRoom(dataset, folder.path(), options, teacherWidth(result.teachers), job);
    const std::string fingerprint = keepTokenizer(options, folder.path() / kPackTokenizer);
    PackIndex index;
    AtomicFile pixels(folder.path() / kPackPixels);
    // The next chunk is decoded while the teachers compute.
    const auto beginChunk = [&](size_t begin) {
        const auto launch = options.teachers.empty() ? std::launch::deferred : std::launch::async;
        return std::async(launch, makeChunk, std::cref(dataset), begin, std::cref(options),
                          teachers ? &*teachers : nullptr, std::cref(job));
    };
    std::future<std::vector<Packed>> next = beginChunk(0);
    for (size_t begin = 0; begin < dataset.size(); begin += kImagesAtOnce) {
        std::vector<Packed> chunk = next.get();
        if (begin + kImagesAtOnce < dataset.size()) next = beginChunk(begin + kImagesAtOnce);
        if (teachers) teachChunk(chunk, dataset, begin, *teachers, job);
        for (size_t i = 0; i < chunk.size(); ++i) {
            if (!chunk[i].failure.empty()) {
                result.failures.push_back(std::move(chunk[i].failure));
                continue;
            }
            add(index, dataset, begin + i, chunk[i]);
            pixels.write(chunk[i].image.rgb.data(), chunk[i].image.rgb.size());
            if (teachers) teachers->write(chunk[i].taught);
        }
        job.progress(static_cast<int64_t>(begin + chunk.size()), total);
    }
    result.images = index.labels.size();
    if (result.images == 0)
        throw Error("data", "no image can be read; the first failure: " +
                                (result.failures.empty() ? std::string("there is none") : result.failures.front()));
    pixels.commit();
    if (teachers) teachers->commit();
    result.captions = index.captionOffsets.size() - 1;
    result.tokens = index.tokens.size();
    result.bytes = static_cast<uint64_t>(index.imageOffsets.back());
    OrderedJson head = {{"format", kPackFormat},
                        {"version", kPackVersion},
                        {"kind", dataset.kind()},
                        {"images", result.images},
                        {"captions", result.captions},
                        {"size", options.size},
                        {"pixels", {{"bytes", result.bytes}}},
                        {"index", writeIndex(index, folder.path() / kPackIndex)},
                        {"labels", dataset.labels()},
                        {"prompt_template", dataset.promptTemplate()},
                        {"augmentation", dataset.supportsAugmentation()},
                        {"tokenizer", tokenizerJson(options, fingerprint)}};
    if (teachers) head["teacher"] = teachersJson(result.teachers);
    writeFile(folder.path() / kPackFile, head.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n");
    folder.commit();
    return result;
}

}  // namespace diagonal
