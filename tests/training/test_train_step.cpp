// SPDX-License-Identifier: Apache-2.0
#include <c10/core/CPUAllocator.h>

#include <QtTest>
#include <atomic>
#include <cstdlib>

#include "engine/base/device.h"
#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "tests/registry.h"
#include "training/optimizers/train_step.h"

using namespace diagonal;
using torch::Tensor;

namespace {

ClipConfig configOf(bool resNet) {
    ClipConfig config;
    config.embedDim = 16;
    config.imageSize = 32;
    if (resNet) {
        config.vision = ModifiedResNetConfig{.layers = {1, 1, 1, 1}, .width = 8, .headWidth = 16};
    } else {
        config.vision = VitConfig{.layers = 2, .width = 16, .headWidth = 8, .mlpRatio = 4.0, .patchSize = 8};
    }
    config.text = {.contextLength = 12, .vocabularySize = 40, .width = 16, .heads = 2, .layers = 2, .mlpRatio = 4.0};
    return config;
}

std::shared_ptr<DualEncoder> newModel(bool resNet = false) {
    torch::manual_seed(1);
    return std::make_shared<DualEncoder>(configOf(resNet));
}

TrainBatch newBatch(int64_t pairs, int64_t size = 32) {
    torch::manual_seed(2);
    return {torch::randint(0, 256, {pairs, size, size, 3}, torch::kByte), torch::randint(1, 38, {pairs, 9}),
            torch::randint(2, 9, {pairs})};
}

std::map<std::string, Tensor> copyOf(const DualEncoder& model) {
    std::map<std::string, Tensor> copy;
    for (const auto& [name, tensor] : model.stateDict())
        copy[name] = tensor.detach().clone();
    return copy;
}

double largestDifference(const DualEncoder& a, const DualEncoder& b) {
    const auto one = a.stateDict(), two = b.stateDict();
    double largest = 0;
    for (const auto& [name, tensor] : one)
        if (tensor.is_floating_point()) largest = std::max(largest, (tensor - two.at(name)).abs().max().item<double>());
    return largest;
}

std::map<std::string, Tensor> stateOf(TrainStep& step) {
    const AveragedScope averaged(step.average());
    std::map<std::string, Tensor> state;
    for (const auto& [name, tensor] : step.state())
        state[name] = tensor.detach().clone();
    return state;
}

/// While it lives tensors can take only so many more bytes of memory. (A limit of the whole process would also meet
/// MKL's buffers, and MKL does not look whether it got them.)
class LittleMemory : public c10::Allocator {
  public:
    explicit LittleMemory(size_t most) : m_most(most) { c10::SetCPUAllocator(this, kPriority); }
    ~LittleMemory() override { c10::SetCPUAllocator(m_before, kPriority); }

    c10::DataPtr allocate(size_t bytes) override {
        TORCH_CHECK(s_used + bytes <= m_most, "DefaultCPUAllocator: can't allocate memory");
        auto* block = static_cast<std::byte*>(std::aligned_alloc(kHead, (bytes + 2 * kHead - 1) / kHead * kHead));
        *reinterpret_cast<size_t*>(block) = bytes;
        s_used += bytes;
        return {block + kHead, block + kHead, &release, torch::kCPU};
    }
    c10::DeleterFnPtr raw_deleter() const override { return &release; }
    void copy_data(void* target, const void* source, size_t bytes) const override {
        default_copy_data(target, source, bytes);
    }

  private:
    static void release(void* data) {
        auto* block = static_cast<std::byte*>(data) - kHead;
        s_used -= *reinterpret_cast<size_t*>(block);
        std::free(block);
    }

    static constexpr size_t kHead = 64;  // the size stands before the data
    static constexpr uint8_t kPriority = 255;
    static inline std::atomic<size_t> s_used = 0;
    size_t m_most;
    c10::Allocator* m_before = c10::GetCPUAllocator();
};

}  // namespace

