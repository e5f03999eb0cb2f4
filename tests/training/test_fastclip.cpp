// SPDX-License-Identifier: Apache-2.0
// FastCLIP's loss against its authors' code, and what it remembers of each sample.
#include <QtTest>
#include <cmath>

#include "engine/base/device.h"
#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/state_dict.h"
#include "engine/parts/layers.h"
#include "tests/paths.h"
#include "tests/registry.h"
#include "tests/training/thread_world.h"
#include "training/checks/dense.h"
#include "training/checks/model_checks.h"
#include "training/losses/fastclip.h"
#include "training/optimizers/temperature_optimizer.h"
#include "training/optimizers/train_step.h"

using namespace diagonal;
using torch::Tensor;

namespace {

constexpr int64_t kEmbedding = 16;

double relativeNorm(const Tensor& mine, const Tensor& theirs) {
    const Tensor expected = theirs.detach().to(torch::kDouble);
    return ((mine.detach().to(torch::kDouble) - expected).norm() / expected.norm().clamp_min(1e-12)).item<double>();
}

Tensor noneRefused() {
    return torch::zeros({});
}

LossInputs drawnInputs(int64_t n, double scale, const Tensor& samples = {}, int64_t epoch = 0) {
    const auto unit = [&] { return normalizedRows(torch::randn({n, kEmbedding})).detach().requires_grad_(); };
    LossInputs inputs{unit(), unit(), torch::tensor(std::log(scale), torch::kFloat).requires_grad_()};
    inputs.samples = samples;
    inputs.epoch = epoch;
    return inputs;
}

Tensor estimatesOf(const Loss& loss) {
    return loss.state().at(0).second.clone();
}

/// Batches of twelve of forty samples, for the model of the checks.
TrainBatch sampledBatch(int64_t seed, int64_t epoch) {
    TrainBatch batch = checkBatch(seed);
    batch.samples = torch::randperm(40).narrow(0, 0, batch.pixels.size(0)).clone();
    batch.epoch = epoch;
    return batch;
}

TrainStepOptions fastClipOptions() {
    TrainStepOptions options;
    options.loss = "fastclip";
    options.adamW.epsilon = 1e-3;  // so that the last bits of a gradient stay the last bits of the weight
    options.temperatureRate = 1e-2;
    options.fastClip = {.gamma = 0.3, .decayEpochs = 3, .samples = 40};
    return options;
}

std::map<std::string, Tensor> snapshotOf(const TrainStep& step) {
    std::map<std::string, Tensor> state;
    for (const auto& [name, tensor] : step.state())
        state[name] = tensor.detach().clone();
    return state;
}

void copyWeights(DualEncoder& from, DualEncoder& to) {
    const torch::NoGradGuard noGrad;
    auto target = to.stateDict();
    for (const auto& [name, weight] : from.stateDict())
        target.at(name).copy_(weight);
}

bool areEqual(const TrainStep& a, const TrainStep& b) {
    const auto one = snapshotOf(a), other = snapshotOf(b);
    return std::ranges::all_of(one, [&](const auto& entry) {
        const Tensor& there = other.at(entry.first);
        return entry.second.equal(there) ||
               entry.second.nan_to_num().equal(there.nan_to_num());  // norms that are not known yet
    });
}

}  // namespace

