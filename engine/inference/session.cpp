// SPDX-License-Identifier: Apache-2.0
#include "engine/inference/session.h"

#include <torch/version.h>

#include <algorithm>
#include <numeric>

#include "engine/base/cuda_driver.h"
#include "engine/base/device.h"
#include "engine/base/device_transfer.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/model_folder.h"
#include "engine/checkpoint/model_identity.h"
#include "engine/checkpoint/not_finite.h"
#include "engine/hub/sha256.h"
#include "engine/image/image.h"
#include "engine/inference/encode_in_parts.h"
#include "engine/inference/finite.h"
#include "engine/inference/image_loader.h"
#include "engine/inference/in_float32.h"
#include "engine/inference/label_cache.h"
#include "engine/parts/image_normalizer.h"
#include "engine/parts/layers.h"
#include "engine/parts/packed_weight.h"
#include "engine/parts/relevance.h"

namespace diagonal {

using torch::Tensor;

namespace {

constexpr int kBatchOnCpu = 32, kBatchOnGpu = 256;

torch::ScalarType dtypeOf(const std::string& precision) {
    if (precision == "fp32" || precision == "int8") return torch::kFloat;
    if (precision == "bf16") return torch::kBFloat16;
    if (precision == "fp16") return torch::kHalf;
    throw Error("--precision " + precision, "is unknown", "Choose auto, fp32, bf16, fp16 or int8");
}

/// float32 on the CPU, of unit length when normalized: the length is taken in float32 whatever the model computes in.
/// Rows that are not finite (isFiniteRow) are NaN throughout.
Tensor finish(const Tensor& features, bool normalized) {
    Tensor result = features.to(torch::kCPU, torch::kFloat);
    const Tensor finite = result.square().sum(1, /*keepdim=*/true).isfinite();
    if (!finite.all().item<bool>()) result = result.where(finite, NAN);
    if (!normalized) return result.contiguous();
    return normalizedRows(result).contiguous();
}

/// What all maps of one image have in common: grid, picture, area.
RelevanceMap emptyMap(const Image& image, const ModelBundle& bundle, const Tensor& grids) {
    RelevanceMap map;
    map.rows = static_cast<int>(grids.size(1));
    map.columns = static_cast<int>(grids.size(2));
    map.imageWidth = image.width;
    map.imageHeight = image.height;
    map.area = shownArea(image.width, image.height, bundle.preprocess);
    const int cell = cellSize(bundle.model->config());
    map.area.width *= static_cast<double>(map.columns * cell) / bundle.preprocess.width;
    map.area.height *= static_cast<double>(map.rows * cell) / bundle.preprocess.height;
    return map;
}

/// Values of a grid [rows, columns], the largest 1.
std::vector<float> scaledValues(const Tensor& grid) {
    const float largest = grid.max().item<float>();
    const Tensor scaled = (largest > 0 ? grid / largest : grid).contiguous();
    return {scaled.const_data_ptr<float>(), scaled.const_data_ptr<float>() + scaled.numel()};
}

/// Rows do not depend on each other: a picture gets the same numbers in any batch.
void normalizeAll(std::vector<ImageEmbedding>& results, int64_t dim) {
    std::vector<float> rows;
    for (const ImageEmbedding& result : results)
        rows.insert(rows.end(), result.values.begin(), result.values.end());
    const Tensor unit = finish(torch::from_blob(rows.data(), {static_cast<int64_t>(rows.size()) / dim, dim}), true);
    const float* row = unit.const_data_ptr<float>();
    for (ImageEmbedding& result : results) {
        std::copy_n(row, result.values.size(), result.values.begin());
        row += result.values.size();
    }
}

/// What "auto" stands for: on a GPU the 16 bits it has products of.
std::string fastPrecision(const torch::Device& device) {
    if (!device.is_cuda()) return "fp32";
    return hasFastBf16(cudaDevice(device.index())) ? "bf16" : "fp16";
}

}  // namespace

struct Session::Impl {
    ModelBundle bundle;
    SessionOptions options;
    torch::Device device = torch::kCPU;
    torch::ScalarType dtype = torch::kFloat;
    Tensor familiarTexts;  ///< [k, embed_dim] of unit length, or undefined; embedded when first needed

