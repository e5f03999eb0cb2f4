// SPDX-License-Identifier: Apache-2.0
// What spares memory in training: that it changes nothing where it says so, and that all of it goes together.
#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>

#include "engine/base/device.h"
#include "engine/base/file.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/model_folder.h"
#include "engine/checkpoint/state_dict.h"
#include "engine/parts/half_weights.h"
#include "tests/registry.h"
#include "tests/training/peak_memory.h"
#include "training/optimizers/half_text.h"
#include "training/optimizers/train_step.h"
#include "training/trainer/trainer.h"

using namespace diagonal;
using torch::Tensor;
namespace fs = std::filesystem;

namespace {

enum class Architecture { Vit, Siglip, ResNet, Cbow };

ClipConfig saverConfig(Architecture tower) {
    ClipConfig config;
    config.embedDim = 16;
    config.imageSize = 32;
    config.vision = VitConfig{.layers = 3, .width = 16, .headWidth = 8, .mlpRatio = 4.0, .patchSize = 8};
    config.text = {.contextLength = 12, .vocabularySize = 40, .width = 16, .heads = 2, .layers = 3, .mlpRatio = 4.0};
    if (tower == Architecture::ResNet)
        config.vision = ModifiedResNetConfig{.layers = {1, 2, 1, 1}, .width = 8, .headWidth = 16};
    if (tower == Architecture::Cbow) config.text.kind = "cbow", config.text.layers = 0;
    if (tower == Architecture::Siglip) {
        config.vision = SiglipVitConfig{.layers = 3, .width = 16, .heads = 2, .mlpRatio = 4.0, .patchSize = 8};
        config.text.causal = false;
        config.text.fillsContext = config.text.projectionBias = true;
        config.imageActivation = config.textActivation = Activation::GeluTanh;
    }
    return config;
}

/// The batch norms' last gain starts at 0, where no gradient passes.
std::shared_ptr<DualEncoder> saverModel(Architecture tower) {
    torch::manual_seed(1);
    auto model = std::make_shared<DualEncoder>(saverConfig(tower));
    const torch::NoGradGuard noGrad;
    for (const auto& [name, weight] : model->stateDict())
        if (name.ends_with("bn3.weight")) Tensor(weight).fill_(0.5);
    return model;
}

TrainBatch saverBatch(Architecture tower, int64_t pairs, int seed) {
    torch::manual_seed(seed);
    const bool whole = tower == Architecture::Siglip;  // pools at the last position of the context
    return {torch::randint(0, 256, {pairs, 32, 32, 3}, torch::kByte), torch::randint(1, 38, {pairs, whole ? 12 : 9}),
            whole ? torch::full({pairs}, 11, torch::kLong) : torch::randint(2, 9, {pairs})};
}

using State = std::map<std::string, Tensor>;

State copied(const State& state) {
    State copy;
    for (const auto& [name, tensor] : state)
        copy[name] = tensor.detach().clone();
    return copy;
}

/// What differs, by name; empty: nothing does, neither in a bit nor in type.
std::string differenceOf(const State& a, const State& b) {
    if (a.size() != b.size()) return "other tensors";
    for (const auto& [name, tensor] : a)
        if (tensor.scalar_type() != b.at(name).scalar_type() || !torch::equal(tensor, b.at(name))) return name;
    return {};
}

/// Weights and gradients after some steps.
State afterSteps(const std::shared_ptr<DualEncoder>& model, Architecture tower, const TrainStepOptions& options,
                 int steps) {
    TrainStep step(model, options);
    for (int i = 0; i < steps; ++i) {
        const auto batch = saverBatch(tower, 8, 10 + i);
        torch::manual_seed(20 + i);  // patches that are dropped
        if (step.run(batch, 1e-3).outcome != StepOutcome::Updated) return {};
    }
    State state = copied(model->stateDict());
    for (const auto& item : model->named_parameters())
        if (item.value().grad().defined()) state["gradient/" + item.key()] = item.value().grad().clone();
    return state;
}

}  // namespace