class TestTrainStep : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() { setThreads(1); }  // tests run side by side

    void microBatchesTakeTheSameStep_data() {
        QTest::addColumn<QString>("loss");
        QTest::addColumn<int>("microBatch");
        for (const char* loss : {"contrastive", "soft", "sigmoid"})
            for (const int size : {1, 5, 8, 20})
                QTest::addRow("%s in parts of %d", loss, size) << QString::fromLatin1(loss) << size;
    }

    void microBatchesTakeTheSameStep() {
        QFETCH(QString, loss);
        QFETCH(int, microBatch);
        const auto batch = newBatch(20);
        TrainStepOptions options;
        options.loss = loss.toStdString();
        const auto whole = newModel(), parts = newModel();
        for (const auto& model : {whole, parts})
            model->addLogitBias(-10);
        TrainStep one(whole, options);
        options.microBatch = microBatch;
        TrainStep two(parts, options);
        const auto a = one.run(batch, 1e-3), b = two.run(batch, 1e-3);
        QVERIFY(std::abs(a.loss - b.loss) < 1e-6 * a.loss);
        QVERIFY(std::abs(a.gradientNorm - b.gradientNorm) < 1e-4 * a.gradientNorm);
        for (int i = 0; i < 3; ++i) {
            one.run(batch, 1e-3);
            two.run(batch, 1e-3);
        }
        QVERIFY2(largestDifference(*whole, *parts) < 2e-4,
                 qPrintable(QString::number(largestDifference(*whole, *parts))));
    }

    /// A batch norm's gradient is that of the whole batch: in parts it would be another one.
    void batchNormsAreNotDivided() {
        TrainStepOptions options;
        options.microBatch = 4;
        QVERIFY_THROWS_EXCEPTION(Error, TrainStep(newModel(true), options));
        options.lockImage = true;  // its statistics stand still
        const auto batch = newBatch(12);
        const auto whole = newModel(true), parts = newModel(true);
        TrainStep two(parts, options);
        options.microBatch = 0;
        TrainStep one(whole, options);
        for (int i = 0; i < 3; ++i) {
            one.run(batch, 1e-3);
            two.run(batch, 1e-3);
        }
        QVERIFY(largestDifference(*whole, *parts) < 2e-4);
        options.lockImage = false;
        TrainStep unlocked(newModel(true), options);
        QVERIFY_THROWS_EXCEPTION(Error, unlocked.setMicroBatch(4));
    }

    void aRefusedBatchIsForgottenByBatchNormsToo() {
        const auto model = newModel(true);
        TrainStep step(model, {});
        QVERIFY(step.run(newBatch(8), 1e-3).outcome == StepOutcome::Updated);
        {
            const torch::NoGradGuard noGrad;
            model->stateDict().at("text.text_projection").fill_(NAN);
        }
        const auto before = copyOf(*model);
        QVERIFY(step.run(newBatch(8), 1e-3).outcome == StepOutcome::NotFinite);
        for (const auto& [name, tensor] : model->stateDict())
            QVERIFY2(name == "text.text_projection" || torch::equal(tensor, before.at(name)), name.c_str());
    }

    /// fp16's scale can make a gradient infinite, never the loss.
    void aLossThatIsNoNumberIsNoOverflow() {
        TrainStepOptions options;
        options.autocast = torch::kHalf;
        const auto model = newModel();
        TrainStep step(model, options);
        {
            const torch::NoGradGuard noGrad;
            model->stateDict().at("text.text_projection").fill_(NAN);
        }
        QVERIFY(step.run(newBatch(8), 1e-3).outcome == StepOutcome::NotFinite);
    }

    void aLockedTowerStaysAsItIs_data() {
        QTest::addColumn<bool>("image");
        QTest::addColumn<bool>("resNet");
        QTest::addColumn<int>("microBatch");
        QTest::newRow("image tower") << true << false << 0;
        QTest::newRow("image tower, in parts") << true << false << 3;
        QTest::newRow("ResNet with its statistics") << true << true << 0;
        QTest::newRow("text tower") << false << false << 0;
        QTest::newRow("text tower, in parts") << false << false << 3;
    }

    void aLockedTowerStaysAsItIs() {
        QFETCH(bool, image);
        QFETCH(bool, resNet);
        QFETCH(int, microBatch);
        const auto model = newModel(resNet);
        const auto before = copyOf(*model);
        TrainStepOptions options;
        (image ? options.lockImage : options.lockText) = true;
        options.microBatch = microBatch;
        TrainStep step(model, options);
        for (int i = 0; i < 2; ++i)
            QVERIFY(step.run(newBatch(8), 1e-3).outcome == StepOutcome::Updated);
        bool otherMoved = false;
        for (const auto& [name, tensor] : model->stateDict()) {
            const bool same = torch::equal(tensor, before.at(name));
            if (name.starts_with("logit_")) continue;
            if (name.starts_with("visual.") == image) {
                QVERIFY2(same, name.c_str());
            } else {
                otherMoved = otherMoved || !same;
            }
        }
        QVERIFY(otherMoved);
    }

    void theTemperatureIsLearnedFixedOrClamped() {
        for (const bool fixed : {false, true}) {
            const auto model = newModel();
            TrainStepOptions options;
            options.fixTemperature = fixed;
            TrainStep step(model, options);
            const double before = model->logitScale().item<double>();
            step.run(newBatch(8), 1e-2);
            QCOMPARE(model->logitScale().item<double>() == before, fixed);
        }
        const auto model = newModel();
        TrainStepOptions options;
        options.minTemperature = 0.05;
        TrainStep step(model, options);
        {
            const torch::NoGradGuard noGrad;
            model->logitScale().fill_(4.5);
        }
        step.run(newBatch(8), 1e-4);
        QVERIFY(std::abs(model->logitScale().item<double>() - std::log(20.0)) < 1e-6);
    }

    void towersHaveLearningRatesOfTheirOwn() {
        const auto model = newModel();
        const auto before = copyOf(*model);
        TrainStepOptions options;
        options.adamW.imageRate = 0.1;
        options.adamW.textRate = 2;
        options.adamW.weightDecay = 0;
        TrainStep step(model, options);
        step.run(newBatch(8), 1e-3);
        // Adam's first step is the learning rate, whatever the gradient.
        const auto moved = [&](const char* name) {
            return (model->stateDict().at(name) - before.at(name)).abs().max().item<double>();
        };
        QVERIFY(std::abs(moved("visual.proj") - 1e-4) < 1e-5);
        QVERIFY(std::abs(moved("text.text_projection") - 2e-3) < 2e-4);
        QVERIFY(std::abs(moved("logit_scale") - 1e-3) < 1e-4);
    }

    void theAverageIsTheSumOfItsDefinition() {
        const auto model = newModel();
        TrainStepOptions options;
        options.emaDecay = 0.5;
        TrainStep step(model, options);
        Tensor expected = model->stateDict().at("visual.proj").detach().clone();
        for (int k = 0; k < 12; ++k) {
            step.run(newBatch(8), 1e-2);
            const double decay = std::min(0.5, (1.0 + k) / (10.0 + k));
            expected = decay * expected + (1 - decay) * model->stateDict().at("visual.proj").detach();
        }
        const auto trained = copyOf(*model);
        {
            const AveragedScope averaged(step.average());
            const auto difference = (model->stateDict().at("visual.proj") - expected).abs().max().item<double>();
            QVERIFY2(difference < 1e-6, qPrintable(QString::number(difference)));
            QVERIFY(!torch::equal(model->stateDict().at("visual.proj"), trained.at("visual.proj")));
        }
        QVERIFY(torch::equal(model->stateDict().at("visual.proj"), trained.at("visual.proj")));
    }

    void halfPrecisionLearnsLikeFp32_data() {
        QTest::addColumn<int>("type");
        QTest::addColumn<double>("tolerance");
        QTest::newRow("bf16") << static_cast<int>(torch::kBFloat16) << 0.05;
        QTest::newRow("fp16") << static_cast<int>(torch::kHalf) << 0.02;
    }

    void halfPrecisionLearnsLikeFp32() {
        QFETCH(int, type);
        QFETCH(double, tolerance);
        const auto run = [](std::optional<torch::ScalarType> autocast) {
            TrainStepOptions options;
            options.autocast = autocast;
            TrainStep step(newModel(), options);
            double loss = 0;
            for (int i = 0; i < 30; ++i)
                loss = step.run(newBatch(16), 3e-3).loss;
            return loss;
        };
        const double whole = run(std::nullopt), half = run(static_cast<torch::ScalarType>(type));
        QVERIFY(whole < 0.5 * std::log(16.0));
        QVERIFY2(std::abs(half - whole) < tolerance * std::log(16.0), qPrintable(QString::number(half - whole)));
    }

    void theLossScaleFollowsGradScaler() {
        LossScale scale(true);
        QCOMPARE(scale.value(), 65536.0);
        scale.shrink();
        QCOMPARE(scale.value(), 32768.0);
        for (int i = 0; i < 1999; ++i)
            scale.stepDone();
        QCOMPARE(scale.value(), 32768.0);
        LossScale resumed(true);
        resumed.load(scale.state());
        resumed.stepDone();
        QCOMPARE(resumed.value(), 65536.0);
        LossScale off(false);
        off.stepDone();
        QCOMPARE(off.value(), 1.0);
        QVERIFY(!off.canShrink());
    }

    void anOverflowHalvesTheLossScaleAndChangesNothing() {
        const auto model = newModel();
        TrainStepOptions options;
        options.autocast = torch::kHalf;
        TrainStep step(model, options);
        {
            const torch::NoGradGuard noGrad;
            // Features so short that their gradient is large, times the scale too large for fp16; the loss is not.
            model->stateDict().at("visual.proj").mul_(1e-3);
        }
        const auto before = copyOf(*model);
        QVERIFY(step.run(newBatch(8), 1e-3).outcome == StepOutcome::Overflow);
        QCOMPARE(step.lossScale(), 32768.0);
        for (const auto& [name, tensor] : model->stateDict())
            QVERIFY2(torch::equal(tensor, before.at(name)), name.c_str());
    }

    void spikesAreMeasuredAgainstTheMedian() {
        SpikeDetector detector(10);
        for (int i = 0; i < 16; ++i) {
            QVERIFY(detector.limit() > 1e6);  // what is usual is not known yet
            detector.add(i % 2 == 0 ? 1.0 : 2.0);
        }
        QVERIFY(detector.limit() > 19);
        QVERIFY(detector.limit() < 21);
        SpikeDetector resumed(10);
        resumed.load(detector.state());
        QVERIFY(resumed.limit() < 21);
        for (int i = 0; i < 64; ++i)
            resumed.add(100);
        QVERIFY(resumed.limit() > 900);
        SpikeDetector off(0);
        off.load(detector.state());
        QVERIFY(off.limit() > 1e9);
    }

    void aSpikeChangesNoWeight() {
        const auto model = newModel();
        TrainStepOptions options;
        options.spikeFactor = 5;
        TrainStep step(model, options);
        auto state = stateOf(step);
        state["recent_norms"] = torch::full({32}, 1e-9, torch::kDouble);
        step.load(state, "state");
        const auto before = copyOf(*model);
        QVERIFY(step.run(newBatch(8), 1e-3).outcome == StepOutcome::Spike);
        for (const auto& [name, tensor] : model->stateDict())
            QVERIFY2(torch::equal(tensor, before.at(name)), name.c_str());
    }

    void droppedPatchesStillTrainAndAreKeptInEvaluation() {
        const auto model = newModel();
        model->setPatchDropout(0.5);
        const auto images = torch::randn({2, 3, 32, 32});
        model->eval();
        QVERIFY(torch::equal(model->encodeImage(images), model->encodeImage(images)));
        model->train();
        QVERIFY(!torch::equal(model->encodeImage(images), model->encodeImage(images)));
        TrainStepOptions options;
        options.microBatch = 3;
        TrainStep step(model, options);
        const double first = step.run(newBatch(8), 3e-3).loss;
        double last = 0;
        for (int i = 0; i < 60; ++i)
            last = step.run(newBatch(8), 3e-3).loss;
        QVERIFY(last < 0.5 * first);
        QVERIFY_THROWS_EXCEPTION(Error, newModel(true)->setPatchDropout(0.5));
    }

    /// The patches that parts leave out are those that the whole batch leaves out (on the CPU, whose generator draws
    /// one after the other), in both passes.
    void partsLeaveOutThePatchesOfTheWholeBatch() {
        const auto whole = newModel(), parts = newModel();
        TrainStepOptions options;
        TrainStep one(whole, options);
        options.microBatch = 3;
        TrainStep other(parts, options);
        for (const auto& model : {whole, parts})
            model->setPatchDropout(0.5);
        const TrainBatch batch = newBatch(8);
        for (TrainStep* step : {&one, &other}) {
            torch::manual_seed(7);
            step->run(batch, 0);
        }
        const auto expected = whole->named_parameters();
        for (const auto& item : parts->named_parameters())
            QVERIFY2(item.value().grad().allclose(expected[item.key()].grad(), 1e-4, 1e-6), item.key().c_str());
        torch::manual_seed(8);  // other patches, another gradient: what is compared depends on them
        one.run(batch, 0);
        QVERIFY(!expected["visual.conv1.weight"].grad().allclose(
            parts->named_parameters()["visual.conv1.weight"].grad(), 1e-4, 1e-6));
    }

    void goesOnFromItsStateWithAnAverage() {
        TrainStepOptions options;
        options.emaDecay = 0.9;
        const auto whole = newModel();
        TrainStep one(whole, options);
        one.run(newBatch(8), 1e-3);
        one.run(newBatch(8), 1e-3);
        // What a checkpoint holds: the average as the model, and the state.
        const auto resumed = newModel();
        {
            const AveragedScope averaged(one.average());
            const torch::NoGradGuard noGrad;
            for (const auto& [name, tensor] : whole->stateDict())
                resumed->stateDict().at(name).copy_(tensor);
        }
        TrainStep two(resumed, options);
        const auto state = stateOf(one);
        {
            const AveragedScope averaged(two.average());
            two.load(state, "state");
        }
        for (int i = 0; i < 3; ++i) {
            one.run(newBatch(8), 1e-3);
            two.run(newBatch(8), 1e-3);
        }
        QCOMPARE(largestDifference(*whole, *resumed), 0.0);
        one.average().swap();
        two.average().swap();
        QCOMPARE(largestDifference(*whole, *resumed), 0.0);
    }

    void whereMemoryRunsOutThePartsAreHalved() {
        torch::manual_seed(1);
        ClipConfig config = configOf(false);
        config.imageSize = 256;
        const auto model = std::make_shared<DualEncoder>(config);
        TrainStep step(model, {});
        const auto batch = newBatch(64, 256);
        step.run({batch.pixels.narrow(0, 0, 2), batch.ids.narrow(0, 0, 2), batch.lengths.narrow(0, 0, 2)}, 1e-4);
        TrainStepValues values;
        {
            const LittleMemory little(size_t{100} << 20);
            values = step.run(batch, 1e-4);
        }
        QVERIFY(values.outcome == StepOutcome::Updated);
        QVERIFY2(step.microBatch() > 0 && step.microBatch() <= 32, qPrintable(QString::number(step.microBatch())));
    }
};

DIAGONAL_TEST(TestTrainStep);
#include "test_train_step.moc"
