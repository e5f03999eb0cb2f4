// SPDX-License-Identifier: Apache-2.0
#include "training/trainer/validation.h"

#include <ATen/DeviceAccelerator.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <map>
#include <mutex>

#include "engine/base/error.h"
#include "engine/base/job.h"
#include "engine/base/libtorch.h"
#include "engine/base/out_of_memory.h"
#include "engine/evaluation/classify.h"
#include "engine/evaluation/retrieval.h"
#include "engine/inference/zero_shot.h"
#include "engine/parts/layers.h"
#include "training/data/parallel.h"
#include "training/losses/loss.h"
#include "training/optimizers/autocast.h"
#include "training/trainer/batch_stream.h"
#include "training/trainer/label_probes.h"

namespace diagonal {

namespace {

constexpr size_t kLargest = 1000;
constexpr size_t kProbe = 32;

/// Where the shares of the processes begin, and where the last one ends.
std::vector<int64_t> startsOf(int64_t rows, const World& world) {
    std::vector<int64_t> starts;
    for (int64_t rank = 0; rank <= world.size(); ++rank)
        starts.push_back(rows * rank / world.size());
    return starts;
}

/// What each process does for itself, before all go on: what stops one of them stops all.
template <typename Work>
void together(World& world, Work&& work) {
    std::exception_ptr failure;
    bool isCancelled = false;
    try {
        work();
    } catch (const Cancelled&) {
        failure = std::current_exception();
        isCancelled = true;
    } catch (...) {
        failure = std::current_exception();
    }
    const bool anyFailed = world.any(failure && !isCancelled);
    const bool anyCancelled = world.any(isCancelled);
    if (failure) std::rethrow_exception(failure);
    if (anyFailed) throw Error("validation", "failed in another process", "Its own message says why.");
    if (anyCancelled) throw Cancelled();
}

/// Decodes and fits images [begin, end) on threads; an empty picture stands where one failed.
std::vector<Image> decode(const Dataset& dataset, int64_t begin, int64_t end, const PreprocessConfig& preprocess,
                          int workers, const std::function<void(const std::string&)>& message,
                          const std::stop_token& stop) {
    std::vector<Image> images(static_cast<size_t>(end - begin));
    std::vector<std::string> failures;
    std::mutex mutex;
    parallelFor(images.size(), static_cast<size_t>(std::max(1, workers)), [&](size_t i) {
        if (stop.stop_requested()) throw Cancelled();
        try {
            images[i] = resizeAndCrop(dataset.image(static_cast<size_t>(begin) + i), preprocess);
        } catch (const std::exception& error) {
            const std::lock_guard lock(mutex);
            failures.emplace_back(error.what());
        }
    });
    for (const auto& failure : failures)
        message("left out of validation: " + failure);
    return images;
}

/// The median place of queries among so many candidates, from 1.
double medianRank(const std::vector<QueryRank>& ranks, size_t candidates) {
    std::vector<double> places = placesOf(ranks, candidates);
    if (places.empty()) return -1;
    const auto middle = places.begin() + std::ssize(places) / 2;
    std::ranges::nth_element(places, middle);
    return places.size() % 2 == 1 ? *middle : (*middle + *std::max_element(places.begin(), middle)) / 2;
}

Recall toRecall(const RecallAtK& recall) {
    return {recall.at1, recall.at5, recall.at10};
}

}  // namespace

Validation::Validation(const TrainingSetup& setup, const std::function<void(const std::string&)>& message,
                       const std::stop_token& stop)
    : m_setup(setup), m_stop(stop) {
    if (!setup.data.validation) return;
    World& world = *setup.world;
    const auto dataset = sample(setup.data.validation, kLargest);
    const auto& preprocess = setup.bundle.preprocess;
    const auto size = static_cast<int64_t>(dataset->size());
    const auto starts = startsOf(size, world);
    const auto rank = static_cast<size_t>(world.rank());
    std::vector<Image> images;
    together(world, [&] {
        images = decode(*dataset, starts[rank], starts[rank + 1], preprocess, setup.workers, message, stop);
    });
    std::string readable;  // '+' or '-' for each image
    for (const Image& image : images)
        readable += image.isEmpty() ? '-' : '+';
    const auto mine = std::ranges::count(readable, '+');
    m_pixels = torch::empty({mine, preprocess.height, preprocess.width, 3}, torch::kByte);
    auto* out = m_pixels.data_ptr<uint8_t>();
    for (const Image& image : images)
        if (!image.isEmpty()) out = std::ranges::copy(image.rgb, out).out;
    m_imageStarts = {0};
    std::string all;
    for (const std::string& ofProcess : world.texts(readable)) {
        m_imageStarts.push_back(m_imageStarts.back() + std::ranges::count(ofProcess, '+'));
        all += ofProcess;
    }
    for (size_t i = 0; i < all.size(); ++i) {
        if (all[i] == '-') continue;
        const auto image = static_cast<int64_t>(m_textOfImage.size());
        const auto captions = dataset->captions(i);
        m_textOfImage.push_back(static_cast<int64_t>(m_texts.size() + i % captions.size()));
        m_texts.insert(m_texts.end(), captions.begin(), captions.end());
        m_imageOfText.insert(m_imageOfText.end(), captions.size(), image);
        m_labels.push_back(dataset->label(i));
    }
    for (const auto& label : dataset->labels())
        m_prompts.push_back(fillTemplate(dataset->promptTemplate(), label));
    markTrained(*setup.data.train, dataset->labels());
    chooseProbe();
}

/// Two data sets number their labels in orders of their own: their names are compared.
void Validation::markTrained(const Dataset& train, const std::vector<std::string>& labels) {
    std::vector<bool> isShown(train.labels().size());
    for (size_t i = 0; i < train.size() && !isShown.empty(); ++i)
        if (const int label = train.label(i); label >= 0) isShown[static_cast<size_t>(label)] = true;
    std::set<std::string> names;
    for (size_t label = 0; label < isShown.size(); ++label)
        if (isShown[label]) names.insert(train.labels()[label]);
    for (size_t i = 0; i < labels.size(); ++i)
        if (names.contains(labels[i])) m_trained.insert(static_cast<int>(i));
}

/// The first images with captions that differ: equal ones would light up off the diagonal.
void Validation::chooseProbe() {
    std::set<std::string> seen;
    for (size_t i = 0; i < m_textOfImage.size() && m_probe.size() < kProbe; ++i)
        if (seen.insert(m_texts[static_cast<size_t>(m_textOfImage[i])]).second)
            m_probe.push_back(static_cast<int64_t>(i));
}

ValidationMetrics Validation::run(DualEncoder& model, int64_t step) const {
    const torch::NoGradGuard noGrad;
    model.eval();
    torch::Tensor images = encodeImages(model, m_setup.options.normalize);
    torch::Tensor texts = encodeTexts(model, m_texts, m_setup.options.normalize);

    ValidationMetrics metrics;
    metrics.step = step;
    const auto ofPairs = torch::tensor(m_textOfImage).to(texts.device());
    metrics.loss = meanLoss(model, images, texts.index_select(0, ofPairs));
    if (!m_setup.options.normalize) {
        images = normalizedRows(images);
        texts = normalizedRows(texts);
    }
    const auto pairs = texts.index_select(0, ofPairs);
    const RetrievalRanks ranks = retrievalRanks(images, texts, m_imageOfText);
    const RetrievalRecall recall = ranks.recall();
    metrics.imageToTextRank = medianRank(ranks.imageToText, m_texts.size());
    metrics.textToImageRank = medianRank(ranks.textToImage, m_labels.size());
    metrics.imageToText = toRecall(recall.imageToText);
    metrics.textToImage = toRecall(recall.textToImage);

    if (!m_prompts.empty()) measureLabels(images.cpu(), encodeTexts(model, m_prompts).cpu(), metrics);
    const auto chosen = torch::tensor(m_probe).to(images.device());
    const auto matrix = images.index_select(0, chosen).mm(pairs.index_select(0, chosen).t()).cpu().contiguous();
    metrics.probe = static_cast<int>(m_probe.size());
    metrics.probeMatrix.assign(matrix.data_ptr<float>(), matrix.data_ptr<float>() + matrix.numel());
    model.train();
    return metrics;
}

/// images: [n, d], prompts: [labels, d], on the CPU.
void Validation::measureLabels(const torch::Tensor& images, const torch::Tensor& prompts,
                               ValidationMetrics& metrics) const {
    std::vector<int64_t> rows;
    std::vector<int> truth;
    for (size_t i = 0; i < m_labels.size(); ++i)
        if (m_labels[i] >= 0) {
            rows.push_back(static_cast<int64_t>(i));
            truth.push_back(m_labels[i]);
        }
    if (rows.empty()) return;
    const Answers answers = classify(images.index_select(0, torch::tensor(rows)), truth, {prompts});
    const auto measured = [](double value) { return std::isnan(value) ? -1 : value; };
    const ClassFigures figures = figuresOf(answers);
    metrics.zeroShotTop1 = figures.top1;
    metrics.zeroShotTop5 = measured(figures.top5);
    metrics.zeroShotMeanPerClass = figures.meanRecall;
    size_t heldOut = 0, right = 0;
    for (size_t i = 0; i < answers.size(); ++i)
        if (!m_trained.contains(truth[i])) {
            ++heldOut;
            right += answers.isRight(i) ? 1 : 0;
        }
    if (!m_trained.empty() && heldOut > 0)
        metrics.zeroShotHeldOutTop1 = static_cast<double>(right) / static_cast<double>(heldOut);
    LabelProbes probes;
    together(*m_setup.world, [&] { probes = probeLabels(images, m_labels, m_setup.options.valProbe, m_stop); });
    metrics.neighboursTop1 = probes.neighbours;
    metrics.probeTop1 = probes.linear;
}

double Validation::familiarCosine(DualEncoder& model) const {
    constexpr double kShare = 0.01;   // of the validation images may look unfamiliar
    constexpr double kMargin = 0.95;  // for pictures drawn by others
    if (m_prompts.empty()) return 0;
    const torch::NoGradGuard noGrad;
    model.eval();
    const auto best = encodeImages(model).mm(encodeTexts(model, m_prompts).t()).amax(1);
    model.train();
    const double cosine = kMargin * best.quantile(kShare).item<double>();
    return std::isfinite(cosine) ? cosine : 0;
}

/// Features of rows [begin, end) in fp32, in parts; smaller ones where memory runs out, as training may have come down
/// to.
template <typename Encode>
torch::Tensor Validation::inParts(int64_t begin, int64_t end, int64_t width, Encode&& encode) const {
    std::vector<torch::Tensor> parts = {torch::empty({0, width}, torch::TensorOptions(m_setup.device))};
    while (begin < end) {
        const int64_t count = std::min(m_batch, end - begin);
        if (m_stop.stop_requested()) throw Cancelled();
        try {
            const AutocastScope autocast(m_setup.device, m_setup.autocast);
            parts.push_back(encode(begin, count).to(torch::kFloat));
            begin += count;
            continue;
        } catch (const std::exception& error) {
            if (!isOutOfMemory(error)) throw;
        }
        if (count == 1)
            throw Error("validation", "there is not enough memory for one picture", "Training goes on without it.");
        if (!m_setup.device.is_cpu()) at::accelerator::emptyCache();
        m_batch = (count + 1) / 2;
    }
    return torch::cat(parts);
}

/// Features of all rows, of which each process makes its share: those from its start to the next.
template <typename Encode>
torch::Tensor Validation::shared(const std::vector<int64_t>& starts, int64_t width, Encode&& encode) const {
    World& world = *m_setup.world;
    const auto rank = static_cast<size_t>(world.rank());
    torch::Tensor mine;
    together(world, [&] { mine = inParts(starts[rank], starts[rank + 1], width, encode); });
    if (world.isAlone()) return mine;
    int64_t most = 0;
    for (size_t i = 1; i < starts.size(); ++i)
        most = std::max(most, starts[i] - starts[i - 1]);
    const torch::Tensor padded = torch::cat({mine, mine.new_zeros({most - mine.size(0), mine.size(1)})});
    const torch::Tensor all = world.gather(padded);
    std::vector<torch::Tensor> shares;
    for (size_t i = 1; i < starts.size(); ++i)
        shares.push_back(all.narrow(0, static_cast<int64_t>(i - 1) * most, starts[i] - starts[i - 1]));
    return torch::cat(shares);
}

torch::Tensor Validation::encodeImages(DualEncoder& model, bool normalized) const {
    const ImageNormalizer normalize(m_setup.device, m_setup.bundle.preprocess.mean, m_setup.bundle.preprocess.std);
    const int64_t first = m_imageStarts.at(static_cast<size_t>(m_setup.world->rank()));
    const auto pixels = [&](int64_t begin, int64_t count) {
        return normalize(m_pixels.narrow(0, begin - first, count));
    };
    const ClipConfig& config = model.config();
    if (m_setup.options.imageViews == 0)
        return shared(m_imageStarts, config.embedDim, [&](int64_t begin, int64_t count) {
            return model.encodeImage(pixels(begin, count), normalized);
        });
    // The tower's features stay what they are; the head learns.
    if (!m_features.defined())
        m_features = shared(m_imageStarts, featureWidth(config), [&](int64_t begin, int64_t count) {
            return model.imageTower().features(pixels(begin, count));
        });
    return shared(m_imageStarts, config.embedDim, [&](int64_t begin, int64_t count) {
        return model.encodeImage(m_features.narrow(0, begin, count), normalized);
    });
}

torch::Tensor Validation::encodeTexts(DualEncoder& model, const std::vector<std::string>& texts,
                                      bool normalized) const {
    const std::span<const std::string> all(texts);
    const auto starts = startsOf(static_cast<int64_t>(texts.size()), *m_setup.world);
    return shared(starts, model.config().embedDim, [&](int64_t begin, int64_t count) {
        const auto batch = textTensors(
            m_setup.bundle.tokenizer->tokenize(all.subspan(static_cast<size_t>(begin), static_cast<size_t>(count))));
        return model.encodeText(batch.ids.to(m_setup.device), batch.lengths.to(m_setup.device), normalized);
    });
}

/// int64 [images]: equal numbers are equal captions.
torch::Tensor Validation::captionNumbers() const {
    std::map<std::string, int64_t> numbers;
    std::vector<int64_t> ids;
    for (const int64_t text : m_textOfImage)
        ids.push_back(numbers.try_emplace(m_texts[static_cast<size_t>(text)], static_cast<int64_t>(numbers.size()))
                          .first->second);
    return torch::tensor(ids);
}

/// Over whole batches of the training size, so that it compares with the training loss; the rest that fills none
/// counts only when there is no whole one.
double Validation::meanLoss(const DualEncoder& model, const torch::Tensor& images, const torch::Tensor& texts) const {
    const auto& options = m_setup.options;
    const auto loss = makeLoss(
        options.loss, {.labelSmoothing = options.labelSmoothing, .targetTemperature = options.targetTemperature});
    const auto captionIds = captionNumbers().to(images.device());
    const auto imageIds = torch::arange(images.size(0), captionIds.options());
    const int64_t size = std::min<int64_t>(m_setup.options.batchSize, images.size(0));
    double sum = 0;
    int64_t batches = 0;
    for (int64_t begin = 0; begin + size <= images.size(0); begin += size, ++batches)
        sum += (*loss)({images.narrow(0, begin, size), texts.narrow(0, begin, size), model.logitScale(),
                        model.logitBias(), imageIds.narrow(0, begin, size), captionIds.narrow(0, begin, size)})
                   .total.item<double>();
    return sum / static_cast<double>(batches);
}

}  // namespace diagonal
