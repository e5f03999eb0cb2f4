// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/job.h"
#include "engine/base/path_array.h"
#include "engine/checkpoint/model_hints.h"
#include "engine/checkpoint/model_info.h"
#include "engine/image/preprocess.h"
#include "engine/inference/relevance.h"

namespace diagonal {

class EmbeddingCache;
class LabelCache;
struct DescribeFiles;
struct PictureFile;

struct SessionOptions {
    std::string device = "auto";
    std::string precision =
        "auto";  ///< auto, fp32, bf16, fp16, int8 (CPU). auto: fp32 on the CPU, bf16 on a GPU (fp16 before Ampere).
    int batchSize = 0;                  ///< 0: what suits the device
    std::optional<int> imageSize = {};  ///< another input size than the model's
    ModelHints hints = {};
    std::shared_ptr<EmbeddingCache> cache = {};  ///< of image embeddings; without one each is computed
};

/// Rows of float32, n x dim. A row that is not finite is NaN throughout.
struct Embeddings {
    int64_t dim = 0;
    std::vector<float> values;

    int64_t count() const { return dim == 0 ? 0 : static_cast<int64_t>(values.size()) / dim; }
    std::span<const float> row(int64_t i) const { return {values.data() + i * dim, static_cast<size_t>(dim)}; }
};

/// One image's embedding, or why there is none.
struct ImageEmbedding {
    size_t index = 0;  ///< position in the input
    std::vector<float> values;
    int width = 0, height = 0;  ///< of the file
    std::string error;          ///< empty when all went well; a sentence part: "the file is empty"
    std::string note;           ///< Image::note of a picture that was decoded now, not of one from the cache
    bool isKnown = false;       ///< its numbers are the cache's
    bool isFinite = true;       ///< false: the picture was read, but its numbers are none, as `error` says
    bool familiar = true;       ///< false: unlike anything the model says it knows (ModelInfo::familiarTexts)
    std::shared_ptr<const PictureFile> file;  ///< of describeImages, where the file could be read
};

/// An open model, ready to embed. Knows no Qt and shows no torch. One thread at a time may call it; decoding runs on
/// threads of its own.
class Session {
  public:
    /// Loads `model` (path, run folder, "demo", or a name of the hub, downloaded where it is not on this computer);
    /// progress in bytes, first of the download, then of the weights. Throws Error, Cancelled.
    static std::shared_ptr<Session> open(const std::string& model, const SessionOptions& options = {},
                                         const JobContext& job = {});
    ~Session();

    const ModelInfo& info() const;
    const SessionOptions& options() const;  ///< with "auto" resolved
    /// Equal for sessions that give a picture the same embedding (but for the last bits): 64 hexadecimal digits of
    /// modelIdentity, the input's size and preprocessing, and the precision.
    const std::string& identity();

    /// Decodes, preprocesses and embeds; images arrive in batches, in input order, as they are ready. Decoding overlaps
    /// with inference. A file that cannot be read arrives with its error; the rest goes on. With a cache, pictures it
    /// knows are neither decoded nor computed; their embeddings are those that were computed once, bit for bit. Throws
    /// Cancelled.
    void embedImages(const PathArray& files, bool normalized,
                     const std::function<void(std::vector<ImageEmbedding>)>& onBatch, const JobContext& job = {});
    void embedImages(std::span<const std::filesystem::path> files, bool normalized,
                     const std::function<void(std::vector<ImageEmbedding>)>& onBatch, const JobContext& job = {}) {
        embedImages(PathArray(files), normalized, onBatch, job);
    }

    /// As embedImages, of unit length and without a cache; each file is described, and what `files` knows already
    /// arrives without values (isKnown).
    void describeImages(const PathArray& paths, const DescribeFiles& files,
                        const std::function<void(std::vector<ImageEmbedding>)>& onBatch, const JobContext& job = {});

    /// What becomes of a picture before the model sees it.
    const PreprocessConfig& preprocess() const;
    /// Embeds pictures that resizeAndCrop(picture, preprocess()) has made, [pictures.size(), embed_dim]: the numbers
    /// that embedImages gives for their files, but for the last bits; NaN where those are not finite. Throws Cancelled.
    Embeddings embedPictures(std::span<const Image> pictures, bool normalized = true, const JobContext& job = {});

    /// Makes ready for the next picture: the weights are read from the disk and packed. Takes as long as a picture, and
    /// nothing where two batches were computed already.
    void warmUp();

    /// Embeds texts, [texts.size(), embed_dim]; a row that is not finite is NaN. truncated, when given, receives the
    /// indices of texts longer than the context.
    Embeddings embedTexts(std::span<const std::string> texts, bool normalized = true,
                          std::vector<size_t>* truncated = nullptr, const JobContext& job = {});

    /// Why an embedding is not finite, a sentence part: "its embedding is not finite: ...".
    std::string notFinite() const;

    /// Whether a text is longer than the model's context, so that its end does not count.
    bool isTruncated(const std::string& text) const;
    /// What embedLabels has computed.
    LabelCache& labelCache();

    /// Which parts of an image speak for each text (embeddings of unit length): a map a text, as RelevanceMap says. In
    /// float32 whatever the precision. Throws Error for a file that cannot be read, and for a model whose numbers are
    /// none.
    std::vector<RelevanceMap> relevance(const std::filesystem::path& image, const Embeddings& texts,
                                        const JobContext& job = {});

  private:
    Session();
    void embedAll(const PathArray& files, bool normalized, const DescribeFiles* describe,
                  const std::function<void(std::vector<ImageEmbedding>)>& onBatch, const JobContext& job);
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace diagonal
