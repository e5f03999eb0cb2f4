// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "engine/base/json_reader.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/loaded_weights.h"
#include "engine/parts/image_kind.h"
#include "engine/parts/image_tower.h"
#include "engine/parts/image_towers/convnext.h"
#include "engine/parts/image_towers/efficientnet.h"
#include "engine/parts/image_towers/fastvit.h"
#include "engine/parts/image_towers/resnet.h"
#include "engine/parts/image_towers/timm_pictures.h"
#include "engine/parts/packed_weight.h"
#include "engine/parts/shapes.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;

namespace {

/// A tower in tests/parity/data/towers (made by tests/parity/make_towers.py).
struct TowerCase {
    const char* name;
    ImageSpec spec;
};

EfficientNetConfig tinyLite(bool tensorFlow) {
    return {{{1, 3, 1, 1, 8}, {2, 3, 2, 3, 8}, {2, 5, 2, 2, 16}}, 8, 24, tensorFlow};
}

const std::vector<TowerCase>& towerCases() {
    static const std::vector<TowerCase> kCases = {
        {"resnet-basic", ResNetConfig{.depths = {1, 2, 1, 1}, .channels = {8, 8, 12, 16}, .bottleneck = false}},
        {"resnet-bottleneck", ResNetConfig{.depths = {1, 2, 1, 1}, .channels = {4, 4, 6, 8}}},
        {"resnext", ResNetConfig{.depths = {1, 1, 1, 1}, .channels = {4, 4, 8, 8}, .groups = 2, .groupWidth = 32}},
        {"efficientnet-lite", tinyLite(false)},
        {"tf-efficientnet-lite", tinyLite(true)},
        {"convnext", ConvNextConfig{.depths = {1, 1, 2, 1}, .channels = {8, 8, 12, 16}}},
        {"fastvit", FastVitConfig{.depths = {1, 2, 1}, .channels = {4, 8, 32}, .mlpRatio = 2}},
        {"fastvit-2", FastVitConfig{.depths = {1, 1, 1},
                                    .channels = {4, 32, 32},
                                    .attentionStages = 2,
                                    .mlpRatio = 1,
                                    .squeezeLastTwo = false,
                                    .layerNorm = true,
                                    .stemScale = false}},
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

/// The tower that timm makes by that name.
ImageSpec ofTimm(const std::string& name) {
    const nlohmann::json vision = {{"timm_model_name", name}, {"timm_pool", "avg"}};
    const JsonReader reader(vision, "a test", "vision_cfg");
    ClipConfig config;
    for (const ImageKind* kind : imageKinds())
        if (const auto spec = kind->parse(reader, config)) return *spec;
    throw std::runtime_error(name);
}

/// Keeps what a tower asks for.
struct Recorded : MetaWeights {
    torch::Tensor take(const std::string& name, at::IntArrayRef shape, Init init) override {
        return tensors[name] = MetaWeights::take(name, shape, init);
    }
    Tensors tensors;
};

double leastCosine(const torch::Tensor& ours, const torch::Tensor& theirs) {
    return torch::cosine_similarity(ours.to(torch::kDouble), theirs.to(torch::kDouble)).min().item<double>();
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
        LoadedWeights weights({under(file, "weights"), {}, {}, {}, {}}, Loading::Writable, golden.name);
        auto tower = golden.spec.build(Scope(weights), ClipConfig());
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
    /// Tests run side by side.
    void initTestCase() { torch::set_num_threads(2); }

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

    void fullSizesEqualTheReferences() {
        const std::string folder = qEnvironmentVariable("DIAGONAL_TOWERS").toStdString();
        if (folder.empty()) QSKIP("$DIAGONAL_TOWERS names no folder of tests/parity/make_towers.py --full");
        const torch::NoGradGuard noGrad;
        for (const auto& entry : std::filesystem::directory_iterator(folder)) {
            const std::string stem = entry.path().stem().string();
            const bool isWheel = stem.starts_with("wheel-");
            const std::string name = isWheel ? stem.substr(6) : stem;
            Tensors file = readStateDict({entry.path()}).tensors, tensors = under(file, "weights");
            if (isWheel) tensors = applyRules(efficientNetLiteRules(tensors), tensors);
            LoadedWeights weights({tensors, {}, {}, {}, {}}, Loading::Mapped, stem);
            const auto tower = ofTimm(name).build(Scope(weights), ClipConfig());
            weights.finish();
            tower->eval();
            const double plain = leastCosine(tower->forward(file["images"]), file["features"]);
            packWeights(*tower, "fp32");
            const double packed = leastCosine(tower->forward(file["images"]), file["features"]);
            qInfo("%s: 1 - cosine %.1e, packed %.1e", stem.c_str(), 1 - plain, 1 - packed);
            QVERIFY2(1 - std::min(plain, packed) < 1e-6, stem.c_str());
        }
    }

    void namesAndShapesFindTheSameTower_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"resnet18",
                                 "resnet34",
                                 "resnet50",
                                 "resnet101",
                                 "resnet152",
                                 "resnext50_32x4d",
                                 "resnext101_32x8d",
                                 "wide_resnet50_2",
                                 "wide_resnet101_2",
                                 "tf_efficientnet_lite0",
                                 "tf_efficientnet_lite1",
                                 "tf_efficientnet_lite2",
                                 "tf_efficientnet_lite3",
                                 "tf_efficientnet_lite4",
                                 "convnext_tiny",
                                 "convnext_small",
                                 "convnext_base",
                                 "convnext_large",
                                 "convnext_xlarge",
                                 "fastvit_mci0",
                                 "fastvit_mci1",
                                 "fastvit_mci2",
                                 "fastvit_mci3",
                                 "fastvit_mci4"})
            QTest::newRow(name) << name;
    }
    void namesAndShapesFindTheSameTower() {
        QFETCH(QString, name);
        const ImageSpec spec = ofTimm(name.toStdString());
        ClipConfig config;
        Recorded weights;
        spec.build(Scope(weights, "visual.trunk."), config);
        int owners = 0;
        for (const ImageKind* kind : imageKinds())
            owners += kind->owns(weights.tensors) ? 1 : 0;
        QCOMPARE(owners, 1);
        const Shapes shapes(weights.tensors, "a file");
        std::optional<ImageSpec> found;
        for (const ImageKind* kind : imageKinds())
            if (!found) found = kind->fromShapes(shapes, config);
        QVERIFY(found && *found == spec);
        nlohmann::json vision;
        spec.write(config, vision);
        QCOMPARE(vision["timm_model_name"].get<std::string>(), name.toStdString());
        QVERIFY(timmPictures(name.toStdString()).has_value());
        config.imageSize = 224;
        QVERIFY(spec.flops(config) > 100'000'000);
    }

    void newTowersTellImagesApart_data() { eachTower(); }
    void newTowersTellImagesApart() {
        QFETCH(int, index);
        torch::manual_seed(7);
        RandomWeights weights;
        const auto tower = towerCases()[static_cast<size_t>(index)].spec.build(Scope(weights), ClipConfig());
        const torch::Tensor features = tower->forward(torch::randn({4, 3, 64, 64}));
        QVERIFY(features.isfinite().all().item<bool>());
        QVERIFY((features[0] - features[1]).abs().max().item<double>() > 1e-4);
    }
};

DIAGONAL_TEST(TestImageTowers);
#include "test_image_towers.moc"