class TestSavers : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

  private Q_SLOTS:
    void initTestCase() { setThreads(1); }

    void checkpointingIsExact_data() {
        QTest::addColumn<int>("tower");
        QTest::addColumn<int>("microBatch");
        QTest::addColumn<bool>("half");
        QTest::addColumn<QString>("locked");
        const auto add = [](const char* name, Architecture tower, int microBatch, const char* locked) {
            for (const bool half : {false, true})
                QTest::addRow("%s, %s%s%s", name, half ? "bf16" : "fp32", microBatch > 0 ? ", in parts" : "", locked)
                    << static_cast<int>(tower) << microBatch << half << QString(locked);
        };
        for (const int microBatch : {0, 3}) {
            add("ViT", Architecture::Vit, microBatch, "");
            add("SigLIP", Architecture::Siglip, microBatch, "");
            add("CBOW", Architecture::Cbow, microBatch, "");
            add("ViT", Architecture::Vit, microBatch, ", image tower locked");
            add("ViT", Architecture::Vit, microBatch, ", text tower locked");
        }
        add("ResNet", Architecture::ResNet, 0, "");
        add("ResNet", Architecture::ResNet, 3, ", image tower locked");
    }

    /// Every bit of the weights, the gradients and the batch norms' statistics.
    void checkpointingIsExact() {
        QFETCH(int, tower);
        QFETCH(int, microBatch);
        QFETCH(bool, half);
        QFETCH(QString, locked);
        const auto kind = static_cast<Architecture>(tower);
        TrainStepOptions options;
        options.microBatch = microBatch;
        options.lockImage = locked.contains("image");
        options.lockText = locked.contains("text");
        if (half) options.autocast = torch::kBFloat16;
        const auto run = [&](bool checkpointing) {
            const auto model = saverModel(kind);
            if (kind != Architecture::ResNet) model->setPatchDropout(0.4);
            model->setGradCheckpointing(checkpointing);
            return afterSteps(model, kind, options, 3);
        };
        const State plain = run(false);
        QVERIFY(!plain.empty());
        const std::string difference = differenceOf(plain, run(true));
        QVERIFY2(difference.empty(), difference.c_str());
    }

    void checkpointingTakesLessMemory() {
        ClipConfig config = saverConfig(Architecture::Vit);
        config.imageSize = 64;
        config.vision = VitConfig{.layers = 8, .width = 64, .headWidth = 32, .mlpRatio = 4.0, .patchSize = 8};
        const auto peakOf = [&](bool checkpointing) {
            torch::manual_seed(1);
            const auto model = std::make_shared<DualEncoder>(config);
            model->setGradCheckpointing(checkpointing);
            const auto images = torch::randn({16, 3, 64, 64});
            const PeakMemory memory;
            model->encodeImage(images).sum().backward();
            return PeakMemory::peak();
        };
        const size_t plain = peakOf(false), sparing = peakOf(true);
        QVERIFY2(3 * sparing < plain, qPrintable(QString("%1 and %2").arg(sparing).arg(plain)));
    }

    /// A frozen input, and weights of a block that are frozen in part.
    void checkpointingFollowsWhatIsTrained() {
        const auto gradients = [](bool checkpointing) {
            const auto model = saverModel(Architecture::Vit);
            model->setGradCheckpointing(checkpointing);
            for (const auto& item : model->named_parameters())
                if (!item.key().ends_with("mlp.c_fc.weight")) Tensor(item.value()).requires_grad_(false);
            const auto batch = saverBatch(Architecture::Vit, 4, 3);
            torch::manual_seed(5);
            (model->encodeText(batch.ids, batch.lengths) * torch::randn({4, 16})).sum().backward();
            State found;
            for (const auto& item : model->named_parameters())
                if (item.value().grad().defined()) found[item.key()] = item.value().grad().clone();
            return found;
        };
        const State plain = gradients(false);
        QCOMPARE(plain.size(), size_t{3});  // of the text tower's blocks
        QCOMPARE(differenceOf(plain, gradients(true)), std::string());
    }

    void halfWeightsAreUsedAsTheirWideCopies_data() {
        QTest::addColumn<int>("tower");
        for (const auto& [name, tower] :
             {std::pair("CLIP", Architecture::Vit), {"SigLIP", Architecture::Siglip}, {"CBOW", Architecture::Cbow}})
            QTest::newRow(name) << static_cast<int>(tower);
    }

    /// The loss and its gradients are those of a model in fp32 with the same numbers; the gradients are fp32.
    void halfWeightsAreUsedAsTheirWideCopies() {
        QFETCH(int, tower);
        const auto kind = static_cast<Architecture>(tower);
        const auto half = saverModel(kind), wide = saverModel(kind);
        storeTextInHalf(*half);
        int64_t narrow = 0;
        {
            const torch::NoGradGuard noGrad;
            auto to = wide->stateDict();
            for (const auto& [name, weight] : half->stateDict()) {
                const bool isHalf = weight.scalar_type() == torch::kBFloat16;
                QCOMPARE(isHalf, !name.starts_with("visual.") && weight.dim() >= 2);
                narrow += isHalf ? weight.numel() : 0;
                to.at(name).copy_(weight);
            }
        }
        QVERIFY(narrow > 500);
        const auto batch = saverBatch(kind, 6, 3);
        const Tensor towards = torch::randn({6, 16});
        for (const auto& model : {half, wide})
            (model->encodeText(batch.ids, batch.lengths) * towards).sum().backward();
        QVERIFY(torch::equal(half->encodeText(batch.ids, batch.lengths), wide->encodeText(batch.ids, batch.lengths)));
        for (const auto& item : half->named_parameters()) {
            const Tensor mine = item.value().grad(), theirs = wide->named_parameters()[item.key()].grad();
            QCOMPARE(mine.defined(), theirs.defined());
            if (!mine.defined()) continue;
            QCOMPARE(mine.scalar_type(), torch::kFloat);
            const double off = (mine - theirs).abs().max().item<double>();
            QVERIFY2(off <= 1e-6 + 1e-5 * theirs.abs().max().item<double>(), item.key().c_str());
        }
    }

    /// The start token of many texts: its gradient is a sum of small terms.
    void rowsAreSummedInFp32() {
        const Tensor table = torch::zeros({4, 8}, torch::kBFloat16).requires_grad_();
        table.set_grad_dtype(torch::kFloat);
        embeddingRows(table, torch::ones({5000}, torch::kLong), torch::kFloat).sum().backward();
        QCOMPARE(table.grad()[1][0].item<float>(), 5000.0F);
        QCOMPARE(table.grad().scalar_type(), torch::kFloat);
    }

    /// An average of bf16 weights is fp32: in bf16 it would stand still. It changes places with them without a loss.
    void theAverageOfHalfWeightsIsExact() {
        TrainStepOptions options;
        options.halfText = true;
        options.emaDecay = 0.999;
        const auto model = saverModel(Architecture::Vit);
        TrainStep step(model, options);
        Tensor expected = model->stateDict().at("text.text_projection").detach().to(torch::kDouble);
        for (int k = 0; k < 30; ++k) {
            step.run(saverBatch(Architecture::Vit, 8, k), 1e-3);
            const double decay = std::min(0.999, (1.0 + k) / (10.0 + k));
            expected = decay * expected +
                       (1 - decay) * model->stateDict().at("text.text_projection").detach().to(torch::kDouble);
        }
        const State before = copied(model->stateDict());
        for (int i = 0; i < 3; ++i) {
            const AveragedScope averaged(step.average());
            const Tensor average = model->stateDict().at("text.text_projection");
            QCOMPARE(average.scalar_type(), torch::kFloat);
            QVERIFY((average - expected).abs().max().item<double>() < 1e-6);
        }
        QCOMPARE(differenceOf(before, model->stateDict()), std::string());
        QVERIFY(step.run(saverBatch(Architecture::Vit, 8, 40), 1e-3).outcome == StepOutcome::Updated);
    }

    /// Every combination: it takes steps, goes on from its state to the bit, and checkpointing changes nothing. A batch
    /// that is refused leaves no trace.
    void allCombinationsGoOn() {
        std::map<std::string, State> plain;
        int tried = 0;
        for (const bool checkpointing : {false, true})
            for (int number = 0; number < 2 * 2 * 2 * 3 * 3 * 2; ++number) {
                int rest = number;
                const auto choose = [&](int count) { return std::exchange(rest, rest / count) % count; };
                TrainStepOptions options;
                options.microBatch = 3 * choose(2);
                options.adamW.halfStates = choose(2) == 1;
                options.halfText = choose(2) == 1;
                const int precision = choose(3), locked = choose(3);
                if (precision > 0) options.autocast = precision == 1 ? torch::kBFloat16 : torch::kHalf;
                options.lockImage = locked == 1;
                options.lockText = locked == 2;
                options.emaDecay = 0.9 * choose(2);
                options.spikeFactor = 10;
                const std::string name = std::to_string(number);
                const auto make = [&] {
                    auto model = saverModel(Architecture::Vit);
                    model->setPatchDropout(0.25);
                    model->setGradCheckpointing(checkpointing);
                    return model;
                };
                const auto run = [](TrainStep& step, int from, int to) {
                    for (int i = from; i < to; ++i) {
                        const auto batch = saverBatch(Architecture::Vit, 8, 10 + i);
                        torch::manual_seed(20 + i);
                        step.run(batch, 1e-3);
                    }
                };
                const auto whole = make(), half = make(), rested = make();
                TrainStep one(whole, options), two(half, options);
                run(one, 0, 4);
                run(two, 0, 2);
                {
                    const Tensor scale = half->logitScale().detach();
                    const float kept = scale.item<float>();
                    scale.fill_(NAN);
                    QVERIFY(two.run(saverBatch(Architecture::Vit, 8, 99), 1e-3).outcome == StepOutcome::NotFinite);
                    scale.fill_(kept);
                }
                TrainStep three(rested, options);
                {
                    const torch::NoGradGuard noGrad;
                    const AveragedScope from(two.average()), to(three.average());
                    auto weights = rested->stateDict();
                    for (const auto& [key, weight] : half->stateDict())
                        weights.at(key).copy_(weight.to(torch::kFloat));  // as a model folder gives it back
                    State state;
                    for (const auto& [key, tensor] : two.state())
                        state[key] = tensor.detach().clone();
                    three.load(state, "memory");
                }
                run(three, 2, 4);
                const State result = copied(whole->stateDict());
                const std::string difference = differenceOf(result, rested->stateDict());
                QVERIFY2(difference.empty(), (name + ": " + difference).c_str());
                QVERIFY(!torch::equal(result.at("logit_scale"), make()->logitScale()));
                for (const auto& [key, weight] : result)
                    QVERIFY(weight.isfinite().all().item<bool>());
                if (checkpointing)
                    QVERIFY2(differenceOf(plain.at(name), result).empty(), name.c_str());
                else
                    plain[name] = result;
                ++tried;
            }
        QCOMPARE(tried, 288);
    }

    /// A run with all of them, in one go and resumed in the middle; its folder holds the weights as they are stored.
    void aRunGoesOnFromItsCheckpoint_data() {
        QTest::addColumn<double>("ema");
        QTest::newRow("trained weights") << 0.0;
        QTest::newRow("average") << 0.9;
    }

    void aRunGoesOnFromItsCheckpoint() {
        QFETCH(double, ema);
        const fs::path root = fs::path(m_folder.path().toStdString()) / (ema > 0 ? "average" : "plain");
        writeFile(fs::path(m_folder.path().toStdString()) / "vit.json", R"({"embed_dim": 32,
            "vision_cfg": {"image_size": 32, "layers": 2, "width": 32, "head_width": 16, "patch_size": 8},
            "text_cfg": {"context_length": 24, "vocab_size": 256, "width": 32, "heads": 2, "layers": 2}})");
        TrainOptions options;
        options.trainData = "scenes:count=64,seed=1,size=32";
        options.validationData = "scenes:count=24,split=validation,size=32";
        options.model = (fs::path(m_folder.path().toStdString()) / "vit.json").string();
        options.steps = 6;
        options.batchSize = 16;
        options.microBatch = 5;
        options.warmup = 2;
        options.saveEvery = options.validateEvery = 3;
        options.vocabularySize = 128;
        options.emaDecay = ema;
        options.patchDropout = 0.25;
        options.precision = "bf16";
        options.device = "cpu";
        options.threads = 1;
        options.gradCheckpointing = true;
        options.adamStates = options.textStorage = "bf16";
        struct Stopper : TrainingObserver {
            void onStep(const StepMetrics& metrics) override {
                if (metrics.step == stopAt) stop.request_stop();
            }
            int64_t stopAt = -1;
            std::stop_source stop;
        } whole, first, rest;
        fs::create_directories(root);
        options.output = root / "whole";
        QVERIFY(train(options, whole).finished);
        options.output = root / "halves";
        first.stopAt = 4;
        QCOMPARE(train(options, first, first.stop.get_token()).step, int64_t{4});
        QVERIFY(resume(options.output, rest).finished);
        const auto stored = [&](const char* run) {
            return readStateDict({root / run / "model/open_clip_model.safetensors"}).tensors;
        };
        const State a = stored("whole"), b = stored("halves");
        QCOMPARE(differenceOf(a, b), std::string());
        QCOMPARE(a.at("text_projection").scalar_type(), ema > 0 ? torch::kFloat : torch::kBFloat16);
        QCOMPARE(a.at("visual.proj").scalar_type(), torch::kFloat);
        const State moments = readStateDict({root / "halves/checkpoints/step-00000006/optimizer.safetensors"}).tensors;
        QCOMPARE(moments.at("exp_avg_sq/visual.proj").scalar_type(), torch::kBFloat16);
    }
};

DIAGONAL_TEST(TestSavers);
#include "test_savers.moc"
