// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <functional>

#include "engine/base/libtorch.h"
#include "engine/checkpoint/loaded_weights.h"
#include "engine/parts/image_towers/convnext.h"
#include "engine/parts/image_towers/efficientnet.h"
#include "engine/parts/image_towers/fastvit.h"
#include "engine/parts/image_towers/resnet.h"
#include "engine/parts/packed_weight.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;

namespace {

/// A tower in tests/parity/data/towers (made by tests/parity/make_towers.py).
struct TowerCase {
    const char* name;
    std::function<std::shared_ptr<ImageTower>(const Scope&)> make;
};

template <typename Config>
std::shared_ptr<ImageTower> built(const Scope& scope, const Config& config) {
    return config.build(scope, ClipConfig());
}

EfficientNetConfig tinyLite(bool tensorFlow) {
    return {{{1, 3, 1, 1, 8}, {2, 3, 2, 3, 8}, {2, 5, 2, 2, 16}}, 8, 24, tensorFlow};
}

const std::vector<TowerCase>& towerCases() {
    static const std::vector<TowerCase> kCases = {
        {"resnet-basic",
         [](const Scope& scope) {
             return built<ResNetConfig>(scope,
                                        {.depths = {1, 2, 1, 1}, .channels = {8, 8, 12, 16}, .bottleneck = false});
         }},
        {"resnet-bottleneck",
         [](const Scope& scope) {
             return built<ResNetConfig>(scope, {.depths = {1, 2, 1, 1}, .channels = {4, 4, 6, 8}});
         }},
        {"resnext",
         [](const Scope& scope) {
             return makeResNet(scope,
                               {.depths = {1, 1, 1, 1}, .channels = {4, 4, 8, 8}, .groups = 2, .groupWidth = 32});
         }},
        {"efficientnet-lite", [](const Scope& scope) { return built<EfficientNetConfig>(scope, tinyLite(false)); }},
        {"tf-efficientnet-lite", [](const Scope& scope) { return built<EfficientNetConfig>(scope, tinyLite(true)); }},
        {"convnext",
         [](const Scope& scope) {
             return built<ConvNextConfig>(scope, {.depths = {1, 1, 2, 1}, .channels = {8, 8, 12, 16}});
         }},
        {"fastvit",
         [](const Scope& scope) {
             return built<FastVitConfig>(scope, {.depths = {1, 2, 1}, .channels = {4, 8, 32}, .mlpRatio = 2});
         }},
        {"fastvit-2",
         [](const Scope& scope) {
             return built<FastVitConfig>(scope, {.depths = {1, 1, 1},
                                                 .channels = {4, 32, 32},
                                                 .attentionStages = 2,
                                                 .mlpRatio = 1,
                                                 .squeezeLastTwo = false,
                                                 .layerNorm = true,
                                                 .stemScale = false});
         }},
    };
    return kCases;
}

/// The tensors whose names begin with PREFIX., without it.
Tensors under(const Tensors& all, const std::string& prefix) {
    Tensors found;
    for (const auto& [name, tensor] : all)
        if (name.starts_with(prefix + ".")) found[name.substr(prefix.size() + 1)] = tensor;
    return found;
}

/// Largest difference in units of the largest value.
double difference(const torch::Tensor& ours, const torch::Tensor& theirs) {
    return ((ours - theirs).abs().max() / theirs.abs().max().clamp_min(1e-6)).item<double>();
}

}  // namespace

class TestImageTowers : public QObject {
    Q_OBJECT

  private:
    static std::shared_ptr<ImageTower> load(const TowerCase& golden, const Tensors& file) {
        LoadedWeights weights({under(file, "weights"), {}, {}, {}}, Loading::Writable, golden.name);
        auto tower = golden.make(Scope(weights));
        weights.finish();
        tower->eval();
        return tower;
    }

    static Tensors read(const TowerCase& golden) {
        Tensors tensors =
            readStateDict({paths::source("tests/parity/data/towers/" + std::string(golden.name) + ".safetensors")})
                .tensors;
        for (const char* name : {"images", "slope"})
            tensors[name] = tensors[name].to(torch::kFloat);
        return tensors;
    }

