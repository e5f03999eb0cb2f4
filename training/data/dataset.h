// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/job.h"
#include "engine/image/image.h"

namespace diagonal {

enum class Split : uint8_t { Train, Validation, Test, All };

/// "train", "validation", "test", "all".
std::string nameOf(Split split);

class Tokenizer;

/// A model whose embeddings of the images and captions are kept with the data.
struct Teacher {
    std::string name;       ///< for people
    std::string identity;   ///< Session::identity()
    int dim = 0;            ///< of its embeddings
    double logitScale = 0;  ///< after exp
};

/// What holds for a data set as a whole.
struct DatasetInfo {
    std::string kind;                        ///< "Scenes", "CSV", "Flickr8k"
    std::vector<std::string> labels = {};    ///< for zero-shot accuracy, empty where there are none
    std::string promptTemplate = "{}";       ///< goes with labels
    bool supportsAugmentation = true;        ///< a crop or a mirror image still shows what the captions say
    size_t missing = 0;                      ///< files that the data names but that are not there
    std::vector<std::string> warnings = {};  ///< what was left out or looks wrong, each naming file and line
    /// How probable each source of captions is, where that was said; else all captions of an image are alike.
    std::vector<double> captionProbabilities = {};
    /// Of the token ids that are kept with the data (pack:), else null.
    std::shared_ptr<const Tokenizer> tokenizer = nullptr;
    std::vector<Teacher> teachers = {};
};

/// Images with their captions. Immutable; any thread may call it.
class Dataset {
  public:
    explicit Dataset(DatasetInfo info) : m_info(std::move(info)) {}
    virtual ~Dataset() = default;

    const DatasetInfo& info() const { return m_info; }
    const std::string& kind() const { return m_info.kind; }
    const std::vector<std::string>& labels() const { return m_info.labels; }
    const std::string& promptTemplate() const { return m_info.promptTemplate; }
    bool supportsAugmentation() const { return m_info.supportsAugmentation; }
    size_t missing() const { return m_info.missing; }
    const std::vector<std::string>& warnings() const { return m_info.warnings; }
    const std::shared_ptr<const Tokenizer>& tokenizer() const { return m_info.tokenizer; }
    const std::vector<double>& captionProbabilities() const { return m_info.captionProbabilities; }

    const std::vector<Teacher>& teachers() const { return m_info.teachers; }

    virtual size_t size() const = 0;  ///< images, fewer than 2^32
    virtual std::string name(size_t index) const = 0;
    virtual size_t captionCount(size_t index) const = 0;
    /// UTF-8; stays as long as the data set. Images may share their captions: then these are the same bytes.
    virtual std::string_view caption(size_t index, size_t number) const = 0;
    /// Indexes captionProbabilities(): where the caption comes from.
    virtual size_t captionSource(size_t /*index*/, size_t /*number*/) const { return 0; }
    /// Copies of all captions of an image.
    std::vector<std::string> captions(size_t index) const;
    /// Decodes (or draws) one image. Throws Error naming the file. enough: where it is not 0, a JPEG may come at an
    /// eighth, a quarter or half of its size as long as no side falls below so many pixels (scaled in the DCT:
    /// quicker).
    Image image(size_t index, int enough = 0) const { return decode(index, enough); }
    /// Indexes labels(), or is -1.
    virtual int label(size_t) const { return -1; }
    /// Which part image i belongs to, All where the data does not say.
    virtual Split split(size_t) const { return Split::All; }
    /// The file of image i, empty where it is drawn.
    virtual std::filesystem::path file(size_t) const { return {}; }
    /// The bytes that image i is kept as: of its file, of its place in a shard. Empty where it is drawn. Throws Error.
    virtual std::vector<uint8_t> bytes(size_t index) const;
    /// A number of images whose bytes lie one after another on the disk: of a shard, else of 1,024 images in their
    /// order. It never falls from one image to the next.
    virtual uint32_t stretch(size_t index) const { return static_cast<uint32_t>(index / 1024); }
    /// Where image i lies in a file of many; no file where it has one of its own.
    struct Place {
        const std::filesystem::path* file = nullptr;  ///< stays as long as the data set
        uint64_t offset = 0, size = 0;                ///< bytes
    };
    virtual Place place(size_t) const { return {}; }
    /// Token ids that are kept with the data: what tokenizer()->encode() gives for a caption. Empty where there are
    /// none.
    virtual std::span<const int32_t> tokens(size_t /*index*/, size_t /*caption*/) const { return {}; }
    /// What the teachers made of image i and of one of its captions: float16, the embeddings of all teachers one after
    /// the other, each of unit length. Empty where there are no teachers.
    virtual std::span<const uint16_t> teacherImage(size_t /*index*/) const { return {}; }
    virtual std::span<const uint16_t> teacherText(size_t /*index*/, size_t /*caption*/) const { return {}; }

  protected:
    virtual Image decode(size_t index, int enough) const = 0;

    DatasetInfo m_info;  ///< complete when the constructor is done
};

struct DatasetOptions {
    Split split = Split::All;
    std::string imageKey = {};    ///< CSV column; empty: guessed from the header
    std::string captionKey = {};  ///< columns or keys of JSON objects, see CaptionKeys; empty: guessed
    /// Class folders: what a caption says of a class, a text with {} in it or the name of a set of them; empty: "a
    /// photo of a {}."
    std::string templates = {};
    /// Ends the opening (Cancelled), and gets how many of all shards were read that have no index yet.
    JobContext opening = {};
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
    std::vector<Teacher> teachers;   ///< whose embeddings are kept with the data
};

/// readImages decodes every image as well (JPEG at an eighth of its size), and finds equal files. Throws Cancelled.
DatasetSummary summarize(const std::string& spec, const DatasetOptions& options, bool readImages,
                         const JobContext& job = {});

}  // namespace diagonal
