// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/device_transfer.h"
#include "engine/parts/dual_encoder.h"
#include "engine/parts/image_normalizer.h"
#include "training/distributed/gradient_buckets.h"
#include "training/distributed/world.h"
#include "training/losses/distillation.h"
#include "training/losses/loss.h"
#include "training/optimizers/adamw.h"
#include "training/optimizers/loss_scale.h"
#include "training/optimizers/spike_detector.h"
#include "training/optimizers/weight_average.h"

namespace diagonal {

struct TrainStepOptions {
    std::string loss = "contrastive";
    double labelSmoothing = 0;
    double targetTemperature = 0;  ///< see MutualLoss
    bool targetGradient = false;   ///< the same
    bool normalize = true;         ///< the loss sees embeddings of unit length, else as the model makes them
    DistillationOptions distillation;
    AdamWOptions adamW;
    double gradientClip = 1.0;                  ///< 0: none
    std::optional<torch::ScalarType> autocast;  ///< bf16 or fp16; parameters and optimizer stay fp32
    int64_t microBatch = 0;                     ///< pairs whose activations are in memory at a time; 0: all
    bool lockImage = false, lockText = false;   ///< towers that do not learn; see learns()
    bool halfText = false;                      ///< the text tower's matrices are stored in bf16, see storeTextInHalf
    bool fixTemperature = false;
    double minTemperature = 0.01;
    double temperatureRate = 0;  ///< see TemperatureOptimizer; 0: the temperature learns as the weights do
    FastClipOptions fastClip;
    double emaDecay = 0;     ///< 0: no average of the weights
    double spikeFactor = 0;  ///< 0: no gradient is too large
    std::array<float, 3> mean = {0.48145466F, 0.4578275F, 0.40821073F};
    std::array<float, 3> std = {0.26862954F, 0.26130258F, 0.27577711F};
    std::shared_ptr<World> world = oneProcess();
};

/// n pairs, on any device.
struct TrainBatch {
    torch::Tensor pixels;                          ///< uint8 [n, h, w, 3], or features: float16 [n, width]
    torch::Tensor ids;                             ///< int64 [n, length]
    torch::Tensor lengths;                         ///< int64 [n]
    torch::Tensor imageIds = {}, captionIds = {};  ///< int64 [n], see LossInputs
    torch::Tensor samples = {};                    ///< the same
    int64_t epoch = 0;                             ///< the same
    torch::Tensor teachers = {};                   ///< float16 [n, 2, width], see LossInputs
};

enum class StepOutcome {
    Updated,
    NotFinite,  ///< loss or gradient is no number
    Overflow,   ///< the same, but fp16's loss scale may be the reason; it was halved
    Spike,      ///< the gradient is far larger than usual
};

struct TrainStepValues {
    double loss = 0, lossImage = 0, lossText = 0;
    double gradientNorm = 0;
    double logitScale = 0;                       ///< after exp, as the step used it
    StepOutcome outcome = StepOutcome::Updated;  ///< all others: no weight and no statistic was changed
    double lossDistillation = -1;                ///< -1: there is no teacher
};

/// Whether an image's features are the same in any part of a batch: not where batch norms are trained.
bool canDivideBatches(const DualEncoder& model);

/// Throws Error where an image's features depend on the others of its batch, for batch norms are trained: micro-batches
/// would give another gradient. The model is in the mode it trains in.
void requireDivisible(const DualEncoder& model);

/// Kernels of convolutions lie in memory as their inputs do, which spares a GPU to turn them round in each step. Before
/// there is a TrainStep.
void useChannelsLast(DualEncoder& model);

/// Steps of the optimizer on a model that it keeps in training mode: forward, backward, clip, AdamW, clamp. One thread
/// at a time.
///
/// Whether a batch is refused is decided where it is computed: begin() gives a GPU its work and waits for nothing but
/// the numbers of the step before, while the GPU is busy with this one. What follows from them (which norms are
/// usual, fp16's scale) is brought up to date then, before anything reads it.
///
/// With micro-batches the loss is still that of the whole batch: features are made without a graph, the loss gives
/// their gradients, and a second pass over the micro-batches carries these into the towers (GradCache, Gao et al.,
/// 2021, arXiv 2101.06983). Where memory runs out the micro-batch is halved and the step begins again. Batch norms that
/// are trained need whole batches: micro-batches are refused there.
///
/// In a world of several processes each takes its part of the batch; the loss and its gradient are those of the whole.
class TrainStep {
  public:
    /// The model must already be on its device. Throws Error where micro-batches are asked for and cannot be exact.
    TrainStep(std::shared_ptr<DualEncoder> model, const TrainStepOptions& options);

