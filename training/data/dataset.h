// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/job.h"
#include "engine/image/image.h"

namespace diagonal {

enum class Split { Train, Validation, Test, All };

/// "train", "validation", "test", "all".
std::string nameOf(Split split);

class Tokenizer;

/// Images with their captions. Immutable; any thread may call it.
class Dataset {
  public:
    virtual ~Dataset() = default;

    virtual std::string kind() const = 0;  ///< "Scenes", "CSV", "Flickr8k"
    virtual size_t size() const = 0;       ///< images
    virtual std::string name(size_t index) const = 0;
    virtual const std::vector<std::string>& captions(size_t index) const = 0;
    /// Decodes (or draws) one image. Throws Error naming the file. enough: where it is not 0, a JPEG may come at an
    /// eighth, a quarter or half of its size as long as no side falls below so many pixels (scaled in the DCT:
    /// quicker).
    Image image(size_t index, int enough = 0) const { return decode(index, enough); }
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
    /// The bytes that image i is kept as: of its file, of its place in a shard. Empty where it is drawn. Throws Error.
    virtual std::vector<uint8_t> bytes(size_t index) const;
    /// Files that the data names but that are not there.
    virtual size_t missing() const { return 0; }
    /// Notes on what was left out or looks wrong, each naming file and line.
    virtual const std::vector<std::string>& warnings() const;
    /// Token ids that are kept with the data (pack:): what tokenizer()->encode() gives for a caption. Empty where there
    /// are none.
    virtual std::span<const int32_t> tokens(size_t /*index*/, size_t /*caption*/) const { return {}; }
    /// The tokenizer of those ids; null where none are kept.
    virtual std::shared_ptr<const Tokenizer> tokenizer() const { return nullptr; }

  protected:
    virtual Image decode(size_t index, int enough) const = 0;
};

struct DatasetOptions {
    Split split = Split::All;
    std::string imageKey = {};    ///< CSV column; empty: guessed from the header
    std::string captionKey = {};  ///< likewise
    /// Class folders: what a caption says of a class, a text with {} in it or the name of a set of them; empty: "a
    /// photo of a {}."
    std::string templates = {};
};

/// Opens a SPEC: "scenes:count=20000,seed=1", "csv:FILE", "coco:FOLDER", … (kinds.cpp), or a path whose kind is
/// detected. Throws Error.
std::shared_ptr<const Dataset> openDataset(const std::string& spec, const DatasetOptions& options = {});

/// An image's name with one of its captions.
struct SampleRow {
    Split split = Split::All;
    std::string name, caption;
};

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
    std::vector<std::string> labels;
    std::vector<SampleRow> samples;  ///< a few of each split, from all over it
    std::string tokenizer;           ///< of the token ids that are kept with the data: "CLIP BPE, 49408 tokens"
};

/// readImages decodes every image as well (JPEG at an eighth of its size), and finds equal files. Throws Cancelled.
DatasetSummary summarize(const std::string& spec, const DatasetOptions& options, bool readImages,
                         const JobContext& job = {});

}  // namespace diagonal
