// SPDX-License-Identifier: Apache-2.0
#include "training/checks/model_checks.h"

#include <algorithm>
#include <map>

#include "engine/base/device_transfer.h"
#include "engine/base/libtorch.h"
#include "engine/parts/layers.h"

namespace diagonal {

namespace {

using torch::Tensor;

constexpr int64_t kPairs = 12;

double differenceOf(const Tensor& a, const Tensor& b) {
    const auto x = a.detach().cpu().to(torch::kDouble), y = b.detach().cpu().to(torch::kDouble);
    const auto difference = ((x - y).abs() / y.abs().clamp_min(1)).max().item<double>();
    return std::isfinite(difference) ? difference : INFINITY;
}

double towerDifference(bool resNet, const torch::Device& device) {
    const torch::NoGradGuard noGrad;
    const auto here = checkModel(resNet, device), reference = checkModel(resNet, torch::kCPU);
    here->eval();
    reference->eval();
    const auto batch = checkBatch(7);
    const std::array<float, 3> mean = {0.5F, 0.5F, 0.5F};
    const auto a = here->encodeImage(ImageNormalizer(device, mean, mean)(batch.pixels)),
               b = reference->encodeImage(ImageNormalizer(torch::kCPU, mean, mean)(batch.pixels));
    const auto c = here->encodeText(batch.ids.to(device), batch.lengths.to(device)),
               d = reference->encodeText(batch.ids, batch.lengths);
    return std::max(differenceOf(a, b), differenceOf(c, d));
}

/// Text towers that are not CLIP's, which a CPU packs and a GPU pads.
std::vector<std::pair<std::string, TextConfig>> textTowers() {
    const TextConfig clip = {.contextLength = 12, .vocabularySize = 64, .width = 32, .heads = 2, .layers = 2};
    TextConfig bert = clip, coca = clip, metaClip = clip;
    bert.kind = "bert";
    bert.causal = false;
    bert.tokenTypes = 2;
    bert.positionRows = 16;
    bert.pooling = Pooling::Max;
    TextConfig roberta = bert;
    roberta.padId = 1;
    roberta.positionOffset = 2;
    roberta.tokenTypes = 1;
    roberta.pooling = Pooling::Mean;
    TextConfig distil = bert;
    distil.tokenTypes = 0;
    distil.pooling = Pooling::First;
    coca.kind = "coca";
    metaClip.pooling = Pooling::End;
    metaClip.endId = 2;
    return {{"BERT's text tower", bert},
            {"RoBERTa's text tower", roberta},
            {"DistilBERT's text tower", distil},
            {"CoCa's text tower", coca},
            {"MetaCLIP 2's text tower", metaClip}};
}

/// Features and gradients of texts of all lengths, with padding and ends of text in their midst.
double textDifference(const TextConfig& text, const torch::Device& device) {
    ClipConfig config;
    config.embedDim = 16;
    config.imageSize = 32;
    config.vision = VitConfig{.layers = 1, .width = 16, .headWidth = 16, .mlpRatio = 2, .patchSize = 16};
    config.text = text;
    if (text.kind == "bert") config.textHead.kind = "mlp";
    torch::manual_seed(6);
    const Tensor ids = torch::randint(0, 8, {kPairs, 10}, torch::kLong), weights = torch::randn({kPairs, 16});
    ids.select(1, 0).fill_(9);
    const Tensor lengths = torch::arange(kPairs).remainder(10) + 1;
    const auto run = [&](const torch::Device& where) {
        torch::manual_seed(5);
        DualEncoder model(config);
        model.to(where);
        const Tensor features = model.encodeText(ids.to(where), lengths.to(where));
        (features * weights.to(where)).sum().backward();
        std::vector<Tensor> results = {features};
        for (const auto& parameter : model.parameters())
            if (parameter.grad().defined()) results.push_back(parameter.grad());
        return results;
    };
    const auto here = run(device), reference = run(torch::kCPU);
    double worst = here.size() == reference.size() ? 0 : INFINITY;
    for (size_t i = 0; i < std::min(here.size(), reference.size()); ++i)
        worst = std::max(worst, differenceOf(here[i], reference[i]));
    return worst;
}

TrainStepOptions stepOptionsOf(const std::string& loss) {
    TrainStepOptions options;
    options.loss = loss;
    options.emaDecay = 0.9;
    return options;
}

/// Losses and norms of ten steps.
std::vector<double> tenSteps(TrainStep& step, int first = 0) {
    std::vector<double> values;
    for (int i = first; i < 10; ++i) {
        const auto result = step.run(checkBatch(100 + i), 1e-4);
        values.insert(values.end(), {result.loss, result.gradientNorm});
    }
    return values;
}

double worstOf(const std::vector<double>& a, const std::vector<double>& b) {
    double worst = 0;
    for (size_t i = 0; i < a.size(); ++i)
        worst = std::max(worst, std::abs(a[i] - b[i]) / std::max(1.0, std::abs(b[i])));
    return std::isfinite(worst) ? worst : INFINITY;
}

double stepsDifference(bool resNet, const std::string& loss, const torch::Device& device) {
    TrainStep here(checkModel(resNet, device), stepOptionsOf(loss)),
        reference(checkModel(resNet, torch::kCPU), stepOptionsOf(loss));
    return worstOf(tenSteps(here), tenSteps(reference));
}

double partsDifference(const torch::Device& device) {
    auto options = stepOptionsOf("contrastive");
    TrainStep whole(checkModel(false, device), options);
    options.microBatch = 5;
    TrainStep parts(checkModel(false, device), options);
    return worstOf(tenSteps(parts), tenSteps(whole));
}

/// Ten steps, and four with their state carried to another model and optimizer for the other six.
double resumedDifference(const torch::Device& device) {
    const auto options = stepOptionsOf("contrastive");
    const auto wholeModel = checkModel(false, device), firstModel = checkModel(false, device),
               secondModel = checkModel(false, device);
    TrainStep whole(wholeModel, options), first(firstModel, options), second(secondModel, options);
    tenSteps(whole);
    for (int i = 0; i < 4; ++i)
        first.run(checkBatch(100 + i), 1e-4);
    {
        const torch::NoGradGuard noGrad;
        const AveragedScope averaged(first.average()), carried(second.average());
        auto to = secondModel->stateDict();
        for (const auto& [name, weight] : firstModel->stateDict())
            to.at(name).copy_(weight);
        std::map<std::string, Tensor> state;
        for (const auto& [name, tensor] : first.state())
            state[name] = tensor.detach().cpu().clone();
        second.load(state, "memory");
    }
    tenSteps(second, 4);
    double worst = 0;
    const auto a = wholeModel->stateDict(), b = secondModel->stateDict();
    for (const auto& [name, weight] : a)
        if (weight.is_floating_point()) worst = std::max(worst, differenceOf(b.at(name), weight));
    return worst;
}

/// As a run trains on a GPU: batches from host memory that is written anew, steps that overlap, kernels channels-last,
/// a refused batch among them; against the same steps one by one.
double overlappedDifference(bool resNet, const torch::Device& device) {
    constexpr int64_t kBroken = 61;  // a token that no other batch has
    const auto options = stepOptionsOf("soft");
    const auto apartModel = checkModel(resNet, device), model = checkModel(resNet, device);
    for (const auto& one : {apartModel, model}) {
        const torch::NoGradGuard noGrad;
        one->stateDict().at("text.token_embedding.weight")[kBroken].fill_(NAN);
    }
    useChannelsLast(*model);
    TrainStep apart(apartModel, options), step(model, options);
    UploadStream upload(device);
    const TrainBatch shape = checkBatch(0);
    std::vector<Tensor> host;
    for (const Tensor& tensor : {shape.pixels, shape.ids, shape.lengths, shape.imageIds, shape.captionIds})
        host.push_back(hostTensor(tensor.sizes(), tensor.scalar_type(), device));
    std::vector<double> one, other;
    for (int i = 0; i < 8; ++i) {
        TrainBatch batch = checkBatch(200 + i);
        if (i == 4) batch.ids[1][0] = kBroken;
        const auto values = apart.run(batch, 1e-4);
        if (i != 4) one.insert(one.end(), {values.loss, values.gradientNorm});
        upload.wait();
        host[0].copy_(batch.pixels);
        host[1].copy_(batch.ids);
        host[2].copy_(batch.lengths);
        host[3].copy_(batch.imageIds);
        host[4].copy_(batch.captionIds);
        // On the CPU they are the tensors themselves, which the step has done with when the next one begins.
        const auto there = upload.upload(host);
        step.begin({there[0], there[1], there[2], there[3], there[4]}, 1e-4);
        if (i == 0) continue;
        const auto before = step.finish();
        if (i != 5) other.insert(other.end(), {before.loss, before.gradientNorm});
        if ((i == 5) != (before.outcome == StepOutcome::NotFinite)) return INFINITY;
    }
    const auto last = step.finish();
    other.insert(other.end(), {last.loss, last.gradientNorm});
    double worst = worstOf(other, one);
    const auto states = std::pair(apart.state(), step.state());
    for (size_t i = 0; i < states.first.size(); ++i)
        worst =
            std::max(worst, differenceOf(states.second[i].second.nan_to_num(), states.first[i].second.nan_to_num()));
    return worst;
}

}  // namespace

std::shared_ptr<DualEncoder> checkModel(bool resNet, const c10::Device& device) {
    torch::manual_seed(5);
    ClipConfig config;
    config.embedDim = 16;
    config.imageSize = 32;
    if (resNet)
        config.vision = ModifiedResNetConfig{.layers = {1, 1, 1, 1}, .width = 8, .headWidth = 32};
    else
        config.vision = VitConfig{.layers = 2, .width = 32, .headWidth = 16, .mlpRatio = 2, .patchSize = 8};
    config.text = {.contextLength = 12, .vocabularySize = 64, .width = 32, .heads = 2, .layers = 2, .mlpRatio = 2};
    auto model = std::make_shared<DualEncoder>(config);
    model->to(device);
    return model;
}

TrainBatch checkBatch(int64_t seed) {
    torch::manual_seed(static_cast<uint64_t>(seed));
    TrainBatch batch;
    batch.pixels = torch::randint(0, 256, {kPairs, 32, 32, 3}, torch::kByte);
    batch.ids = torch::randint(1, 60, {kPairs, 8}, torch::kLong);
    batch.ids.select(1, 7).fill_(63);
    batch.lengths = torch::full({kPairs}, 8, torch::kLong);
    batch.imageIds = torch::arange(kPairs).floor_divide(2);
    batch.captionIds = torch::arange(kPairs);
    return batch;
}

const std::vector<ModelCheck>& modelChecks() {
    static const std::vector<ModelCheck> checks = [] {
        std::vector<ModelCheck> list;
        list.push_back({"ViT and text tower", 1e-4, [](const auto& device) { return towerDifference(false, device); }});
        list.push_back(
            {"ResNet and text tower", 1e-4, [](const auto& device) { return towerDifference(true, device); }});
        for (const auto& tower : textTowers())
            list.push_back({tower.first, 1e-4,
                            [text = tower.second](const auto& device) { return textDifference(text, device); }});
        for (const char* loss : {"contrastive", "soft"})
            list.push_back({std::string("ten steps of a ViT, ") + loss, 1e-3,
                            [loss](const auto& device) { return stepsDifference(false, loss, device); }});
        list.push_back({"ten steps of a ResNet", 1e-2,
                        [](const auto& device) { return stepsDifference(true, "contrastive", device); }});
        list.push_back({"ten steps in parts, against whole ones", 1e-3, partsDifference});
        for (const bool resNet : {false, true})
            list.push_back({std::string("overlapping steps of a ") + (resNet ? "ResNet" : "ViT"), resNet ? 1e-3 : 1e-4,
                            [resNet](const auto& device) { return overlappedDifference(resNet, device); }});
        list.push_back({"stopped after four steps and resumed", 1e-6, resumedDifference});
        return list;
    }();
    return checks;
}

}  // namespace diagonal
