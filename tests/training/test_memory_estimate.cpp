// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <array>

#include "engine/base/device.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/presets.h"
#include "engine/parts/low_rank_terms.h"
#include "tests/registry.h"
#include "tests/training/peak_memory.h"
#include "training/optimizers/autocast.h"
#include "training/optimizers/train_step.h"
#include "training/run/activation_memory.h"
#include "training/run/memory_estimate.h"

using namespace diagonal;
using torch::Tensor;

namespace {

ClipConfig shapes(const std::string& tower, bool quick) {
    ClipConfig config;
    config.embedDim = 64;
    config.imageSize = 96;
    config.vision = VitConfig{.layers = 4, .width = 96, .headWidth = 32, .mlpRatio = 4.0, .patchSize = 16};
    config.text = {.contextLength = 32, .vocabularySize = 500, .width = 64, .heads = 2, .layers = 4, .mlpRatio = 4.0};
    if (tower == "ResNet") config.vision = ModifiedResNetConfig{.layers = {2, 2, 2, 1}, .width = 16, .headWidth = 32};
    if (tower == "SigLIP") {
        config.vision = SiglipVitConfig{.layers = 4, .width = 96, .heads = 3, .mlpRatio = 4.0, .patchSize = 16};
        config.embedDim = 96;
        config.text.causal = false;
        config.text.fillsContext = config.text.projectionBias = true;
    }
    config.imageActivation = config.textActivation = quick ? Activation::QuickGelu : Activation::Gelu;
    return config;
}

constexpr int64_t kLength = 20;  // of all texts, but of SigLIP's, which fill the context

/// Bytes that a batch holds when the forward pass is through.
double heldBy(DualEncoder& model, int64_t count, bool image, bool half) {
    const PeakMemory memory;
    const size_t before = PeakMemory::used();
    const AutocastScope autocast(torch::kCPU, half ? std::optional(torch::kBFloat16) : std::nullopt);
    const auto& config = model.config();
    Tensor features;
    if (image) {
        const int64_t size = config.imageSize;
        features = model.encodeImage(torch::rand({count, 3, size, size}).to(half ? torch::kBFloat16 : torch::kFloat));
    } else {
        const int64_t length = config.text.fillsContext ? config.text.contextLength : kLength;
        // Two lengths, so that texts are packed.
        const Tensor lengths = torch::full({count}, length, torch::kLong);
        if (!config.text.fillsContext) lengths.slice(0, 0, count, 2).sub_(2), lengths.slice(0, 1, count, 2).add_(2);
        features = model.encodeText(
            torch::randint(1, 400, {count, std::min<int64_t>(length + 2, config.text.contextLength)}), lengths);
    }
    return static_cast<double>(PeakMemory::used() - before);
}

}  // namespace

