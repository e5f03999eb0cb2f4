// SPDX-License-Identifier: Apache-2.0
#include "training/trainer/part_options.h"

#include <algorithm>

#include "training/trainer/tuning.h"

namespace diagonal {

namespace {

AutoAugment autoAugmentOf(const std::string& name) {
    return name == "trivial" ? AutoAugment::Trivial : name == "rand" ? AutoAugment::Rand : AutoAugment::None;
}

/// FastCLIP's temperature has a rate of its own, unless it is all that learns.
double temperatureRateOf(const TrainingSetup& setup) {
    const auto& options = setup.options;
    constexpr double kFastClip = 2e-4;
    const bool isAlone = options.lockImage && options.lockText && !hasOwnHead(*setup.bundle.model);
    if (options.temperatureLearningRate > 0 || options.loss != "fastclip" || isAlone)
        return options.temperatureLearningRate;
    return kFastClip;
}

/// Half of the passes over the data, as FastCLIP recommends.
int64_t decayEpochsOf(const TrainingSetup& setup) {
    if (setup.options.gammaDecayEpochs > 0) return setup.options.gammaDecayEpochs;
    const int64_t epochs = (setup.totalSteps + setup.stepsPerEpoch - 1) / setup.stepsPerEpoch;
    return std::max<int64_t>(1, epochs / 2);
}

DistillationOptions distillationOptions(const TrainingSetup& setup) {
    DistillationOptions distillation;
    distillation.weight = setup.options.distillWeight;
    if (distillation.weight == 0) return distillation;
    const double temperature = setup.options.distillTemperature;
    for (const Teacher& teacher : setup.data.train->teachers()) {
        distillation.widths.push_back(teacher.dim);
        distillation.logitScales.push_back(temperature > 0 ? 1 / temperature : teacher.logitScale);
    }
    return distillation;
}

}  // namespace

TrainStepOptions stepOptions(const TrainingSetup& setup) {
    const auto& options = setup.options;
    const auto share = [&](double rate) { return rate > 0 ? rate / options.learningRate : 1; };
    const auto layerDecay = [&](double decay) { return decay > 0 ? decay : options.layerDecay; };
    TrainStepOptions step;
    step.loss = options.loss;
    step.labelSmoothing = options.labelSmoothing;
    step.targetTemperature = options.targetTemperature;
    step.targetGradient = options.targetGradient;
    step.normalize = options.normalize;
    step.distillation = distillationOptions(setup);
    step.adamW = {options.beta1,
                  options.beta2,
                  options.epsilon,
                  options.weightDecay,
                  share(options.imageLearningRate),
                  share(options.textLearningRate),
                  options.headLearningRate / options.learningRate,
                  layerDecay(options.imageLayerDecay),
                  layerDecay(options.textLayerDecay)};
    step.adamW.halfStates = options.adamStates == "bf16";
    step.adamW.seed = options.seed;
    step.halfText = options.textStorage == "bf16";
    step.gradientClip = options.gradientClip;
    step.autocast = setup.autocast;
    step.microBatch = options.microBatch;
    step.lockImage = options.lockImage;
    step.lockText = options.lockText;
    step.fixTemperature = options.fixTemperature;
    step.minTemperature = options.minTemperature;
    step.temperatureRate = temperatureRateOf(setup);
    step.fastClip = {options.fastClipGamma, decayEpochsOf(setup), options.fastClipRho,
                     static_cast<int64_t>(setup.data.train->size())};
    step.emaDecay = options.emaDecay;
    step.spikeFactor = options.spikeFactor;
    step.mean = setup.bundle.preprocess.mean;
    step.std = setup.bundle.preprocess.std;
    step.world = setup.world;
    return step;
}

LoaderOptions loaderOptions(const TrainingSetup& setup) {
    const auto& options = setup.options;
    LoaderOptions loader;
    loader.batchSize = options.batchSize;
    loader.preprocess = setup.bundle.preprocess;
    loader.augment = options.augment;
    loader.augmentation.smallestArea = static_cast<float>(options.cropScale);
    loader.augmentation.flipProbability = static_cast<float>(options.flip);
    loader.augmentation.autoAugment = autoAugmentOf(options.autoAugment);
    loader.augmentation.colorJitter = static_cast<float>(options.colorJitter);
    loader.augmentation.grayscaleProbability = static_cast<float>(options.grayscale);
    loader.augmentation.blurProbability = static_cast<float>(options.blur);
    loader.fastDecode = options.fastDecode;
    loader.tokenizer = setup.bundle.tokenizer;
    loader.keptTokens = setup.keptTokens;
    loader.drawCaptions = options.captions == "random";
    loader.shuffleBuffer = static_cast<size_t>(options.shuffleBuffer);
    loader.teachers = options.distillWeight > 0;
    loader.seed = options.seed;
    loader.workers = setup.workers;
    loader.rank = setup.world->rank();
    loader.ranks = setup.world->size();
    return loader;
}

}  // namespace diagonal
