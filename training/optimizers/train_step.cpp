// SPDX-License-Identifier: Apache-2.0
#include "training/optimizers/train_step.h"

#include <ATen/DeviceAccelerator.h>

#include <algorithm>
#include <cmath>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "engine/base/out_of_memory.h"
#include "engine/parts/layers.h"
#include "training/optimizers/autocast.h"
#include "training/optimizers/generator_state.h"
#include "training/optimizers/gradients.h"
#include "training/optimizers/half_text.h"
#include "training/optimizers/model_parts.h"
#include "training/optimizers/temperature_optimizer.h"

namespace diagonal {

namespace {

using torch::Tensor;

constexpr const char* kLogitScale = "logit_scale";

/// The parameters that learn; the others stop asking for gradients.
NamedParameters trainedParameters(DualEncoder& model, const TrainStepOptions& options) {
    if (options.lockImage) model.lockImageTower();
    if (options.halfText) storeTextInHalf(model);
    NamedParameters parameters;
    for (const auto& item : model.named_parameters()) {
        Tensor parameter = item.value();
        if (!learns(item.key(), options.lockImage, options.lockText, options.fixTemperature))
            parameter.requires_grad_(false);
        parameters.emplace_back(item.key(), parameter);
    }
    for (const auto& factor : model.lowRankFactors())
        parameters.push_back(factor);
    return parameters;
}

std::unique_ptr<Optimizer> optimizerOf(DualEncoder& model, const TrainStepOptions& options) {
    auto parameters = trainedParameters(model, options);
    if (options.temperatureRate == 0 || options.fixTemperature)
        return std::make_unique<AdamW>(parameters, options.adamW);
    std::erase_if(parameters, [](const auto& one) { return one.first == kLogitScale; });
    return std::make_unique<TemperatureOptimizer>(std::make_unique<AdamW>(parameters, options.adamW),
                                                  model.logitScale(), options.adamW, options.temperatureRate);
}

/// All weights, or, where there are low-rank terms, what learns: the rest is its own average.
WeightAverage averageOf(const DualEncoder& model, double decay) {
    if (!model.isAdapted()) return {model, decay};
    NamedParameters weights = model.lowRankFactors();
    for (const auto& item : model.named_parameters())
        if (item.value().requires_grad()) weights.emplace_back(item.key(), item.value());
    return {weights, decay};
}

/// Rows and columns of the logits made at a time. Larger tiles are fewer launches on a GPU: as large as a small part of
/// its memory takes.
int64_t tileOf(const torch::Device& device) {
    constexpr int64_t kOnCpu = 1024, kLargest = 8192;
    if (device.is_cpu()) return kOnCpu;
    constexpr size_t kShare = 16, kBytes = 4 * sizeof(float);  // of a card's memory; of a pair, with what is made of it
    size_t memory = 0;
    try {
        memory = at::accelerator::getMemoryInfo(device.index()).second;
    } catch (const c10::Error&) {  // not every device tells
    }
    int64_t tile = kOnCpu;
    while (tile < kLargest && static_cast<size_t>(4 * tile * tile) * kBytes <= memory / kShare)
        tile *= 2;
    return tile;
}

std::unique_ptr<Loss> lossOf(const TrainStepOptions& options, const torch::Device& device) {
    const int64_t tile = tileOf(device);
    auto loss = makeLoss(options.loss, {.labelSmoothing = options.labelSmoothing,
                                        .tile = tile,
                                        .fastClip = options.fastClip,
                                        .targetTemperature = options.targetTemperature,
                                        .targetGradient = options.targetGradient,
                                        .device = device});
    if (options.distillation.weight == 0) return loss;
    return std::make_unique<DistilledLoss>(std::move(loss), options.distillation, tile);
}

TrainBatch part(const TrainBatch& batch, int64_t begin, int64_t count) {
    return {batch.pixels.narrow(0, begin, count), batch.ids.narrow(0, begin, count),
            batch.lengths.narrow(0, begin, count)};
}

}  // namespace

bool canDivideBatches(const DualEncoder& model) {
    return std::ranges::none_of(model.modules(), [](const auto& module) {
        return dynamic_cast<const BatchNorm2d*>(module.get()) != nullptr && module->is_training();
    });
}

void requireDivisible(const DualEncoder& model) {
    if (canDivideBatches(model)) return;
    throw Error("--micro-batch",
                "the image tower's batch norms need the whole batch at once: divided, it would be another one",
                "Leave it out, choose a smaller --batch-size or a vision transformer, or give --lock-image.");
}

void useChannelsLast(DualEncoder& model) {
    for (const torch::Tensor& parameter : model.parameters())
        if (parameter.dim() == 4) parameter.set_data(parameter.contiguous(at::MemoryFormat::ChannelsLast));
}

TrainStep::TrainStep(std::shared_ptr<DualEncoder> model, const TrainStepOptions& options)
    : m_model(std::move(model)),
      m_options(options),
      m_device(m_model->logitScale().device()),
      m_normalize(m_device, options.mean, options.std),
      m_loss(lossOf(options, m_device)),
      m_optimizer(optimizerOf(*m_model, options)),
      m_average(averageOf(*m_model, options.emaDecay)),
      m_lossScale(options.autocast == torch::kHalf),
      m_spikes(options.spikeFactor) {
    std::vector<Tensor> trained;
    for (const auto& [name, parameter] : trainedParameters(*m_model, options)) {
        if (!parameter.requires_grad()) continue;
        trained.push_back(parameter);
        if (!isOfLogits(name)) (isOfImage(name) ? m_imageLearns : m_textLearns) = true;
    }
    if (!world().isAlone()) m_buckets = std::make_unique<GradientBuckets>(m_options.world, std::move(trained));
    m_model->train();
    if (!canDivideBatches(*m_model)) m_statistics = m_model->buffers();
    if (m_options.microBatch > 0) setMicroBatch(m_options.microBatch);
}

void TrainStep::setMicroBatch(int64_t pairs) {
    if (pairs > 0) requireDivisible(*m_model);
    m_options.microBatch = pairs;
}

void TrainStep::begin(const TrainBatch& batch, double learningRate) {
    const auto here = [this](const Tensor& tensor) {
        return tensor.defined() ? tensor.to(m_device, tensor.scalar_type(), /*non_blocking=*/true) : tensor;
    };
    std::vector<Tensor> before;
    for (const Tensor& statistic : m_statistics)
        before.push_back(statistic.clone());
    try {
        update(gradients({here(batch.pixels), here(batch.ids), here(batch.lengths), here(batch.imageIds),
                          here(batch.captionIds), here(batch.samples), batch.epoch, here(batch.teachers)}),
               before, learningRate);
    } catch (...) {  // the statistics alone may have changed by then
        const torch::NoGradGuard noGrad;
        for (size_t i = 0; i < before.size(); ++i)
            m_statistics[i].copy_(before[i]);
        throw;
    }
}

/// Nothing fails behind its first change: what processes exchange comes before.
void TrainStep::update(const LossTerms& terms, const std::vector<Tensor>& before, double learningRate) {
    const torch::NoGradGuard noGrad;
    const auto all = m_optimizer->gradients();
    if (m_lossScale.isEnabled()) at::_foreach_mul_(all, 1 / m_lossScale.value());
    const Tensor norm = clipGradients(all, m_options.gradientClip);
    const Tensor isUsable =
        terms.total.isfinite().logical_and_(norm.to(torch::kDouble) <= m_spikes.limit());  // so that NaN is not
    Tensor refused = isUsable.logical_not().to(torch::kFloat);
    if (!world().isAlone()) {  // no process may differ from the others in a last bit
        world().sum({refused});
        refused = refused.clamp_max(1);
    }
    averageStatistics();
    const Tensor scale = m_model->logitScale().detach().exp();
    m_optimizer->step(learningRate, refused);
    restoreStatistics(before, refused);
    clampTemperature();
    m_average.update(refused);
    m_loss->keep(refused);
    // One transfer for all that is reported: on a GPU each would be a wait.
    const Tensor distillation = terms.distillation.defined() ? terms.distillation : torch::zeros_like(scale);
    m_numbers.emplace(
        torch::stack({terms.total.detach(), terms.imageToText, terms.textToImage, norm, scale, refused, distillation})
            .to(torch::kDouble));
}

/// Reads the numbers of the step that was begun last, and what follows from them.
void TrainStep::settle() {
    if (!m_numbers) return;
    const double* values = m_numbers->wait().const_data_ptr<double>();
    TrainStepValues result{values[0], values[1], values[2], values[3], values[4]};
    const bool isRefused = values[5] != 0;
    result.lossDistillation = m_options.distillation.weight > 0 ? std::max(0.0, values[6]) : -1;
    m_numbers.reset();
    if (!isRefused) {
        m_average.count();
        m_lossScale.stepDone();
        m_spikes.add(result.gradientNorm);
    } else if (std::isfinite(result.loss) && std::isfinite(result.gradientNorm)) {
        result.outcome = StepOutcome::Spike;
    } else {
        // The loss itself is never scaled.
        const bool mayBeTheScale = std::isfinite(result.loss) && m_lossScale.canShrink();
        result.outcome = mayBeTheScale ? StepOutcome::Overflow : StepOutcome::NotFinite;
        if (mayBeTheScale) m_lossScale.shrink();
    }
    m_done.push_back(result);
}

TrainStepValues TrainStep::finish() {
    if (m_done.empty()) settle();
    TORCH_CHECK(!m_done.empty(), "no step was begun");
    const TrainStepValues values = m_done.front();
    m_done.pop_front();
    return values;
}

/// Each process saw its part of the batch.
void TrainStep::averageStatistics() {
    if (world().isAlone()) return;
    std::vector<Tensor> means;
    for (const Tensor& statistic : m_statistics)
        if (statistic.is_floating_point()) means.push_back(statistic);
    world().sum(means);
    for (Tensor& mean : means)
        mean.div_(world().size());
}

/// Batch norms have seen the batch that is refused: they forget it.
void TrainStep::restoreStatistics(const std::vector<Tensor>& before, const Tensor& refused) {
    for (size_t i = 0; i < before.size(); ++i)
        m_statistics[i].copy_(torch::where(refused > 0, before[i], m_statistics[i]));
}

LossTerms TrainStep::gradients(const TrainBatch& batch) {
    const int64_t pairs = batch.pixels.size(0);
    while (true) {
        m_optimizer->zeroGradients();
        if (const auto terms = tryGradients(batch)) return *terms;
        m_optimizer->zeroGradients();
        if (!m_device.is_cpu()) at::accelerator::emptyCache();
        const int64_t tried = m_options.microBatch > 0 ? std::min(m_options.microBatch, pairs) : pairs;
        if (tried == 1)
            throw Error("memory", "there is not enough for one pair at a time",
                        "Choose a smaller model, --precision bf16, or a computer with more memory.");
        if (!canDivideBatches(*m_model))
            throw Error("memory",
                        "there is not enough for " + std::to_string(pairs) +
                            " pairs at a time, and the image tower's batch norms need the whole batch at once",
                        "Choose a smaller --batch-size, a vision transformer, --precision bf16, or more memory.");
        m_options.microBatch = (tried + 1) / 2;
    }
}

/// False where memory ran out, in this process or in another one: all try again.
template <typename Work>
bool TrainStep::fitsEverywhere(Work&& work) {
    bool fits = true;
    try {
        work();
    } catch (const std::exception& error) {
        if (!isOutOfMemory(error)) throw;
        fits = false;
    }
    // Outside of the handler: the exception kept the graph alive.
    return !world().any(!fits);
}

/// None where memory ran out.
std::optional<LossTerms> TrainStep::tryGradients(const TrainBatch& batch) {
    const bool inParts = m_options.microBatch > 0 && m_options.microBatch < batch.pixels.size(0);
    Features features;
    std::vector<Tensor> generators;
    // Apart from what follows: there, processes wait for each other.
    if (!fitsEverywhere([&] { features = inParts ? encodeInParts(batch, generators) : encode(batch); })) return {};
    std::optional<LossTerms> terms;
    const auto differentiateAll = [&] {
        if (!inParts && m_buckets) m_buckets->arm();
        terms = differentiate(features, batch);
        if (inParts) carryBack(features, batch, generators);
    };
    const bool fit = fitsEverywhere([&] {
        try {
            differentiateAll();
        } catch (const std::exception& error) {
            if (m_buckets && isOutOfMemory(error)) m_buckets->finish();
            throw;
        }
        if (m_buckets) m_buckets->finish();
    });
    return fit ? terms : std::nullopt;
}

/// Features of all parts, without a graph; generators receives torch's before each part, which may draw (dropout).
TrainStep::Features TrainStep::encodeInParts(const TrainBatch& batch, std::vector<Tensor>& generators) {
    const torch::NoGradGuard noGrad;
    const int64_t pairs = batch.pixels.size(0), size = m_options.microBatch;
    std::vector<Tensor> images, texts;
    for (int64_t begin = 0; begin < pairs; begin += size) {
        generators.push_back(generatorState(m_device));
        auto features = encode(part(batch, begin, std::min(size, pairs - begin)));
        images.push_back(features.image);
        texts.push_back(features.text);
    }
    return {torch::cat(images).requires_grad_(m_imageLearns), torch::cat(texts).requires_grad_(m_textLearns)};
}

/// The gradients of the features into the towers, part by part.
void TrainStep::carryBack(const Features& features, const TrainBatch& batch, const std::vector<Tensor>& generators) {
    if (!m_imageLearns && !m_textLearns) return;
    const int64_t pairs = batch.pixels.size(0), size = m_options.microBatch;
    for (int64_t begin = 0, i = 0; begin < pairs; begin += size, ++i) {
        const int64_t count = std::min(size, pairs - begin);
        setGeneratorState(m_device, generators[static_cast<size_t>(i)]);
        const auto again = encode(part(batch, begin, count), m_imageLearns, m_textLearns);
        std::vector<Tensor> outputs, gradients;
        for (const auto& [output, leaf] : {std::pair(again.image, features.image), {again.text, features.text}}) {
            if (!output.defined()) continue;
            outputs.push_back(output);
            gradients.push_back(leaf.grad().narrow(0, begin, count));
        }
        if (m_buckets && begin + count == pairs) m_buckets->arm();
        torch::autograd::backward(outputs, gradients);
    }
}

LossTerms TrainStep::differentiate(const Features& features, const TrainBatch& batch) {
    LossTerms terms;
    try {
        terms = (*m_loss)({features.image, features.text, m_model->logitScale(), m_model->logitBias(), batch.imageIds,
                           batch.captionIds, batch.samples, batch.epoch, m_options.world, batch.teachers});
    } catch (const std::exception& error) {
        // The others are in the midst of what they exchange: there is no trying again together.
        if (world().isAlone() || !isOutOfMemory(error)) throw;
        throw Error("memory", "there is not enough for the loss", "Choose a smaller --batch-size or --micro-batch.");
    }
    settle();  // the device has the forward pass to do meanwhile
    (m_lossScale.isEnabled() ? terms.total * m_lossScale.value() : terms.total).backward();
    return terms;
}

/// Features in fp32; those of a side that does not learn without a graph.
TrainStep::Features TrainStep::encode(const TrainBatch& batch, bool image, bool text) {
    const AutocastScope autocast(m_device, m_options.autocast);
    Features features;
    if (image) {
        const torch::AutoGradMode records(torch::GradMode::is_enabled() && m_imageLearns);
        const auto type = m_options.autocast.value_or(torch::kFloat);
        const bool isPixels = batch.pixels.scalar_type() == torch::kByte;
        const Tensor pixels = isPixels ? m_normalize(batch.pixels, type) : batch.pixels.to(torch::kFloat);
        features.image = m_model->encodeImage(pixels, m_options.normalize).to(torch::kFloat);
    }
    if (!text) return features;
    const torch::AutoGradMode records(torch::GradMode::is_enabled() && m_textLearns);
    features.text = m_model->encodeText(batch.ids, batch.lengths, m_options.normalize).to(torch::kFloat);
    return features;
}

void TrainStep::clampTemperature() {
    if (m_options.fixTemperature) return;
    const torch::NoGradGuard noGrad;
    m_model->logitScale().clamp_(0, -std::log(m_options.minTemperature));
}

NamedParameters TrainStep::state() const {
    TORCH_CHECK(!m_numbers, "a step is not finished");
    auto state = m_optimizer->state();
    for (const auto& [name, factor] : m_model->lowRankFactors())
        state.emplace_back("factors/" + name, factor);
    state.emplace_back("loss_scale", m_lossScale.state());
    state.emplace_back("recent_norms", m_spikes.state());
    for (const auto& [name, tensor] : m_loss->state())
        state.emplace_back(name, tensor);
    if (!m_average.isEnabled()) return state;
    state.emplace_back("average_updates", torch::tensor(m_average.updates()));
    for (const auto& [name, weight] : m_average.stored())
        state.emplace_back("weights/" + name, weight);
    return state;
}

void TrainStep::load(const std::map<std::string, Tensor>& state, const std::string& source) {
    m_numbers.reset();
    m_done.clear();
    m_optimizer->load(state, source);
    m_loss->load(state, source);
    const auto find = [&](const std::string& name) {
        const auto found = state.find(name);
        return found == state.end() ? Tensor() : found->second;
    };
    if (const auto scale = find("loss_scale"); scale.defined() && scale.numel() == 2) m_lossScale.load(scale);
    if (const auto norms = find("recent_norms"); norms.defined()) m_spikes.load(norms);
    const torch::NoGradGuard noGrad;
    const auto restore = [&](const std::string& kind, const std::string& name, const Tensor& target) {
        const auto saved = find(kind + name);
        if (!saved.defined() || saved.sizes() != target.sizes())
            throw Error(source, "holds no weights " + name + " that fit the model", "Resume from another checkpoint.");
        target.copy_(saved);
    };
    for (const auto& [name, factor] : m_model->lowRankFactors())
        restore("factors/", name, factor);
    if (!m_average.isEnabled()) return;
    // The model holds the average, the store what is trained.
    for (const auto& [name, weight] : m_average.stored())
        restore("weights/", name, weight);
    if (const auto updates = find("average_updates"); updates.defined()) m_average.setUpdates(updates.item<int64_t>());
}

}  // namespace diagonal
