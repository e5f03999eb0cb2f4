// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/model_score.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "engine/base/device.h"
#include "engine/base/libtorch.h"
#include "engine/base/memory_meter.h"
#include "engine/checkpoint/presets.h"
#include "engine/evaluation/picture_features.h"
#include "engine/evaluation/retrieval.h"
#include "engine/parts/dual_encoder.h"
#include "engine/parts/packed_weight.h"

namespace diagonal {

namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kTimedOnCpu = 16;  // more at once is no quicker there
constexpr int kLeastRounds = 3, kMostRounds = 20;
constexpr double kEnoughSeconds = 1;
constexpr size_t kWarmUpTexts = 16;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Median of several rounds over one batch, per picture.
double timeImages(Session& session, const CaptionedPictures& pictures, const std::vector<size_t>& readable,
                  const JobContext& job) {
    const auto full = static_cast<size_t>(session.options().batchSize);
    const size_t count =
        std::min(readable.size(), session.options().device == "cpu" ? std::min(full, kTimedOnCpu) : full);
    std::vector<Image> images;
    for (size_t i = 0; i < count; ++i) {
        job.throwIfStopped();
        const size_t picture = readable[i];
        images.push_back(
            resizeAndCrop(pictures.files.empty() ? pictures.decode(picture) : readImage(pictures.files[picture]),
                          session.preprocess()));
    }
    session.warmUp();
    session.embedPictures(images, true, job);
    std::vector<double> rounds;
    const auto begin = Clock::now();
    while (std::ssize(rounds) < kLeastRounds ||
           (std::ssize(rounds) < kMostRounds && secondsSince(begin) < kEnoughSeconds)) {
        const auto start = Clock::now();
        session.embedPictures(images, true, job);
        rounds.push_back(secondsSince(start));
    }
    const auto middle = rounds.begin() + std::ssize(rounds) / 2;
    std::ranges::nth_element(rounds, middle);
    return *middle / static_cast<double>(count);
}

/// What LibTorch takes once and for all at its first model (kernels, threads) is not the first one's to bear.
void useLibtorchOnce() {
    static const bool kUsed = [] {
        const torch::NoGradGuard noGrad;
        const auto model = std::make_shared<DualEncoder>(architecture("tiny"));
        model->eval();
        packWeights(*model, "fp32");
        const ClipConfig& config = model->config();
        model->encodeImage(torch::zeros({1, 3, config.imageSize, config.imageSize}));
        model->encodeText(torch::zeros({1, config.text.contextLength}, torch::kLong), torch::ones({1}, torch::kLong));
        return true;
    }();
    static_cast<void>(kUsed);
}

torch::Tensor tensorOf(const std::vector<float>& rows, int64_t dim) {
    return torch::tensor(rows).view({-1, dim});
}

}  // namespace

ModelScore scoreModel(const std::string& model, const SessionOptions& options, const CaptionedPictures& pictures,
                      const JobContext& job) {
    useLibtorchOnce();
    const MemoryMeter memory(resolveDevice(options.device));
    const auto session = Session::open(model, options, {job.stop, {}});
    ModelScore score;
    score.info = session->info();
    score.device = session->options().device;
    score.precision = session->options().precision;
    for (const auto& file : score.info.files)
        score.bytes += std::filesystem::file_size(file);

    const auto count = static_cast<int64_t>(pictures.size());
    const int64_t total = count + static_cast<int64_t>(pictures.captions.size());
    const JobContext ofPictures{job.stop, [&](const Progress& progress) { job.progress(progress.done, total); }};
    PictureFeatures images = embedCaptioned(*session, pictures, ofPictures);
    if (images.numbers.empty())
        throw Error(score.info.name, "none of the " + std::to_string(count) + " pictures could be read");
    std::vector<int64_t> row(pictures.size(), -1);
    for (size_t i = 0; i < images.numbers.size(); ++i)
        row[images.numbers[i]] = static_cast<int64_t>(i);
    std::vector<std::string> captions;
    std::vector<int64_t> owners;
    for (size_t k = 0; k < pictures.captions.size(); ++k) {
        const int64_t owner = row[static_cast<size_t>(pictures.pictureOfCaption[k])];
        if (owner < 0) continue;
        captions.push_back(pictures.captions[k]);
        owners.push_back(owner);
    }

    session->embedTexts(std::span(captions).first(std::min(kWarmUpTexts, captions.size())), true, nullptr,
                        {job.stop, {}});
    const JobContext ofTexts{job.stop, [&](const Progress& progress) { job.progress(count + progress.done, total); }};
    std::vector<size_t> truncated;
    const auto start = Clock::now();
    const Embeddings texts = session->embedTexts(captions, true, &truncated, ofTexts);
    score.textSeconds = secondsSince(start) / static_cast<double>(captions.size());
    score.truncated = truncated.size();
    score.imageSeconds = timeImages(*session, pictures, images.numbers, {job.stop, {}});
    score.memoryBytes = memory.peakBytes();

    const int64_t dim = score.info.embedDim;
    score.recall = retrievalRecall(tensorOf(images.rows, dim), tensorOf(texts.values, dim), owners);
    for (const std::vector<float>* rows : {&std::as_const(images.rows), &texts.values})
        for (size_t first = 0; first < rows->size(); first += static_cast<size_t>(dim))
            if (std::isnan((*rows)[first])) ++score.notFinite;  // such a row is NaN throughout
    score.pictures = images.numbers.size();
    score.captions = captions.size();
    score.unreadable = std::move(images.unreadable);
    return score;
}

std::vector<bool> paretoFront(std::span<const Tradeoff> choices) {
    std::vector<bool> front;
    for (const Tradeoff& one : choices)
        front.push_back(std::ranges::none_of(choices, [&](const Tradeoff& other) {
            return other.recall >= one.recall && other.seconds <= one.seconds &&
                   (other.recall > one.recall || other.seconds < one.seconds);
        }));
    return front;
}

}  // namespace diagonal