    /// Begins a step. The batch goes to the device once, whatever its parts; its memory may change when the step is
    /// finished. Throws Error when there is no memory for one pair.
    void begin(const TrainBatch& batch, double learningRate);
    /// The numbers of the oldest step that was begun and not finished; of at most two. Waits for it.
    TrainStepValues finish();
    /// A whole step.
    TrainStepValues run(const TrainBatch& batch, double learningRate) {
        begin(batch, learningRate);
        return finish();
    }

    const torch::Device& device() const { return m_device; }
    double lossScale() const { return m_lossScale.value(); }
    /// 0: whole batches.
    int64_t microBatch() const { return m_options.microBatch; }
    /// Throws Error unless the model's batches can be divided.
    void setMicroBatch(int64_t pairs);
    WeightAverage& average() { return m_average; }
    /// No norm is known any more: the next gradient is no spike.
    void forgetNorms() { m_spikes = SpikeDetector(m_options.spikeFactor); }

    /// All that a step changes beside the model, for checkpoints, when all steps are finished. With an average the
    /// model in the checkpoint is the average, and the weights that are trained are kept here: call it within an
    /// AveragedScope.
    NamedParameters state() const;
    /// Takes state() back, within an AveragedScope too; the model holds what the checkpoint's does. Steps that are not
    /// finished are forgotten. Throws Error naming `source`.
    void load(const std::map<std::string, torch::Tensor>& state, const std::string& source);

  private:
    struct Features {
        torch::Tensor image, text;
    };

    LossTerms gradients(const TrainBatch& batch);
    std::optional<LossTerms> tryGradients(const TrainBatch& batch);
    template <typename Work>
    bool fitsEverywhere(Work&& work);
    Features encodeInParts(const TrainBatch& batch, std::vector<torch::Tensor>& generators);
    LossTerms differentiate(const Features& features, const TrainBatch& batch);
    void carryBack(const Features& features, const TrainBatch& batch, const std::vector<torch::Tensor>& generators);
    Features encode(const TrainBatch& batch, bool image = true, bool text = true);
    void clampTemperature();
    void update(const LossTerms& terms, const std::vector<torch::Tensor>& before, double learningRate);
    void averageStatistics();
    void restoreStatistics(const std::vector<torch::Tensor>& before, const torch::Tensor& refused);
    void settle();
    World& world() const { return *m_options.world; }

    std::shared_ptr<DualEncoder> m_model;
    TrainStepOptions m_options;
    torch::Device m_device;
    ImageNormalizer m_normalize;
    std::vector<torch::Tensor> m_statistics;  ///< of batch norms that are trained; none: they stand still
    std::unique_ptr<Loss> m_loss;
    std::unique_ptr<Optimizer> m_optimizer;
    bool m_imageLearns = false, m_textLearns = false;  ///< anything of that side
    std::unique_ptr<GradientBuckets> m_buckets;        ///< none: this process is alone
    WeightAverage m_average;
    LossScale m_lossScale;
    SpikeDetector m_spikes;
    /// Of the newest step, until they are read: double [7], those of TrainStepValues, and whether it was refused.
    std::optional<Download> m_numbers;
    std::deque<TrainStepValues> m_done;  ///< of steps that are not finished
};

}  // namespace diagonal
