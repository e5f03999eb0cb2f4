// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/job.h"
#include "engine/image/image.h"

namespace diagonal {

enum class Split { Train, Validation, Test, All };

/// Images with their captions. Immutable; any thread may call it.
class Dataset {
  public:
    virtual ~Dataset() = default;

    virtual std::string kind() const = 0;  ///< "Scenes", "CSV", "Flickr8k"
    virtual size_t size() const = 0;       ///< images
    virtual std::string name(size_t index) const = 0;
    virtual const std::vector<std::string>& captions(size_t index) const = 0;
    /// Decodes (or draws) one image. Throws Error naming the file.
    virtual Image image(size_t index) const = 0;
    /// Labels for zero-shot accuracy, empty where there are none; label(i) indexes labels(), or is -1.
    virtual const std::vector<std::string>& labels() const;
    virtual int label(size_t) const { return -1; }
    /// Prompt template that goes with labels().
    virtual std::string promptTemplate() const { return "{}"; }
    /// Which part image i belongs to, All where the data does not say.
    virtual Split split(size_t) const { return Split::All; }
    /// Whether a crop or a mirror image still shows what the captions say; not so for scenes ("in the top left").
    virtual bool supportsAugmentation() const { return true; }
    /// The file of image i, empty where it is drawn.
    virtual std::filesystem::path file(size_t) const { return {}; }
    /// Files that the data names but that are not there.
    virtual size_t missing() const { return 0; }
    /// Notes on what was left out or looks wrong, each naming file and line.
    virtual const std::vector<std::string>& warnings() const;
};

struct DatasetOptions {
    Split split = Split::All;
    std::string imageKey = {};    ///< CSV column; empty: guessed from the header
    std::string captionKey = {};  ///< likewise
};

/// Opens a SPEC: "scenes:count=20000,seed=1", "csv:FILE", "flickr8k:FOLDER", or a path whose kind is detected. Throws
/// Error.
std::shared_ptr<const Dataset> openDataset(const std::string& spec, const DatasetOptions& options = {});

/// What `dataset info` and the wizard show.
struct DatasetSummary {
    std::string kind;
    size_t images = 0, captions = 0;
    size_t words = 0;  ///< different ones, without regard to case
    size_t train = 0, validation = 0, test = 0, unassigned = 0;
    size_t missing = 0;                  ///< files named but not there
    size_t duplicateCaptions = 0;        ///< captions that stand at more than one image
    size_t duplicateImages = 0;          ///< files with the bytes of an earlier one, when images were checked
    std::vector<size_t> captionLengths;  ///< histogram by number of words
    std::vector<std::string> warnings;
    std::vector<std::string> unreadable;  ///< "name: reason", when images were checked
};

/// checkImages reads every image file as well: its header, and whether its bytes are those of another. Throws
/// Cancelled.
DatasetSummary summarize(const std::string& spec, const DatasetOptions& options, bool checkImages,
                         const JobContext& job = {});

}  // namespace diagonal
