// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_set>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/text/tokenizer.h"
#include "training/data/caption_numbers.h"
#include "training/data/content_hash.h"
#include "training/data/dataset.h"
#include "training/data/file_dataset.h"
#include "training/data/parallel.h"

namespace diagonal {

namespace {

constexpr size_t kMostWords = 100;  ///< captions with more count as with this many

/// Number of words between white space; adds each without case and punctuation at its ends to `different`.
size_t countWords(std::string_view text, std::unordered_set<std::string>& different) {
    constexpr std::string_view kSpace = " \t\r\n", kMarks = ".,;:!?\"'()[]";
    size_t words = 0, at = 0;
    while ((at = text.find_first_not_of(kSpace, at)) != std::string_view::npos) {
        const size_t end = std::min(text.find_first_of(kSpace, at), text.size());
        std::string_view word = text.substr(at, end - at);
        at = end;
        ++words;
        const size_t first = word.find_first_not_of(kMarks);
        if (first == std::string_view::npos) continue;
        word = word.substr(first, word.find_last_not_of(kMarks) - first + 1);
        different.insert(lowered(word));
    }
    return words;
}

void countCaptions(const Dataset& dataset, DatasetSummary& summary, const JobContext& job) {
    const CaptionNumbers numbers(dataset, job.stop);
    std::vector<uint8_t> images(numbers.end());  // that show a caption; 2: or more
    std::vector<uint8_t> bins(numbers.end());    // 1 + words, 0: not counted yet
    std::unordered_set<std::string> different;
    for (size_t i = 0; i < dataset.size(); ++i) {
        if (i % 4096 == 0) job.throwIfStopped();
        const std::span<const uint32_t> captions = numbers[i];
        for (size_t k = 0; k < captions.size(); ++k) {
            uint8_t& bin = bins[captions[k]];
            if (bin == 0)
                bin = static_cast<uint8_t>(1 + std::min(countWords(dataset.caption(i, k), different), kMostWords));
            if (summary.captionLengths.size() < bin) summary.captionLengths.resize(bin);
            ++summary.captionLengths[bin - 1U];
            images[captions[k]] = static_cast<uint8_t>(std::min(images[captions[k]] + 1, 2));
        }
        summary.captions += captions.size();
    }
    summary.words = different.size();
    summary.duplicateCaptions = static_cast<size_t>(std::ranges::count(images, 2));
}

/// Counts the splits, and shows a few images of each.
void countSplits(const Dataset& dataset, DatasetSummary& summary) {
    constexpr size_t kRows = 3;
    std::array<std::vector<uint32_t>, 4> bySplit;
    for (size_t i = 0; i < dataset.size(); ++i)
        bySplit[static_cast<size_t>(dataset.split(i))].push_back(static_cast<uint32_t>(i));
    const auto of = [&](Split split) -> const std::vector<uint32_t>& { return bySplit[static_cast<size_t>(split)]; };
    summary.train = of(Split::Train).size();
    summary.validation = of(Split::Validation).size();
    summary.test = of(Split::Test).size();
    summary.unassigned = of(Split::All).size();
    for (const Split split : {Split::Train, Split::Validation, Split::Test, Split::All}) {
        const std::vector<uint32_t>& images = of(split);
        const size_t rows = std::min(kRows, images.size());
        for (size_t row = 0; row < rows; ++row) {
            const size_t image = images[(2 * row + 1) * images.size() / (2 * rows)];
            const bool hasCaption = dataset.captionCount(image) > 0;
            summary.samples.push_back(
                {split, displayName(dataset.name(image)), std::string(hasCaption ? dataset.caption(image, 0) : "")});
        }
    }
}

/// What checking one image came to.
struct Checked {
    std::optional<uint64_t> hash;
    std::string failure;
};

Checked check(const Dataset& dataset, size_t index) {
    Checked checked;
    try {
        const std::vector<uint8_t> bytes = dataset.bytes(index);
        if (bytes.empty() && dataset.file(index).empty()) return checked;  // drawn
        (void)dataset.image(index, 1);
        checked.hash = contentHash(bytes);
    } catch (const Error& error) {
        checked.failure = displayName(dataset.name(index)) + ": " + error.problem();
    } catch (const std::bad_alloc&) {
        checked.failure = displayName(dataset.name(index)) + ": too large for the memory";
    }
    return checked;
}

void checkImages(const Dataset& dataset, DatasetSummary& summary, const JobContext& job) {
    constexpr size_t kChunk = 256;
    std::unordered_set<uint64_t> seen;
    const auto total = static_cast<int64_t>(dataset.size());
    job.progress(0, total);
    std::vector<Checked> chunk;
    for (size_t begin = 0; begin < dataset.size(); begin += chunk.size()) {
        chunk.assign(std::min(kChunk, dataset.size() - begin), {});
        parallelFor(chunk.size(), decodingThreads(), [&](size_t i) {
            job.throwIfStopped();
            chunk[i] = check(dataset, begin + i);
        });
        for (Checked& image : chunk) {
            if (!image.failure.empty()) summary.unreadable.push_back(std::move(image.failure));
            if (image.hash && !seen.insert(*image.hash).second) ++summary.duplicateImages;
        }
        job.progress(static_cast<int64_t>(begin + chunk.size()), total);
    }
}

}  // namespace

DatasetSummary summarize(const std::string& spec, const DatasetOptions& options, bool readImages,
                         const JobContext& job) {
    DatasetOptions opening = options;
    opening.opening.stop = job.stop;
    const auto dataset = openDataset(spec, opening);
    DatasetSummary summary;
    summary.kind = dataset->kind();
    summary.images = dataset->size();
    summary.missing = dataset->missing();
    summary.warnings = dataset->warnings();
    summary.labels = dataset->labels();
    if (const auto tokenizer = dataset->tokenizer())
        summary.tokenizer = tokenizer->kind() + ", " + std::to_string(tokenizer->vocabularySize()) + " tokens";
    summary.teachers = dataset->teachers();
    countCaptions(*dataset, summary, job);
    countSplits(*dataset, summary);
    if (readImages) checkImages(*dataset, summary, job);
    return summary;
}

}  // namespace diagonal
