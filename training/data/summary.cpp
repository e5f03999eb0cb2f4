// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "training/data/dataset.h"
#include "training/data/file_dataset.h"
#include "training/data/random.h"

namespace diagonal {

namespace {

constexpr size_t kLongestCaption = 100;  ///< words; longer ones count as this many

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

uint64_t contentHash(const std::vector<uint8_t>& bytes) {
    return seedOf(std::hash<std::string_view>{}({reinterpret_cast<const char*>(bytes.data()), bytes.size()}),
                  bytes.size());
}

void countCaptions(const Dataset& dataset, DatasetSummary& summary, const JobContext& job) {
    std::unordered_map<std::string_view, size_t> images;  // how many show this caption
    std::unordered_set<std::string> different;
    for (size_t i = 0; i < dataset.size(); ++i) {
        if (i % 4096 == 0) job.throwIfStopped();
        const std::vector<std::string>& captions = dataset.captions(i);
        summary.captions += captions.size();
        for (const std::string& caption : captions) {
            const size_t words = countWords(caption, different);
            const size_t bin = std::min(words, kLongestCaption);
            if (summary.captionLengths.size() <= bin) summary.captionLengths.resize(bin + 1);
            ++summary.captionLengths[bin];
            ++images[caption];
        }
        switch (dataset.split(i)) {
            case Split::Train:
                ++summary.train;
                break;
            case Split::Validation:
                ++summary.validation;
                break;
            case Split::Test:
                ++summary.test;
                break;
            case Split::All:
                ++summary.unassigned;
                break;
        }
    }
    summary.words = different.size();
    summary.duplicateCaptions = static_cast<size_t>(
        std::count_if(images.begin(), images.end(), [](const auto& entry) { return entry.second > 1; }));
}

void checkFiles(const Dataset& dataset, DatasetSummary& summary, const JobContext& job) {
    std::unordered_map<uint64_t, size_t> seen;
    const auto total = static_cast<int64_t>(dataset.size());
    for (size_t i = 0; i < dataset.size(); ++i) {
        job.throwIfStopped();
        const std::filesystem::path file = dataset.file(i);
        if (!file.empty()) {
            try {
                const std::vector<uint8_t> bytes = readBytes(file);
                readImageHeader(bytes, displayName(file));
                if (!seen.try_emplace(contentHash(bytes), i).second) ++summary.duplicateImages;
            } catch (const Error& error) {
                summary.unreadable.push_back(displayName(dataset.name(i)) + ": " + error.problem());
            }
        }
        if (i % 64 == 63) job.progress(static_cast<int64_t>(i + 1), total);
    }
    job.progress(total, total);
}

}  // namespace

DatasetSummary summarize(const std::string& spec, const DatasetOptions& options, bool checkImages,
                         const JobContext& job) {
    const auto dataset = openDataset(spec, options);
    DatasetSummary summary;
    summary.kind = dataset->kind();
    summary.images = dataset->size();
    summary.missing = dataset->missing();
    summary.warnings = dataset->warnings();
    countCaptions(*dataset, summary, job);
    if (checkImages) checkFiles(*dataset, summary, job);
    return summary;
}

}  // namespace diagonal