class TestFastclip : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() { setThreads(1); }
    void init() { torch::manual_seed(3); }

    /// Numbers of Optimization-AI/fast_clip over five epochs: see make_fastclip_golden.py.
    void agreesWithTheAuthorsCode() {
        const auto file = readStateDict({paths::source("tests/parity/data/fastclip_golden.safetensors")}).tensors;
        FastClipLoss loss({.tile = 4, .fastClip = {.gamma = 0.2, .decayEpochs = 3, .rho = 6.5, .samples = 9}});
        for (int64_t epoch = 0; epoch < 5; ++epoch) {
            const auto of = [&](const char* name) { return file.at(std::to_string(epoch) + "/" + name); };
            QVERIFY(std::abs(loss.gammaAt(epoch) - of("gamma").item<double>()) < 1e-12);
            const auto leaf = [&](const char* name) { return of(name).to(torch::kFloat).requires_grad_(); };
            const LossInputs inputs{.image = leaf("image"),
                                    .text = leaf("text"),
                                    .logScale = leaf("log_scale"),
                                    .samples = of("samples"),
                                    .epoch = epoch};
            loss(inputs).total.backward();
            loss.keep(noneRefused());
            QVERIFY(relativeNorm(inputs.image.grad(), of("image_gradient")) < 1e-5);
            QVERIFY(relativeNorm(inputs.text.grad(), of("text_gradient")) < 1e-5);
            QVERIFY(relativeNorm(inputs.logScale.grad(), of("log_scale_gradient")) < 1e-5);
            QVERIFY(relativeNorm(estimatesOf(loss).exp(), of("u")) < 1e-5);
        }
    }

    void isTheDenseLossInFp64_data() {
        QTest::addColumn<int>("n");
        QTest::addColumn<int>("tile");
        QTest::addColumn<double>("scale");
        for (const int n : {2, 3, 37, 100})
            for (const int tile : {1, 7, 64})
                for (const double scale : {1.0, 14.3, 40.0})
                    QTest::addRow("%d pairs, tile %d, scale %g", n, tile, scale) << n << tile << scale;
    }

    void isTheDenseLossInFp64() {
        QFETCH(int, n);
        QFETCH(int, tile);
        QFETCH(double, scale);
        constexpr int64_t kEpoch = 1;
        FastClipLoss loss({.tile = tile, .fastClip = {.gamma = 0.2, .decayEpochs = 2, .rho = 5, .samples = 2 * n}});
        auto logs = estimatesOf(loss);
        logs.narrow(1, 0, n).copy_(3 * torch::randn({2, n}));  // the others are met for the first time
        loss.load({{"fastclip/log_u", logs}}, "memory");
        const auto inputs = drawnInputs(n, scale, torch::randperm(2 * n).narrow(0, 0, n).clone(), kEpoch);
        const auto mine = torch::autograd::grad({loss(inputs).total * 3}, {inputs.image, inputs.text, inputs.logScale});
        const auto fp64 = [](const Tensor& t) { return t.detach().to(torch::kDouble).requires_grad_(); };
        const Tensor image = fp64(inputs.image), text = fp64(inputs.text), logScale = fp64(inputs.logScale);
        const dense::FastClipInputs known{logs.index_select(1, inputs.samples).to(torch::kDouble).exp(),
                                          loss.gammaAt(kEpoch), 5};
        const auto expected =
            torch::autograd::grad({dense::fastClip(known, image, text, logScale) * 3}, {image, text, logScale});
        for (size_t i = 0; i < mine.size(); ++i)
            QVERIFY2(relativeNorm(mine[i], expected[i]) < 2e-5,
                     qPrintable(QStringLiteral("%1: %2").arg(i).arg(relativeNorm(mine[i], expected[i]))));
    }

    /// Of features, with the estimates held fast.
    void itsGradientIsThatOfFiniteDifferences() {
        constexpr int64_t kPairs = 9;
        constexpr double kGamma = 1e-12, kStep = 1e-6;
        FastClipLoss loss({.fastClip = {.gamma = kGamma, .decayEpochs = 1, .samples = kPairs}});
        const Tensor logs = torch::randn({2, kPairs});
        loss.load({{"fastclip/log_u", logs}}, "memory");
        const auto inputs = drawnInputs(kPairs, 10, torch::arange(kPairs), 1);
        loss(inputs).total.backward();
        const Tensor direction = torch::randn({kPairs, kEmbedding}, torch::kDouble),
                     text = inputs.text.to(torch::kDouble);
        const auto at = [&](double step) {
            const torch::NoGradGuard noGrad;
            // half of it: the scale's share stands beside
            const auto value = [&](const Tensor& image) {
                const Tensor logits = 10 * image.mm(text.t()), pairs = logits.diagonal();
                const Tensor wrong = 1 - torch::eye(kPairs, torch::kDouble);
                const Tensor u = logs.to(torch::kDouble).exp() + 1e-14;
                const Tensor rows = ((logits - pairs.unsqueeze(1)).exp() * wrong).sum(1) / (kPairs - 1) / u[0],
                             columns = ((logits - pairs.unsqueeze(0)).exp() * wrong).sum(0) / (kPairs - 1) / u[1];
                return ((rows + columns).mean() / 20).item<double>();
            };
            return value(inputs.image.to(torch::kDouble) + step * direction);
        };
        const double expected = (at(kStep) - at(-kStep)) / (2 * kStep);
        const double found = (inputs.image.grad().to(torch::kDouble) * direction).sum().item<double>();
        QVERIFY2(std::abs(found - expected) < 1e-5 * std::max(1.0, std::abs(expected)),
                 qPrintable(QStringLiteral("%1 and %2").arg(found).arg(expected)));
    }

    void reportsTheContrastiveLoss() {
        FastClipLoss loss({.tile = 10, .fastClip = {.samples = 30}});
        const auto inputs = drawnInputs(30, 20, torch::randperm(30));
        const auto contrastive = makeLoss("contrastive");
        const auto expected = (*contrastive)(inputs);
        for (const bool knowsSamples : {true, false}) {
            LossInputs given = inputs;
            if (!knowsSamples) given.samples = Tensor();
            const auto terms = loss(given);
            QVERIFY(relativeNorm(terms.total, expected.total) < 1e-6);
            QVERIFY(relativeNorm(terms.imageToText, expected.imageToText) < 1e-6);
            QVERIFY(relativeNorm(terms.textToImage, expected.textToImage) < 1e-6);
        }
    }

    /// exp(200) is no float, and exp(-200) is 0.
    void noNormaliserIsTooLargeOrTooSmall() {
        for (const double sign : {1.0, -1.0}) {
            FastClipLoss loss({.fastClip = {.gamma = 0.2, .decayEpochs = 1, .samples = 4}});
            const Tensor image = normalizedRows(torch::randn({1, 8})).repeat({4, 1}) +
                                 1e-3 * torch::randn({4, 8});  // pairs that are as wrong or right as they can be
            for (int64_t epoch = 0; epoch < 3; ++epoch) {
                LossInputs inputs{normalizedRows(image).detach().requires_grad_(),
                                  (sign * normalizedRows(image)).detach().requires_grad_(),
                                  torch::tensor(std::log(100.F)).requires_grad_()};
                inputs.text.data()[0].mul_(-1);
                inputs.samples = torch::arange(4);
                inputs.epoch = epoch;
                loss(inputs).total.backward();
                loss.keep(noneRefused());
                for (const Tensor& leaf : {inputs.image, inputs.text, inputs.logScale})
                    QVERIFY(leaf.grad().isfinite().all().item<bool>());
                QVERIFY(estimatesOf(loss).isfinite().all().item<bool>());
            }
        }
    }

    void estimatesMoveByGamma() {
        FastClipLoss loss({.fastClip = {.gamma = 0.25, .decayEpochs = 2, .samples = 12}});
        QCOMPARE(loss.gammaAt(0), 1.0);
        QCOMPARE(loss.gammaAt(1), 0.625);
        QCOMPARE(loss.gammaAt(2), 0.25);
        QCOMPARE(loss.gammaAt(100), 0.25);
        const Tensor samples = torch::arange(4, 10);
        const auto g = [&](int64_t epoch) {
            FastClipLoss fresh({.fastClip = {.samples = 12}});
            const auto inputs = drawnInputs(6, 5, samples, epoch);
            fresh(inputs);
            fresh.keep(noneRefused());
            loss(inputs);
            loss.keep(noneRefused());
            return estimatesOf(fresh).narrow(1, 4, 6).exp();
        };
        const Tensor first = g(5);  // met for the first time, whatever gamma is
        QVERIFY(relativeNorm(estimatesOf(loss).narrow(1, 4, 6).exp(), first) < 1e-6);
        QVERIFY(estimatesOf(loss).narrow(1, 0, 4).isneginf().all().item<bool>());
        QVERIFY(estimatesOf(loss).narrow(1, 10, 2).isneginf().all().item<bool>());
        const Tensor second = g(5);
        QVERIFY(relativeNorm(estimatesOf(loss).narrow(1, 4, 6).exp(), 0.75 * first + 0.25 * second) < 1e-6);
    }

    void aSampleThatABatchHasTwiceKeepsTheLarger() {
        FastClipLoss loss({.fastClip = {.samples = 3}});
        const auto inputs = drawnInputs(4, 5, torch::tensor({0, 1, 1, 2}));
        FastClipLoss apart({.fastClip = {.samples = 4}});
        LossInputs other = inputs;
        other.samples = torch::arange(4);
        for (const auto& [one, given] : {std::pair(&loss, inputs), {&apart, other}}) {
            (*one)(given);
            one->keep(noneRefused());
        }
        QVERIFY(estimatesOf(loss).select(1, 1).equal(estimatesOf(apart).narrow(1, 1, 2).amax(1)));
        QVERIFY(estimatesOf(loss).select(1, 2).equal(estimatesOf(apart).select(1, 3)));
    }

    void aRefusedBatchLeavesNoTrace() {
        constexpr int64_t kBroken = 61;  // a token that no other batch has
        const auto options = fastClipOptions();
        const auto model = checkModel(false, torch::kCPU), other = checkModel(false, torch::kCPU);
        for (const auto& one : {model, other}) {
            const torch::NoGradGuard noGrad;
            one->stateDict().at("text.token_embedding.weight")[kBroken].fill_(NAN);
        }
        TrainStep step(model, options), whole(other, options);
        for (int i = 0; i < 4; ++i) {
            if (i == 2) {
                TrainBatch broken = sampledBatch(99, i);
                broken.ids[1][0] = kBroken;
                const auto before = snapshotOf(step).at("fastclip/log_u");
                QVERIFY(step.run(broken, 1e-3).outcome == StepOutcome::NotFinite);
                QVERIFY(snapshotOf(step).at("fastclip/log_u").equal(before));
                QVERIFY(before.isfinite().any().item<bool>());
            }
            step.run(sampledBatch(i, i), 1e-3);
            whole.run(sampledBatch(i, i), 1e-3);
        }
        QVERIFY(areEqual(step, whole));
    }

    void aLoadedStateGoesOnAsIfItHadNotStopped() {
        const auto options = fastClipOptions();
        const auto model = checkModel(false, torch::kCPU), other = checkModel(false, torch::kCPU);
        TrainStep step(model, options), later(other, options);
        for (int i = 0; i < 3; ++i)
            step.run(sampledBatch(i, i), 1e-3);
        const auto saved = snapshotOf(step);
        copyWeights(*model, *other);
        later.load(saved, "memory");
        for (int i = 3; i < 6; ++i)
            QCOMPARE(later.run(sampledBatch(i, i), 1e-3).loss, step.run(sampledBatch(i, i), 1e-3).loss);
        QVERIFY(areEqual(step, later));
        // Back again: what was learned since is forgotten.
        step.load(saved, "memory");
        QVERIFY(snapshotOf(step).at("fastclip/log_u").equal(saved.at("fastclip/log_u")));
        auto without = saved;
        without.erase("fastclip/log_u");
        QVERIFY_THROWS_EXCEPTION(Error, later.load(without, "memory"));
        auto another = saved;
        another["fastclip/log_u"] = torch::zeros({2, 39});
        QVERIFY_THROWS_EXCEPTION(Error, later.load(another, "memory"));
    }

    void ranksTakeTheStepOfOneProcess_data() {
        QTest::addColumn<int>("ranks");
        QTest::addColumn<int>("microBatch");
        for (const int ranks : {1, 2, 4})
            for (const int microBatch : {0, 2})
                QTest::addRow("%d ranks, micro-batch %d", ranks, microBatch) << ranks << microBatch;
    }

    /// Ten steps over four epochs; the estimates of all samples are in all processes.
    void ranksTakeTheStepOfOneProcess() {
        QFETCH(int, ranks);
        QFETCH(int, microBatch);
        constexpr int kSteps = 10;
        auto options = fastClipOptions();
        std::vector<TrainBatch> batches;
        for (int i = 0; i < kSteps; ++i)
            batches.push_back(sampledBatch(i, i / 3));
        const auto alone = checkModel(false, torch::kCPU);
        TrainStep step(alone, options);
        std::vector<double> losses;
        for (const TrainBatch& batch : batches)
            losses.push_back(step.run(batch, 1e-2).loss);
        const auto expected = snapshotOf(step);
        const int64_t each = batches[0].pixels.size(0) / ranks;
        options.microBatch = microBatch;
        std::vector<std::shared_ptr<DualEncoder>> models;
        for (int rank = 0; rank < ranks; ++rank)
            models.push_back(checkModel(false, torch::kCPU));
        std::vector<double> worst(static_cast<size_t>(ranks), 0);
        std::vector<Tensor> logs(static_cast<size_t>(ranks));
        inWorldOf(ranks, [&](const std::shared_ptr<World>& world) {
            const auto rank = static_cast<size_t>(world->rank());
            auto mine = options;
            mine.world = world;
            TrainStep part(models[rank], mine);
            for (size_t i = 0; i < batches.size(); ++i) {
                const auto rows = [&](const Tensor& t) { return t.narrow(0, world->rank() * each, each); };
                const TrainBatch& b = batches[i];
                const auto values =
                    part.run({rows(b.pixels), rows(b.ids), rows(b.lengths), {}, {}, rows(b.samples), b.epoch}, 1e-2);
                worst[rank] = std::max(worst[rank], std::abs(values.loss - losses[i]));
            }
            logs[rank] = snapshotOf(part).at("fastclip/log_u");
        });
        for (int rank = 0; rank < ranks; ++rank) {
            const auto at = static_cast<size_t>(rank);
            QVERIFY2(worst[at] < 1e-5, qPrintable(QString::number(worst[at])));
            QVERIFY(logs[at].equal(logs[0]));
            QVERIFY(torch::allclose(logs[at], expected.at("fastclip/log_u"), 1e-4, 1e-4));
            for (const auto& [name, weight] : models[at]->stateDict()) {
                const double difference = (weight - alone->stateDict().at(name)).abs().max().item<double>();
                QVERIFY2(difference < 1e-5,
                         qPrintable(QString::fromStdString(name) + " " + QString::number(difference)));
            }
        }
    }

    void theTemperatureLearnsAtARateOfItsOwn() {
        constexpr double kRate = 2e-3;
        for (const double temperature : {0.07, 0.02}) {
            const auto scale = torch::tensor(-std::log(temperature), torch::kFloat).requires_grad_();
            const auto weight = torch::ones({2, 2}).requires_grad_(), alone = scale.detach().clone().requires_grad_();
            TemperatureOptimizer optimizer(std::make_unique<AdamW>(NamedParameters{{"weight", weight}}, AdamWOptions()),
                                           scale, {}, kRate);
            AdamW expected({{"logit_scale", alone}}, {});
            for (const double rate : {1e-2, 1e-4}) {  // those of the weights are another matter
                optimizer.zeroGradients();
                scale.mutable_grad() = torch::tensor(0.5F);
                alone.mutable_grad() = torch::tensor(0.5F);
                QCOMPARE(optimizer.gradients().size(), size_t(2));
                optimizer.step(rate, noneRefused());
                expected.step(temperature <= 0.03 ? kRate / 3 : kRate);
                QVERIFY(std::abs((scale - alone).item<double>()) < 1e-6);
            }
            const auto before = scale.item<float>();
            optimizer.step(1e-2, torch::ones({}));
            QCOMPARE(scale.item<float>(), before);
        }
    }
};

DIAGONAL_TEST(TestFastclip);
#include "test_fastclip.moc"
