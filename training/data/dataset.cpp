// SPDX-License-Identifier: Apache-2.0
#include "training/data/dataset.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "training/data/caption_keys.h"
#include "training/data/kinds.h"
#include "training/data/shards.h"

namespace diagonal {

std::string nameOf(Split split) {
    switch (split) {
        case Split::Train:
            return "train";
        case Split::Validation:
            return "validation";
        case Split::Test:
            return "test";
        case Split::All:
            break;
    }
    return "all";
}

std::vector<std::string> Dataset::captions(size_t index) const {
    std::vector<std::string> captions(captionCount(index));
    for (size_t k = 0; k < captions.size(); ++k)
        captions[k] = caption(index, k);
    return captions;
}

std::vector<uint8_t> Dataset::bytes(size_t index) const {
    const std::filesystem::path path = file(index);
    return path.empty() ? std::vector<uint8_t>() : readBytes(path);
}

namespace {

/// A folder that may not be read looks as if nothing were in it.
void requireReadable(const std::filesystem::path& path) {
    std::error_code failure;
    if (!std::filesystem::is_directory(path, failure)) return;
    const std::filesystem::directory_iterator entries(path, failure);
    if (failure) throw Error(displayName(path), "the folder cannot be read: " + failure.message());
}

}  // namespace

static std::shared_ptr<const Dataset> openAny(const std::string& spec, const DatasetOptions& options) {
    if (spec.empty()) {
        throw Error("data", "no data was given", "Give a path, or scenes: for generated scenes");
    }
    for (const DatasetKind& kind : datasetKinds()) {
        if (!spec.starts_with(kind.prefix)) continue;
        const std::string rest = spec.substr(kind.prefix.size());
        requireReadable(rest);
        return kind.open(rest, options);
    }
    const std::filesystem::path path(spec);
    std::error_code failure;
    if (!std::filesystem::exists(path, failure) && !isShardPattern(spec)) {
        throw Error(displayName(path), failure ? failure.message() : "there is no such file or folder",
                    "Data can be " + datasetKindNames());
    }
    requireReadable(path);
    if (path.extension() == ".parquet")
        throw Error(displayName(path), "Parquet is not read",
                    "Make a CSV file of it, for example with pandas: read_parquet(FILE).to_csv(FILE, index=False)");
    for (const DatasetKind& kind : datasetKinds()) {
        if (kind.detect(path)) return kind.open(spec, options);
    }
    throw Error(displayName(path), "this is no data set of a kind that can be read",
                "Data can be " + datasetKindNames());
}

std::shared_ptr<const Dataset> openDataset(const std::string& spec, const DatasetOptions& options) {
    const CaptionKeys keys = CaptionKeys::from(options.captionKey);
    auto dataset = openAny(spec, options);
    if (!keys.probabilities.empty() && dataset->captionProbabilities().empty())
        throw Error("--caption-key " + options.captionKey,
                    dataset->kind() + ": this data has no columns or keys to choose from",
                    "Probabilities are for tables, metadata.jsonl and WebDataset; leave the option out.");
    return dataset;
}

}  // namespace diagonal