    static void eachTower() {
        QTest::addColumn<int>("index");
        int index = 0;
        for (const TowerCase& each : towerCases())
            QTest::newRow(each.name) << index++;
    }

  private Q_SLOTS:
    void featuresEqualTimms_data() { eachTower(); }
    void featuresEqualTimms() {
        QFETCH(int, index);
        const TowerCase& golden = towerCases()[static_cast<size_t>(index)];
        const Tensors file = read(golden);
        const auto tower = load(golden, file);
        const torch::NoGradGuard noGrad;
        const torch::Tensor images = file.at("images"), expected = file.at("features");
        double error = difference(tower->forward(images), expected);
        QVERIFY2(error < 1e-5, qPrintable(QString("differ by %1").arg(error)));
        packWeights(*tower, "fp32");
        const torch::Tensor before = images.clone();
        for (int pass = 0; pass < 3; ++pass) {  // packed at the first, or the second
            error = difference(tower->forward(images), expected);
            QVERIFY2(error < 1e-5, qPrintable(QString("packed they differ by %1").arg(error)));
        }
        error = difference(tower->forward(images.contiguous(at::MemoryFormat::ChannelsLast)), expected);
        QVERIFY(error < 1e-5);
        QVERIFY(images.equal(before));
    }

    void aStepOfTrainingEqualsTimms_data() { eachTower(); }
    void aStepOfTrainingEqualsTimms() {
        QFETCH(int, index);
        const TowerCase& golden = towerCases()[static_cast<size_t>(index)];
        const Tensors file = read(golden);
        for (const bool recomputes : {false, true}) {
            const auto tower = load(golden, file);
            tower->train();
            tower->setGradCheckpointing(recomputes);
            const torch::Tensor features = tower->forward(file.at("images"));
            QVERIFY(difference(features, file.at("train_features")) < 2e-5);
            (features * file.at("slope")).sum().backward();
            const Tensors gradients = under(file, "gradients"), statistics = under(file, "after");
            double largest = 0;
            for (const auto& [name, gradient] : gradients)
                largest = std::max(largest, gradient.abs().max().item<double>());
            for (const auto& item : tower->named_parameters()) {
                const torch::Tensor whole = item.value().grad();
                QVERIFY2(whole.defined(), item.key().c_str());
                const torch::Tensor gradient = whole.dim() > 1 ? whole.flatten(1).sum(1) : whole;
                const double error = (gradient - gradients.at(item.key())).abs().max().item<double>() / largest;
                QVERIFY2(error < 1e-5, qPrintable(QString("%1: %2").arg(item.key().c_str()).arg(error)));
            }
            for (const auto& item : tower->named_buffers())
                if (item.key().find("running") != std::string::npos)
                    QVERIFY(difference(item.value(), statistics.at(item.key())) < 1e-5);
        }
    }

    void aTraceChangesNoFeature_data() { eachTower(); }
    void aTraceChangesNoFeature() {
        QFETCH(int, index);
        const TowerCase& golden = towerCases()[static_cast<size_t>(index)];
        const Tensors file = read(golden);
        const auto tower = load(golden, file);
        packWeights(*tower, "fp32");
        ImageTrace trace;
        const torch::Tensor features = tower->forwardTraced(file.at("images"), trace);
        QVERIFY(difference(features, file.at("features")) < 1e-5);
        QVERIFY(trace.attention.empty() && trace.featureMap.size(2) >= kFewestCells);
        const auto gradient = torch::autograd::grad({features.sum()}, {trace.featureMap})[0];
        QVERIFY(gradient.isfinite().all().item<bool>() && gradient.abs().max().item<double>() > 0);
    }

    void newTowersTellImagesApart_data() { eachTower(); }
    void newTowersTellImagesApart() {
        QFETCH(int, index);
        torch::manual_seed(7);
        RandomWeights weights;
        const auto tower = towerCases()[static_cast<size_t>(index)].make(Scope(weights));
        const torch::Tensor features = tower->forward(torch::randn({4, 3, 64, 64}));
        QVERIFY(features.isfinite().all().item<bool>());
        QVERIFY((features[0] - features[1]).abs().max().item<double>() > 1e-4);
    }
};

DIAGONAL_TEST(TestImageTowers);
#include "test_image_towers.moc"