    std::string identity;                          ///< empty: not asked for yet
    mutable std::optional<std::string> badTensor;  ///< tensorNotFinite, when it was asked for
    std::optional<LabelCache> labels;              ///< made when first needed
    int computedBatches = 0;                       ///< of images
    mutable int64_t largestPart = kWholeBatch;     ///< that memory held
    std::optional<UploadStream> upload;
    std::optional<ImageNormalizer> normalizer;  ///< of a GPU, which is sent bytes; its constants go there once

    /// A batch of images whose features are on their way.
    struct Begun {
        std::vector<LoadedImage> images;
        std::vector<ImageEmbedding> results;  ///< what needs no computing is filled in
        std::vector<size_t> computed;         ///< places in both
        Download features;                    ///< float32 [computed, embed_dim], not normalised
    };

    std::string whyNotFinite() const;
    std::vector<bool> areFamiliar(const Tensor& features) const;
    CacheLink cacheLink(Session& session) const;
    Begun begin(ImageBatch& batch, UploadStream& upload);
    std::vector<ImageEmbedding> end(Begun& begun, const PathArray& files, const CacheLink& cache) const;
    Tensor embed(const ImageBatch& batch, const std::vector<size_t>& places, UploadStream& upload) const;
    Tensor embed(const TokenBatch& tokens, bool normalized) const;
    Tensor relevance(const Image& image, const Tensor& texts) const;
};

Session::Session() : m_impl(std::make_unique<Impl>()) {
}

Session::~Session() = default;

std::shared_ptr<Session> Session::open(const std::string& model, const SessionOptions& options, const JobContext& job) {
    std::shared_ptr<Session> session(new Session);
    Impl& impl = *session->m_impl;
    impl.options = options;
    impl.options.device = resolveDevice(options.device);
    impl.device = torch::Device(impl.options.device);
    if (options.precision == "auto") impl.options.precision = fastPrecision(impl.device);
    impl.dtype = dtypeOf(impl.options.precision);
    if (impl.options.precision == "int8" && !impl.device.is_cpu())
        throw Error("--precision int8", "is for the CPU", "Use --device cpu");
    if (options.batchSize < 0) throw Error("--batch-size", "must be at least 1");
    if (options.batchSize == 0) impl.options.batchSize = impl.device.is_cpu() ? kBatchOnCpu : kBatchOnGpu;
    impl.bundle = loadModel(resolveModel(model, job),
                            {.writable = false, .imageSize = options.imageSize, .hints = options.hints, .job = job});
    impl.bundle.model->to(impl.device, impl.dtype);
    impl.bundle.model->eval();
    impl.upload.emplace(impl.device);
    if (!impl.device.is_cpu())
        impl.normalizer.emplace(impl.device, impl.bundle.preprocess.mean, impl.bundle.preprocess.std);
    std::string computed = impl.options.precision;
    if (computed == "bf16" && impl.device.is_cpu() && !isBf16Packed()) {
        // Emulated bf16 is many times slower than fp32: the weights keep bf16's digits and are computed with in fp32.
        computed = "fp32";
        impl.dtype = torch::kFloat;
        impl.bundle.model->to(impl.dtype);
    }
    if (impl.device.is_cpu()) packWeights(*impl.bundle.model, computed);
    for (auto& parameter : impl.bundle.model->parameters())
        parameter.requires_grad_(false);  // nothing is trained here; relevance asks for other gradients
    return session;
}

const ModelInfo& Session::info() const {
    return m_impl->bundle.info;
}

const SessionOptions& Session::options() const {
    return m_impl->options;
}

const std::string& Session::identity() {
    Impl& impl = *m_impl;
    if (!impl.identity.empty()) return impl.identity;
    const PreprocessConfig& input = impl.bundle.preprocess;
    std::string text = modelIdentity(impl.bundle.info) + " " + impl.options.precision;
    for (const int value : {input.width, input.height, static_cast<int>(input.interpolation),
                            static_cast<int>(input.resizeMode), int{input.fillColor}, int{input.floorCrop}, input.edge})
        text += " " + std::to_string(value);
    Sha256 hash;
    hash.add(text.data(), text.size());
    hash.add(input.mean.data(), sizeof input.mean);
    hash.add(input.std.data(), sizeof input.std);
    return impl.identity = hash.digits();
}

/// The device's kind and the version count as well: their last bits differ.
CacheLink Session::Impl::cacheLink(Session& session) const {
    if (!options.cache || !options.cache->isOpen()) return {};
    // While training goes on in this process, a GPU's float32 is TF32.
    const char* kind = device.is_cpu() ? " cpu " : at::globalContext().allowTF32CuBLAS() ? " cuda tf32 " : " cuda ";
    const std::string text = session.identity() + kind + DIAGONAL_VERSION + " " + TORCH_VERSION;
    Sha256 hash;
    hash.add(text.data(), text.size());
    return {options.cache, hash.bytes(), static_cast<size_t>(bundle.info.embedDim)};
}

/// Float32 [places, embed_dim] on the device. A GPU is sent bytes, and normalises them itself.
Tensor Session::Impl::embed(const ImageBatch& batch, const std::vector<size_t>& places, UploadStream& upload) const {
    const PreprocessConfig& input = bundle.preprocess;
    const auto count = static_cast<int64_t>(batch.images.size());
    const std::vector<int64_t> rows(places.begin(), places.end());
    Tensor pixels =
        device.is_cpu()
            ? torch::from_blob(batch.pixels, {count, 3, input.height, input.width})
            : upload.upload({torch::from_blob(batch.pixels, {count, input.height, input.width, 3}, torch::kByte)})[0];
    if (places.size() < batch.images.size()) pixels = pixels.index_select(0, torch::tensor(rows).to(device));
    return encodeInParts(pixels.size(0), largestPart, [&](int64_t first, int64_t part) {
        const Tensor some = pixels.narrow(0, first, part);
        return bundle.model->encodeImage(device.is_cpu() ? some.to(dtype) : (*normalizer)(some, dtype), false)
            .to(torch::kFloat);
    });
}

Tensor Session::Impl::embed(const TokenBatch& tokens, bool normalized) const {
    const Tensor ids = torch::tensor(tokens.ids, torch::kLong).view({tokens.count, tokens.length});
    const Tensor lengths = torch::tensor(tokens.lengths, torch::kLong);
    return encodeInParts(tokens.count, largestPart, [&](int64_t first, int64_t count) {
        const Tensor features = bundle.model->encodeText(ids.narrow(0, first, count).to(device),
                                                         lengths.narrow(0, first, count).to(device), false);
        return finish(features, normalized);
    });
}

/// One for each row of features [n, embed_dim]: whether its best cosine with what the model knows is high enough.
std::vector<bool> Session::Impl::areFamiliar(const Tensor& features) const {
    std::vector<bool> familiar(static_cast<size_t>(features.size(0)), true);
    if (!familiarTexts.defined()) return familiar;
    const Tensor best = finish(features, true).matmul(familiarTexts.t()).amax(1);
    for (size_t i = 0; i < familiar.size(); ++i)
        familiar[i] = best.const_data_ptr<float>()[i] >= bundle.info.familiarCosine;
    return familiar;
}

/// Fills in what the cache knows, and begins to compute the rest.
Session::Impl::Begun Session::Impl::begin(ImageBatch& batch, UploadStream& upload) {
    Begun begun;
    begun.results.resize(batch.images.size());
    for (size_t i = 0; i < begun.results.size(); ++i) {
        LoadedImage& image = batch.images[i];
        ImageEmbedding& result = begun.results[i];
        result.index = batch.first + i;
        result.width = image.known ? image.known->width : image.width;
        result.height = image.known ? image.known->height : image.height;
        result.error = std::move(image.error);
        result.note = std::move(image.note);
        result.isKnown = image.known.has_value();
        if (image.file) result.file = std::make_shared<const PictureFile>(*std::move(image.file));
        if (image.known) {
            result.values = std::move(image.known->values);
            result.familiar = image.known->familiar;
        } else if (result.error.empty()) {
            begun.computed.push_back(i);
        }
    }
    begun.images.assign(std::make_move_iterator(batch.images.begin()), std::make_move_iterator(batch.images.end()));
    if (begun.computed.empty()) return begun;
    begun.features = Download(embed(batch, begun.computed, upload));
    ++computedBatches;
    return begun;
}

std::vector<ImageEmbedding> Session::Impl::end(Begun& begun, const PathArray& files, const CacheLink& cache) const {
    if (begun.computed.empty()) return std::move(begun.results);
    const Tensor features = begun.features.wait();
    const float* row = features.const_data_ptr<float>();
    const std::vector<bool> familiar = areFamiliar(features);
    for (size_t k = 0; k < begun.computed.size(); ++k, row += features.size(1)) {
        ImageEmbedding& result = begun.results[begun.computed[k]];
        result.values.assign(row, row + features.size(1));
        result.familiar = familiar[k];
        const LoadedImage& image = begun.images[begun.computed[k]];
        result.isFinite = isFiniteRow(result.values);
        if (!result.isFinite) {
            result.values.clear();
            result.familiar = true;
            result.error = whyNotFinite();
            continue;
        }
        if (cache.cache)
            cache.cache->add(cache.context, {files[result.index],
                                             image.stamp,
                                             image.content,
                                             {result.values, result.width, result.height, result.familiar}});
    }
    return std::move(begun.results);
}

void Session::embedImages(const PathArray& files, bool normalized,
                          const std::function<void(std::vector<ImageEmbedding>)>& onBatch, const JobContext& job) {
    embedAll(files, normalized, nullptr, onBatch, job);
}

void Session::describeImages(const PathArray& paths, const DescribeFiles& files,
                             const std::function<void(std::vector<ImageEmbedding>)>& onBatch, const JobContext& job) {
    embedAll(paths, true, &files, onBatch, job);
}

void Session::embedAll(const PathArray& files, bool normalized, const DescribeFiles* describe,
                       const std::function<void(std::vector<ImageEmbedding>)>& onBatch, const JobContext& job) {
    const auto total = static_cast<int64_t>(files.size());
    job.throwIfStopped();
    job.progress(0, total);
    const ModelInfo& model = info();
    if (!model.familiarTexts.empty() && !m_impl->familiarTexts.defined()) {
        const Embeddings known = embedTexts(model.familiarTexts);
        const Tensor rows = torch::tensor(known.values).view({known.count(), known.dim});
        m_impl->familiarTexts = rows.index({rows.isfinite().all(1)});
        if (m_impl->familiarTexts.size(0) == 0) m_impl->familiarTexts = Tensor();
    }
    const CacheLink cache = describe == nullptr ? m_impl->cacheLink(*this) : CacheLink();
    Impl& impl = *m_impl;
    ImageLoaderOptions loading;
    loading.batchSize = impl.options.batchSize;
    loading.normalized = impl.device.is_cpu();
    loading.allocate = hostMemory(impl.device);
    loading.describe = describe;
    ImageLoader loader(files, impl.bundle.preprocess, loading, job.stop, cache);
    UploadStream& upload = *impl.upload;
    const c10::InferenceMode inference;
    std::optional<Impl::Begun> begun;  // while a GPU computes a batch, the next one is sent there
    const auto give = [&] {
        if (!begun) return;
        auto results = impl.end(*begun, files, cache);
        begun.reset();
        if (normalized) normalizeAll(results, model.embedDim);
        const auto done = static_cast<int64_t>(results.back().index + 1);
        job.throwIfStopped();
        const c10::InferenceMode off(false);  // whoever is called may want gradients: a relevance map, between batches
        onBatch(std::move(results));
        job.progress(done, total);
    };
    while (true) {
        if (impl.device.is_cpu() || !loader.isReady()) give();
        upload.wait();  // the loader takes the memory of its last batch back
        auto batch = loader.next();
        if (!batch) break;
        auto next = impl.begin(*batch, upload);
        give();
        begun = std::move(next);
    }
    give();
    if (cache.cache) cache.cache->flush();
}

const PreprocessConfig& Session::preprocess() const {
    return m_impl->bundle.preprocess;
}

Embeddings Session::embedPictures(std::span<const Image> pictures, bool normalized, const JobContext& job) {
    const c10::InferenceMode inference;
    Impl& impl = *m_impl;
    const PreprocessConfig& input = impl.bundle.preprocess;
    const bool normalizesHere = impl.device.is_cpu();
    const size_t values = size_t{3} * static_cast<size_t>(input.height) * static_cast<size_t>(input.width);
    const size_t bytes = values * (normalizesHere ? sizeof(float) : 1);
    Embeddings result;
    result.dim = info().embedDim;
    for (size_t first = 0; first < pictures.size(); first += static_cast<size_t>(impl.options.batchSize)) {
        job.throwIfStopped();
        const size_t count = std::min(static_cast<size_t>(impl.options.batchSize), pictures.size() - first);
        const PixelBuffer pixels(count * bytes, hostMemory(impl.device));
        std::vector<size_t> places(count);
        std::iota(places.begin(), places.end(), size_t{0});
        for (size_t i = 0; i < count; ++i) {
            const Image& picture = pictures[first + i];
            TORCH_CHECK(picture.width == input.width && picture.height == input.height, "not of the model's size");
            uint8_t* place = pixels.data() + i * bytes;
            if (normalizesHere)
                normalize(picture, input, reinterpret_cast<float*>(place));
            else
                std::ranges::copy(picture.rgb, place);
        }
        std::vector<LoadedImage> images(count);
        const Tensor features = finish(impl.embed({first, images, pixels.data()}, places, *impl.upload), normalized);
        impl.upload->wait();
        ++impl.computedBatches;
        const float* rows = features.const_data_ptr<float>();
        result.values.insert(result.values.end(), rows, rows + features.numel());
    }
    return result;
}

void Session::warmUp() {
    Impl& impl = *m_impl;
    if (impl.computedBatches >= 2) return;  // the first read the weights, the second packed them
    const c10::InferenceMode inference;
    const PreprocessConfig& size = impl.bundle.preprocess;
    const auto options = torch::TensorOptions().device(impl.device).dtype(impl.dtype);
    impl.bundle.model->encodeImage(torch::zeros({1, 3, size.height, size.width}, options), false);
    ++impl.computedBatches;
}

Embeddings Session::embedTexts(std::span<const std::string> texts, bool normalized, std::vector<size_t>* truncated,
                               const JobContext& job) {
    const c10::InferenceMode inference;
    const Tokenizer& tokenizer = *m_impl->bundle.tokenizer;
    const int contextLength = tokenizer.contextLength();
    const auto total = static_cast<int64_t>(texts.size());
    std::vector<std::vector<int64_t>> encoded;
    encoded.reserve(texts.size());
    if (truncated != nullptr) truncated->clear();
    for (size_t i = 0; i < texts.size(); ++i) {
        job.throwIfStopped();
        encoded.push_back(tokenizer.encode(texts[i]));
        if (truncated != nullptr && encoded[i].size() > static_cast<size_t>(contextLength)) truncated->push_back(i);
    }
    // Batches of like length waste nothing on padding; each holds at most the tokens of batchSize full texts.
    std::vector<size_t> order(texts.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::ranges::stable_sort(order, {}, [&](size_t i) { return encoded[i].size(); });
    const size_t tokenLimit = static_cast<size_t>(m_impl->options.batchSize) * static_cast<size_t>(contextLength);

    Embeddings result;
    result.dim = m_impl->bundle.info.embedDim;
    result.values.resize(texts.size() * static_cast<size_t>(result.dim));
    for (size_t first = 0; first < order.size();) {
        job.throwIfStopped();
        job.progress(static_cast<int64_t>(first), total);
        std::vector<std::vector<int64_t>> part;
        size_t end = first;
        for (; end < order.size() &&
               (end == first || tokenizer.packedLength(encoded[order[end]].size()) * (part.size() + 1) <= tokenLimit);
             ++end)
            part.push_back(std::move(encoded[order[end]]));
        const Tensor features = m_impl->embed(tokenizer.pack(part), normalized);
        for (size_t i = first; i < end; ++i)
            std::copy_n(features.const_data_ptr<float>() + static_cast<int64_t>(i - first) * result.dim, result.dim,
                        result.values.begin() + static_cast<ptrdiff_t>(order[i]) * result.dim);
        first = end;
    }
    job.progress(total, total);
    return result;
}

std::string Session::Impl::whyNotFinite() const {
    const std::string what = "its embedding is not finite: ";
    if (options.precision != "fp32")
        return what + "the model's numbers do not fit precision " + options.precision + "; fp32 holds more";
    if (!badTensor) badTensor = tensorNotFinite(bundle.info.files);
    return what + (badTensor->empty() ? "the model's weights give no numbers for it" : *badTensor);
}

std::string Session::notFinite() const {
    return m_impl->whyNotFinite();
}

bool Session::isTruncated(const std::string& text) const {
    const Tokenizer& tokenizer = *m_impl->bundle.tokenizer;
    return tokenizer.encode(text).size() > static_cast<size_t>(tokenizer.contextLength());
}

LabelCache& Session::labelCache() {
    if (!m_impl->labels) {
        const CacheLink link = m_impl->cacheLink(*this);
        m_impl->labels.emplace(link.cache, link.context);
    }
    return *m_impl->labels;
}

/// texts [k, embed_dim] -> float32 [k, rows, columns] on the CPU
Tensor Session::Impl::relevance(const Image& image, const Tensor& texts) const {
    Tensor pixels = torch::empty({1, 3, bundle.preprocess.height, bundle.preprocess.width});
    normalize(resizeAndCrop(image, bundle.preprocess), bundle.preprocess, pixels.data_ptr<float>());
    try {
        ImageTower& tower = bundle.model->imageTower();
        const InFloat32 guard(tower);
        return relevanceGrids(tower, pixels.to(device), texts.to(device), bundle.info.logitScale).to(torch::kCPU);
    } catch (const c10::OutOfMemoryError&) {
        throw Error(bundle.info.name, "the GPU's memory does not hold a relevance map", "Use --device cpu");
    }
}

std::vector<RelevanceMap> Session::relevance(const std::filesystem::path& image, const Embeddings& texts,
                                             const JobContext& job) {
    if (texts.count() == 0) return {};
    if (texts.dim != info().embedDim) throw std::invalid_argument("texts of another model");
    job.throwIfStopped();
    const Image picture = readImage(image);
    job.throwIfStopped();
    const Tensor rows = torch::tensor(texts.values).view({texts.count(), texts.dim});
    const Tensor grids = m_impl->relevance(picture, rows);
    if (!torch::isfinite(grids).all().item<bool>())
        throw Error(info().name, "has no relevance map for this picture: what it computes is not a number",
                    "Open another model");
    std::vector<RelevanceMap> maps(static_cast<size_t>(texts.count()), emptyMap(picture, m_impl->bundle, grids));
    for (size_t i = 0; i < maps.size(); ++i)
        maps[i].values = scaledValues(grids[static_cast<int64_t>(i)]);
    return maps;
}

}  // namespace diagonal
