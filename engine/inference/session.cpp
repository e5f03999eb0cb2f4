// SPDX-License-Identifier: Apache-2.0
#include "engine/inference/session.h"

#include <algorithm>
#include <numeric>

#include "engine/base/device.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/model_folder.h"
#include "engine/inference/image_loader.h"
#include "engine/model/layers.h"

namespace diagonal {

using torch::Tensor;

namespace {

torch::ScalarType dtypeOf(const std::string& precision) {
    if (precision == "fp32") return torch::kFloat;
    if (precision == "bf16") return torch::kBFloat16;
    if (precision == "fp16") return torch::kHalf;
    throw Error("--precision " + precision, "is unknown", "Choose auto, fp32, bf16 or fp16");
}

/// encode(first, count); where the GPU's memory does not do, in halves.
template <typename Encode>
Tensor encodeInParts(int64_t first, int64_t count, const Encode& encode) {
    try {
        return encode(first, count);
    } catch (const c10::OutOfMemoryError&) {
        if (count <= 1) throw Error("--batch-size", "the GPU's memory does not hold a single item", "Use --device cpu");
    }
    // Here, not in the handler: the exception keeps memory in use.
    const int64_t half = count / 2;
    return torch::cat({encodeInParts(first, half, encode), encodeInParts(first + half, count - half, encode)});
}

/// float32 on the CPU, of unit length when normalized: the length is taken in float32 whatever the model computes in.
Tensor finish(const Tensor& features, bool normalized) {
    const Tensor result = features.to(torch::kCPU, torch::kFloat);
    if (!normalized) return result.contiguous();
    return normalizedRows(result).contiguous();
}

}  // namespace

struct Session::Impl {
    ModelBundle bundle;
    SessionOptions options;
    torch::Device device = torch::kCPU;
    torch::ScalarType dtype = torch::kFloat;
    Tensor familiarTexts;  ///< [k, embed_dim] of unit length, or undefined; embedded when first needed

    std::vector<bool> areFamiliar(const Tensor& features) const;
    Tensor embed(ImageBatch& batch, const std::vector<int64_t>& good, bool normalized) const;
    Tensor embed(const TokenBatch& tokens, bool normalized) const;
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
    if (options.precision == "auto") impl.options.precision = impl.device.is_cuda() ? "bf16" : "fp32";
    impl.dtype = dtypeOf(impl.options.precision);
    if (options.batchSize < 1) throw Error("--batch-size", "must be at least 1");
    impl.bundle = loadModel(resolveModel(model, job),
                            {.writable = false, .imageSize = options.imageSize, .architecture = options.architecture});
    impl.bundle.model->to(impl.device, impl.dtype);
    impl.bundle.model->eval();
    return session;
}

const ModelInfo& Session::info() const {
    return m_impl->bundle.info;
}

const SessionOptions& Session::options() const {
    return m_impl->options;
}

Tensor Session::Impl::embed(ImageBatch& batch, const std::vector<int64_t>& good, bool normalized) const {
    const PreprocessConfig& size = bundle.preprocess;
    Tensor pixels =
        torch::from_blob(batch.pixels.data(), {static_cast<int64_t>(batch.images.size()), 3, size.height, size.width});
    if (good.size() < batch.images.size()) pixels = pixels.index_select(0, torch::tensor(good, torch::kLong));
    return encodeInParts(0, pixels.size(0), [&](int64_t first, int64_t count) {
        const Tensor input = pixels.narrow(0, first, count).to(device, dtype);
        return finish(bundle.model->encodeImage(input, false), normalized);
    });
}

Tensor Session::Impl::embed(const TokenBatch& tokens, bool normalized) const {
    const Tensor ids = torch::tensor(tokens.ids, torch::kLong).view({tokens.count, tokens.length});
    const Tensor ends = torch::tensor(tokens.ends, torch::kLong);
    return encodeInParts(0, tokens.count, [&](int64_t first, int64_t count) {
        const Tensor features = bundle.model->encodeText(ids.narrow(0, first, count).to(device),
                                                         ends.narrow(0, first, count).to(device), false);
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

void Session::embedImages(std::span<const std::filesystem::path> files, bool normalized,
                          const std::function<void(std::vector<ImageEmbedding>)>& onBatch, const JobContext& job) {
    const auto total = static_cast<int64_t>(files.size());
    job.throwIfStopped();
    job.progress(0, total);
    const ModelInfo& model = info();
    if (!model.familiarTexts.empty() && !m_impl->familiarTexts.defined()) {
        const Embeddings known = embedTexts(model.familiarTexts);
        m_impl->familiarTexts = torch::tensor(known.values).view({known.count(), known.dim});
    }
    ImageLoader loader(files, m_impl->bundle.preprocess, m_impl->options.batchSize, job.stop);
    while (ImageBatch* batch = loader.next()) {
        const c10::InferenceMode inference;
        std::vector<ImageEmbedding> results(batch->images.size());
        std::vector<int64_t> good;
        for (size_t i = 0; i < results.size(); ++i) {
            LoadedImage& image = batch->images[i];
            if (image.error.empty()) good.push_back(static_cast<int64_t>(i));
            results[i].index = batch->first + i;
            results[i].width = image.width;
            results[i].height = image.height;
            results[i].error = std::move(image.error);
        }
        if (!good.empty()) {
            const Tensor features = m_impl->embed(*batch, good, normalized);
            const float* row = features.const_data_ptr<float>();
            const std::vector<bool> familiar = m_impl->areFamiliar(features);
            for (size_t k = 0; k < good.size(); ++k, row += features.size(1)) {
                ImageEmbedding& result = results[static_cast<size_t>(good[k])];
                result.values.assign(row, row + features.size(1));
                result.familiar = familiar[k];
            }
        }
        const auto done = static_cast<int64_t>(batch->first + results.size());
        job.throwIfStopped();
        onBatch(std::move(results));
        job.progress(done, total);
    }
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

}  // namespace diagonal