class TestMemoryEstimate : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() { setThreads(1); }

    void everyArchitectureCanBeEstimated() {
        TrainOptions options;
        MemoryFacts facts;
        for (const std::string& name : architectureNames()) {
            facts.model = architecture(name);
            QVERIFY2(estimateMemory(options, facts).onComputer() > 0, name.c_str());
        }
    }

    /// The stage that needs most counts, and low-rank terms alone have moments and gradients.
    void stagesAndLowRankTermsAreCounted() {
        TrainOptions options;
        options.trainData = "scenes:";
        options.emaDecay = 0.9;
        MemoryFacts facts;
        facts.model = shapes("ViT", false);
        const auto partOf = [&](const char* key) {
            for (const MemoryPart& part : estimateMemory(options, facts).parts)
                if (part.key == key) return part.bytes;
            return uint64_t{0};
        };
        const uint64_t whole = estimateMemory(options, facts).onDevice(), moments = partOf("moments");
        options.stages = "0.5:32,0.5:96";
        QCOMPARE(estimateMemory(options, facts).onDevice(), whole);
        options.stages = "0.5:32,0.5:64";
        QVERIFY(estimateMemory(options, facts).onDevice() < whole);
        options.stages = "0.5:3";  // told elsewhere
        QCOMPARE(estimateMemory(options, facts).onDevice(), whole);
        options.stages.clear();
        options.loraRank = 2;
        const LowRankNumbers numbers = lowRankNumbers(facts.model, {.rank = 2});
        QCOMPARE(partOf("moments"), static_cast<uint64_t>(8 * (numbers.image + numbers.text)));
        QCOMPARE(partOf("average"), static_cast<uint64_t>(4 * (numbers.image + numbers.text)));
        QVERIFY(partOf("moments") < moments / 10);
    }

    void activationsAreThoseThatAreKept_data() {
        QTest::addColumn<QString>("tower");
        QTest::addColumn<bool>("image");
        QTest::addColumn<bool>("half");
        QTest::addColumn<bool>("recomputes");
        QTest::addColumn<bool>("quick");
        for (const char* tower : {"ViT", "SigLIP", "ResNet"})
            for (const bool image : {true, false})
                for (const bool half : {false, true})
                    for (const bool recomputes : {false, true})
                        for (const bool quick : {false, true}) {
                            if (QString(tower) == "ResNet" && (!image || quick)) continue;
                            QTest::addRow("%s %s%s%s%s", tower, image ? "image" : "text", half ? ", bf16" : "",
                                          recomputes ? ", recomputed" : "", quick ? ", QuickGELU" : "")
                                << QString(tower) << image << half << recomputes << quick;
                        }
    }

    /// Against what the allocator was asked for, for a sample more.
    void activationsAreThoseThatAreKept() {
        QFETCH(QString, tower);
        QFETCH(bool, image);
        QFETCH(bool, half);
        QFETCH(bool, recomputes);
        QFETCH(bool, quick);
        torch::manual_seed(1);
        DualEncoder model(shapes(tower.toStdString(), quick));
        model.setGradCheckpointing(recomputes);
        model.train();
        const double few = heldBy(model, 4, image, half), more = heldBy(model, 12, image, half);
        const double measured = (more - few) / 8;
        const TowerUse use = {half, false, recomputes};
        const double tokens = model.config().text.fillsContext ? model.config().text.contextLength : kLength;
        const double stated =
            image ? imageTowerMemory(model.config(), 1, use).kept : textTowerMemory(model.config(), tokens, use).kept;
        QVERIFY2(std::abs(stated / measured - 1) < 0.08,
                 qPrintable(
                     QString("%1 for %2 measured: %3 %").arg(stated).arg(measured).arg(100 * (stated / measured - 1))));
    }

    void aStepTakesWhatIsEstimated_data() {
        QTest::addColumn<QString>("tower");
        QTest::addColumn<int>("saver");
        const std::array names = {"plain",        "in parts", "checkpointing", "bf16", "bf16 moments and text",
                                  "locked image", "all"};
        for (const char* tower : {"ViT", "SigLIP", "ResNet"})
            for (size_t i = 0; i < names.size(); ++i) {
                if (QString(tower) == "ResNet" && (i == 1 || i == 6)) continue;
                QTest::addRow("%s, %s", tower, names[i]) << QString(tower) << static_cast<int>(i);
            }
    }

    /// The tensors of the second and third step, at their peak.
    void aStepTakesWhatIsEstimated() {
        QFETCH(QString, tower);
        QFETCH(int, saver);
        constexpr int64_t kBatch = 48;
        const bool all = saver == 6;
        TrainOptions options;
        options.batchSize = kBatch;
        options.microBatch = saver == 1 || all ? 8 : 0;
        options.gradCheckpointing = saver == 2 || all;
        options.precision = saver == 3 || all ? "bf16" : "fp32";
        if (saver == 4 || all) options.adamStates = options.textStorage = "bf16";
        options.lockImage = saver == 5;
        options.emaDecay = all ? 0.9 : 0;
        const ClipConfig config = shapes(tower.toStdString(), false);
        const int64_t length = config.text.fillsContext ? config.text.contextLength : kLength;
        MemoryFacts facts;
        facts.model = config;
        facts.half = options.precision == "bf16";
        facts.captionTokens = static_cast<double>(length);
        const PeakMemory memory;
        torch::manual_seed(1);
        const auto model = std::make_shared<DualEncoder>(config);
        model->setGradCheckpointing(options.gradCheckpointing);
        TrainStepOptions step;
        step.microBatch = options.microBatch;
        step.lockImage = options.lockImage;
        step.emaDecay = options.emaDecay;
        step.halfText = step.adamW.halfStates = saver == 4 || all;
        if (facts.half) step.autocast = torch::kBFloat16;
        TrainStep train(model, step);
        const TrainBatch batch = {torch::randint(0, 256, {kBatch, 96, 96, 3}, torch::kByte),
                                  torch::randint(1, 400, {kBatch, length}),
                                  torch::full({kBatch}, length - 1, torch::kLong)};
        train.run(batch, 1e-4);
        PeakMemory::forget();
        train.run(batch, 1e-4);
        train.run(batch, 1e-4);
        const auto measured = static_cast<double>(PeakMemory::peak());
        double stated = static_cast<double>(batch.pixels.numel());
        QString parts;
        for (const MemoryPart& part : estimateMemory(options, facts).parts) {
            if (part.key == "process" || part.key == "batches") continue;
            stated += static_cast<double>(part.bytes);
            parts += QString(" %1 %2").arg(part.key.c_str()).arg(part.bytes / 1e6);
        }
        QVERIFY2(std::abs(stated / measured - 1) < 0.15, qPrintable(QString("%1 for %2 measured: %3 %;%4")
                                                                        .arg(stated)
                                                                        .arg(measured)
                                                                        .arg(100 * (stated / measured - 1))
                                                                        .arg(parts)));
    }

    void theSumIsThatOfItsParts() {
        MemoryFacts facts;
        facts.model = architecture("ViT-B-32");
        facts.trainImages = 1000;
        TrainOptions options;
        const MemoryEstimate estimate = estimateMemory(options, facts);
        uint64_t sum = 0;
        for (const MemoryPart& part : estimate.parts)
            sum += part.bytes;
        QCOMPARE(estimate.onDevice(), sum);
        QCOMPARE(estimate.onComputer(), sum);
        QVERIFY(describe(estimate).starts_with("needs about "));
        facts.onGpu = true;
        const MemoryEstimate split = estimateMemory(options, facts);
        sum = 0;
        for (const MemoryPart& part : split.parts)
            sum += part.bytes;
        QCOMPARE(split.onDevice() + split.onComputer(), sum);
        QVERIFY(split.onComputer() > 0);
        QVERIFY(availableMemory() > uint64_t{1} << 24);
        QCOMPARE(memoryText(3'140'000'000), std::string("3.1 GB"));
        QCOMPARE(memoryText(42'400'000), std::string("42 MB"));
    }

    /// Each option that spares memory does, by the estimate, on a large batch of a known architecture.
    void whatSparesMemoryIsSeen() {
        MemoryFacts facts;
        facts.model = architecture("ViT-B-32");
        TrainOptions options;
        options.batchSize = 1024;
        const auto needed = [&](const TrainOptions& one) { return estimateMemory(one, facts).onDevice(); };
        const uint64_t plain = needed(options);
        const auto sparing = [&](auto&& set) {
            TrainOptions changed = options;
            set(changed);
            return needed(changed);
        };
        QVERIFY(sparing([](TrainOptions& o) { o.gradCheckpointing = true; }) < plain / 2);
        QVERIFY(sparing([](TrainOptions& o) { o.microBatch = 64; }) < plain / 4);
        QVERIFY(sparing([](TrainOptions& o) { o.patchDropout = 0.5; }) < plain * 3 / 4);
        QVERIFY(sparing([](TrainOptions& o) { o.adamStates = "bf16"; }) < plain - 500'000'000);
        QVERIFY(sparing([](TrainOptions& o) { o.textStorage = "bf16"; }) < plain - 120'000'000);
        QVERIFY(sparing([](TrainOptions& o) { o.lockImage = true; }) < plain / 2);
    }
};

DIAGONAL_TEST(TestMemoryEstimate);
#include "test_memory_estimate.moc"
