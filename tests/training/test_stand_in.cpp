// SPDX-License-Identifier: Apache-2.0
// Where tensors lie, on a device that stands in for a GPU (stand_in_device.h): nothing here needs one.
#include <QTemporaryDir>
#include <filesystem>

#include "engine/base/file.h"
#include "engine/checkpoint/model_folder.h"
#include "engine/inference/session.h"
#include "engine/text/sentencepiece_tokenizer.h"
#include "tests/registry.h"
#include "tests/training/spikes.h"
#include "tests/training/stand_in_device.h"
#include "training/checks/model_checks.h"
#include "training/optimizers/rounded_adamw.h"
#include "training/run/run_folder.h"
#include "training/trainer/batch_stream.h"
#include "training/trainer/trainer.h"

using namespace diagonal;
namespace fs = std::filesystem;

class TestStandIn : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    TrainOptions smallRun() const {
        const fs::path root = m_folder.path().toStdString();
        writeFile(root / "vit.json", R"({"embed_dim": 32,
            "vision_cfg": {"image_size": 32, "layers": 2, "width": 32, "head_width": 16, "patch_size": 8},
            "text_cfg": {"context_length": 24, "vocab_size": 256, "width": 32, "heads": 2, "layers": 2}})");
        TrainOptions options;
        options.trainData = "scenes:count=64,seed=1,size=32";
        options.validationData = "scenes:count=24,split=validation,size=32";
        options.model = (root / "vit.json").string();
        options.steps = 6;
        options.batchSize = 16;
        options.warmup = 2;
        options.saveEvery = options.validateEvery = 3;
        options.vocabularySize = 128;
        options.emaDecay = 0.9;
        options.precision = "fp32";
        options.device = "hpu";
        return options;
    }

    static TrainBatch sampled(TrainBatch batch, int64_t epoch) {
        batch.samples = torch::arange(batch.pixels.size(0)).flip(0);
        batch.epoch = epoch;
        return batch;
    }
    static void useSamples(TrainStepOptions& options) {
        options.fastClip = {.gamma = 0.3, .decayEpochs = 2, .samples = 12};
        options.temperatureRate = 1e-3;
    }

  private Q_SLOTS:
    void initTestCase() { stand_in::install(); }

    /// Pieces of a batch are put together on the device, whose pixels are then those of the CPU; the pieces themselves
    /// are given back.
    void batchesComeInPieces() {
        const auto data = openDataset("scenes:count=60,seed=1,size=32");
        LoaderOptions options;
        options.batchSize = 25;
        options.preprocess.width = options.preprocess.height = 32;
        options.tokenizer = trainSentencePieceTokenizer(data->captions(0), 64, 24);
        BatchStream here(data, options, torch::kCPU);
        for (const size_t images : {4, 25, 1000}) {
            options.pieceBytes = images * 32 * 32 * 3;
            BatchStream there(data, options, stand_in::kDevice), again(data, options, stand_in::kDevice, 1);
            for (int64_t step = 0; step < 5; ++step) {
                stand_in::waits = stand_in::uploads = 0;
                const DeviceBatch batch = there.next();
                const auto pieces = static_cast<int64_t>((25 + images - 1) / images);
                QCOMPARE(stand_in::uploads.load(), pieces + 5);
                QCOMPARE(stand_in::waits.load(), int64_t{0});
                BatchStream alone(data, options, torch::kCPU, step);
                const DeviceBatch expected = alone.next();
                QVERIFY(batch.tensors.pixels.is_hpu());
                QCOMPARE(batch.pairs, int64_t{25});
                QVERIFY(batch.tensors.pixels.cpu().equal(expected.tensors.pixels));
                QVERIFY(batch.tensors.ids.cpu().equal(expected.tensors.ids));
                QVERIFY(batch.tensors.imageIds.cpu().equal(expected.tensors.imageIds));
                if (step > 0) QVERIFY(again.next().tensors.pixels.cpu().equal(expected.tensors.pixels));
            }
        }
        QCOMPARE(here.next().tensors.pixels.sizes(), at::IntArrayRef({25, 32, 32, 3}));
    }

    void twoDevicesDoNotMix() {
        const auto a = torch::ones({3}), b = a.to(stand_in::kDevice);
        QVERIFY(b.is_hpu());
        QVERIFY_THROWS_EXCEPTION(c10::Error, a + b);
        QCOMPARE((b + b).sum().item<float>(), 6.0F);
    }

    void waitsAreCounted() {
        const auto b = torch::ones({3}).to(stand_in::kDevice);
        stand_in::waits = 0;
        const auto sum = (b * 2 + b).sum();
        QCOMPARE(stand_in::waits.load(), int64_t{0});
        QCOMPARE(sum.item<float>(), 9.0F);
        QCOMPARE(stand_in::waits.load(), int64_t{1});
        b.cpu();
        QCOMPARE(stand_in::waits.load(), int64_t{2});
    }

    void stepsAreThoseOfTheCpu_data() {
        QTest::addColumn<bool>("resNet");
        QTest::addColumn<QString>("loss");
        QTest::addColumn<int>("microBatch");
        QTest::addColumn<double>("ema");
        QTest::addColumn<bool>("spares");
        QTest::newRow("ViT") << false << "contrastive" << 0 << 0.0 << false;
        QTest::newRow("ViT, soft, in parts, average") << false << "soft" << 3 << 0.9 << false;
        QTest::newRow("ViT, sigmoid") << false << "sigmoid" << 0 << 0.0 << false;
        QTest::newRow("ViT, FastCLIP, in parts") << false << "fastclip" << 3 << 0.0 << false;
        QTest::newRow("ResNet") << true << "contrastive" << 0 << 0.0 << false;
        QTest::newRow("ViT, all that spares memory") << false << "contrastive" << 3 << 0.9 << true;
        QTest::newRow("ResNet, all that spares memory") << true << "contrastive" << 0 << 0.9 << true;
    }

    void stepsAreThoseOfTheCpu() {
        QFETCH(bool, resNet);
        QFETCH(QString, loss);
        QFETCH(int, microBatch);
        QFETCH(double, ema);
        QFETCH(bool, spares);
        TrainStepOptions options;
        options.halfText = options.adamW.halfStates = spares;
        options.loss = loss.toStdString();
        options.microBatch = microBatch;
        options.emaDecay = ema;
        const auto here = checkModel(resNet, torch::kCPU), there = checkModel(resNet, stand_in::kDevice);
        for (const auto& model : {here, there})
            model->setGradCheckpointing(spares);
        for (const auto& model : {here, there})
            if (options.loss == "sigmoid") model->addLogitBias(-10);
        if (options.loss == "fastclip") useSamples(options);
        TrainStep one(here, options), two(there, options);
        for (int i = 0; i < 3; ++i) {
            const auto batch = sampled(checkBatch(6), i);
            const auto a = one.run(batch, 1e-3), b = two.run(batch, 1e-3);
            QVERIFY(b.outcome == StepOutcome::Updated);
            QVERIFY2(std::abs(a.loss - b.loss) < 1e-4, qPrintable(QStringLiteral("%1 and %2").arg(a.loss).arg(b.loss)));
        }
        const auto a = here->stateDict(), b = there->stateDict();
        for (const auto& [name, weight] : a) {
            QVERIFY2(b.at(name).is_hpu(), name.c_str());
            const auto difference = (weight - b.at(name).cpu()).abs().max().item<double>();
            QVERIFY2(difference < (weight.scalar_type() == torch::kBFloat16 ? 2e-2 : 2e-3),
                     qPrintable(QString::fromStdString(name) + " " + QString::number(difference)));
        }
    }

    /// Operations of the device draw the noise of the CPU's loop: roundings are the same but where fp32's last bit
    /// decides. Nothing waits, and a refused batch leaves no trace.
    void whatIsRoundedIsRoundedAsOnTheCpu() {
        using torch::Tensor;
        const AdamWRates rates = {1e-3, 0.9, 0.98, 1e-6, 0.2};
        for (const auto& [weight, moment] : {std::pair(torch::kFloat, torch::kBFloat16),
                                             {torch::kBFloat16, torch::kFloat},
                                             {torch::kBFloat16, torch::kBFloat16}}) {
            torch::manual_seed(3);
            const AdamWTensors here = {torch::randn({300, 70}).to(weight), torch::randn({300, 70}) * 0.01,
                                       (torch::randn({300, 70}) * 0.01).to(moment),
                                       (torch::randn({300, 70}) * 0.01).square().to(moment)};
            const auto there = [](const Tensor& tensor) { return tensor.to(stand_in::kDevice); };
            const AdamWTensors away = {there(here.weight), there(here.gradient), there(here.average),
                                       there(here.squareAverage)};
            const Tensor step = torch::full({}, 17.0F), stepThere = there(step), zero = there(torch::zeros({})),
                         one = there(torch::ones({}));
            stand_in::waits = 0;
            roundedAdamW("text.text_projection", away, rates, 5, stepThere, one);
            QVERIFY(torch::equal(away.weight.cpu(), here.weight));
            QVERIFY(torch::equal(away.squareAverage.cpu(), here.squareAverage));
            stand_in::waits = 0;
            roundedAdamW("text.text_projection", away, rates, 5, stepThere, zero);
            QCOMPARE(stand_in::waits.load(), int64_t{0});
            roundedAdamW("text.text_projection", here, rates, 5, step, torch::zeros({}));
            for (const auto& [a, b] : {std::pair(here.weight, away.weight),
                                       {here.average, away.average},
                                       {here.squareAverage, away.squareAverage}}) {
                const Tensor off = (a.to(torch::kFloat) - b.cpu().to(torch::kFloat)).abs();
                const float least = a.scalar_type() == torch::kFloat ? 1e-6F : 0.0F;
                QVERIFY((off > least).to(torch::kFloat).mean().item<float>() < 0.001F);
                QVERIFY((off <= 0.0079F * a.to(torch::kFloat).abs() + 1e-6F).all().item<bool>());
            }
        }
    }

    /// Low-rank terms that learn in two stages, in one go and resumed: between stages no step is under way.
    void stagesOfLowRankTermsGoThrough() {
        const fs::path root = m_folder.path().toStdString();
        TrainingObserver silent;
        TrainOptions options = smallRun();
        options.output = root / "base";
        options.steps = 2;
        QVERIFY(train(options, silent).finished);
        options.model = options.output.string();
        options.steps = 8;
        options.saveEvery = options.validateEvery = 4;
        options.loraRank = 4;
        options.stages = "0.625:16:0.5,0.375:32";
        struct Stopper : TrainingObserver {
            void onStep(const StepMetrics& metrics) override {
                if (metrics.step == stopAt) stop.request_stop();
            }
            int64_t stopAt = -1;
            std::stop_source stop;
        };
        options.output = root / "staged";
        QVERIFY(train(options, silent).finished);
        for (const int at : {2, 5, 6}) {
            Stopper half;
            half.stopAt = at;
            options.output = root / ("staged until " + std::to_string(at));
            QVERIFY(!train(options, half, half.stop.get_token()).finished);
            QVERIFY(resume(options.output, silent).finished);
            const auto a = loadModel(root / "staged/model").model->stateDict(),
                       b = loadModel(options.output / "model").model->stateDict();
            for (const auto& [name, weight] : a)
                QVERIFY2(torch::equal(weight, b.at(name)), name.c_str());
        }
    }

    /// A run with validation and checkpoints, in one go and resumed in the middle; then labels and maps of its model.
    void aRunGoesThrough() {
        const fs::path root = m_folder.path().toStdString();
        TrainOptions options = smallRun();
        struct Stopper : TrainingObserver {
            void onStep(const StepMetrics& metrics) override {
                if (metrics.step == stopAt) stop.request_stop();
            }
            int64_t stopAt = -1;
            std::stop_source stop;
        } whole, half, rest;
        options.output = root / "whole";
        QVERIFY(train(options, whole).finished);
        options.output = root / "halves";
        half.stopAt = 4;
        QCOMPARE(train(options, half, half.stop.get_token()).step, int64_t{5});  // begun when the fourth had ended
        QVERIFY(resume(options.output, rest).finished);
        const auto a = loadModel(root / "whole/model").model->stateDict(),
                   b = loadModel(root / "halves/model").model->stateDict();
        for (const auto& [name, weight] : a)
            QVERIFY2(torch::equal(weight, b.at(name)), name.c_str());

        const auto picture = root / "picture.ppm";
        std::vector<fs::path> pictures;
        for (int k = 0; k < 30; ++k) {
            std::string bytes = "P6 40 30 255\n";
            for (int i = 0; i < 40 * 30 * 3; ++i)
                bytes += static_cast<char>(i * (37 + k) % 251);
            pictures.push_back(k == 0 ? picture : root / (std::to_string(k) + ".ppm"));
            writeFile(pictures.back(), k == 7 ? "no picture" : bytes);
        }
        std::vector<std::vector<float>> embeddings, maps;
        for (const char* device : {"cpu", "hpu"}) {
            auto session =
                Session::open((root / "whole/model").string(), {.device = device, .precision = "fp32", .batchSize = 4});
            const std::vector<std::string> texts = {"a red circle", "two blue squares"};
            const auto rows = session->embedTexts(texts);
            session->embedImages(std::vector{picture}, true, [](const std::vector<ImageEmbedding>&) {});
            embeddings.emplace_back();
            size_t given = 0;
            int64_t batches = 0;
            stand_in::waits = stand_in::uploads = 0;
            session->embedImages(pictures, true, [&](const std::vector<ImageEmbedding>& batch) {
                ++batches;
                for (const ImageEmbedding& one : batch) {
                    QCOMPARE(one.index, given++);
                    QCOMPARE(one.error.empty(), one.index != 7);
                    embeddings.back().insert(embeddings.back().end(), one.values.begin(), one.values.end());
                }
            });
            QCOMPARE(given, pictures.size());
            // Pixels alone go there, and once which of them can be read.
            QCOMPARE(stand_in::waits.load(), int64_t{0});
            QCOMPARE(stand_in::uploads.load(), session->options().device == "cpu" ? 0 : batches + 1);
            QCOMPARE(embeddings.back().size(), 29 * static_cast<size_t>(rows.dim));
            embeddings.back().insert(embeddings.back().end(), rows.values.begin(), rows.values.end());
            maps.push_back(session->relevance(picture, rows).front().values);
        }
        for (const auto* pair : {&embeddings, &maps}) {
            QCOMPARE((*pair)[0].size(), (*pair)[1].size());
            for (size_t i = 0; i < (*pair)[0].size(); ++i)
                QVERIFY(std::abs((*pair)[0][i] - (*pair)[1][i]) < 1e-4);
        }
    }

    /// Where all gradients are refused, what becomes of a run does not depend on whether its steps overlap.
    void refusedBatchesAreThoseOfTheCpu_data() {
        QTest::addColumn<int>("refusedBefore");
        for (const int refused : {0, 1, 2})
            QTest::addRow("%d before", refused) << refused;
    }

    void refusedBatchesAreThoseOfTheCpu() {
        QFETCH(int, refusedBefore);
        struct Recorder : TrainingObserver {
            void onStep(const StepMetrics& metrics) override { seen.emplace_back(metrics.step, metrics.skipped); }
            std::vector<std::pair<int64_t, int64_t>> seen;
        } recorders[2];
        TrainOptions options = smallRun();
        options.output = fs::path(m_folder.path().toStdString()) / ("refused-" + std::to_string(refusedBefore));
        options.device = "cpu";
        options.steps = 20;
        struct Stopper : TrainingObserver {
            void onStep(const StepMetrics& metrics) override {
                if (metrics.step == 3) stop.request_stop();
            }
            std::stop_source stop;
        } stopper;
        QVERIFY(!train(options, stopper, stopper.stop.get_token()).finished);
        // Its norms are far below all that come, and some batches were refused already.
        const auto checkpoint = checkpointFolder(options.output, 3);
        makeAllSpikes(checkpoint);
        std::string state = readText(checkpoint / "state.json");
        const std::string key = "\"skipped_in_a_row\": ";
        state.replace(state.find(key) + key.size(), 1, std::to_string(refusedBefore));
        writeFile(checkpoint / "state.json", state);
        std::string errors[2];
        for (const int device : {0, 1}) {
            const fs::path run = options.output.string() + "-" + std::to_string(device);
            fs::copy(options.output, run, fs::copy_options::recursive);
            try {
                resume(run, recorders[device], {},
                       [device](TrainOptions& o) { o.device = device == 0 ? "cpu" : "hpu"; });
            } catch (const Error& error) {
                errors[device] = error.what();
            }
        }
        QVERIFY2(errors[0].find("after going back 3 times") != std::string::npos, errors[0].c_str());
        QCOMPARE(errors[1], errors[0]);
        QCOMPARE(recorders[1].seen, recorders[0].seen);
    }

    /// A checkpoint that cannot be written beside the steps is told; the run goes on and saves the next.
    void aCheckpointThatFailsIsTold() {
        struct Spoiler : TrainingObserver {
            void onStep(const StepMetrics& metrics) override {
                if (metrics.step == 2) writeFile(folder, "in the way");
                if (metrics.step == 5) fs::remove(folder);
            }
            void onCheckpoint(int64_t step, const fs::path&) override { saved.push_back(step); }
            void onMessage(const std::string& text) override { messages += text + "\n"; }
            fs::path folder;
            std::vector<int64_t> saved;
            std::string messages;
        } spoiler;
        TrainOptions options = smallRun();
        options.output = fs::path(m_folder.path().toStdString()) / "spoilt";
        options.saveEvery = 3;
        spoiler.folder = options.output / "checkpoints";
        QVERIFY(train(options, spoiler).finished);
        QVERIFY2(spoiler.messages.find("the state of step 3 was not saved") != std::string::npos,
                 spoiler.messages.c_str());
        QCOMPARE(spoiler.saved, std::vector<int64_t>{6});
    }

    /// A step begins without a wait, whatever is under way; its numbers come by an event, one step late, and its batch
    /// goes there once: all else stays on the device.
    void aStepWaitsForNothingButTheOneBefore_data() {
        QTest::addColumn<bool>("resNet");
        QTest::addColumn<QString>("loss");
        QTest::addColumn<int>("microBatch");
        QTest::newRow("whole") << false << "soft" << 0;
        QTest::newRow("in parts") << false << "soft" << 3;
        QTest::newRow("ResNet") << true << "soft" << 0;
        QTest::newRow("FastCLIP, in parts") << false << "fastclip" << 3;
    }

    void aStepWaitsForNothingButTheOneBefore() {
        QFETCH(bool, resNet);
        QFETCH(QString, loss);
        QFETCH(int, microBatch);
        const auto model = checkModel(resNet, stand_in::kDevice);
        TrainStepOptions options;
        options.loss = loss.toStdString();
        useSamples(options);
        options.microBatch = microBatch;
        options.emaDecay = 0.9;
        options.spikeFactor = 10;
        TrainStep step(model, options);
        step.begin(sampled(checkBatch(6), 1), 1e-3);
        const auto batch = sampled(checkBatch(6), 2);
        stand_in::waits = stand_in::joins = stand_in::uploads = 0;
        step.begin(batch, 1e-3);
        QCOMPARE(stand_in::waits.load(), int64_t{0});
        QCOMPARE(stand_in::joins.load(), int64_t{1});    // the step before
        QCOMPARE(stand_in::uploads.load(), int64_t{6});  // pixels, ids, ends, numbers of images, captions, samples
        step.finish();
        QCOMPARE(stand_in::joins.load(), int64_t{1});  // its numbers are here
        step.finish();
        QCOMPARE(stand_in::joins.load(), int64_t{2});
        QCOMPARE(stand_in::waits.load(), int64_t{0});
    }

    /// Steps that overlap are those that do not, refused batches, average and spikes included.
    void stepsThatOverlapAreTheSame_data() {
        QTest::addColumn<bool>("resNet");
        QTest::addColumn<bool>("half");
        QTest::newRow("ViT") << false << false;
        QTest::newRow("ResNet") << true << false;
        QTest::newRow("ViT in fp16") << false << true;
    }

    void stepsThatOverlapAreTheSame() {
        QFETCH(bool, resNet);
        QFETCH(bool, half);
        TrainStepOptions options;
        options.emaDecay = 0.9;
        options.spikeFactor = 0.1;  // so that there are some
        if (half) options.autocast = torch::kHalf;
        const auto one = checkModel(resNet, torch::kCPU), two = checkModel(resNet, torch::kCPU);
        constexpr int64_t kBroken = 7;  // a token whose embedding is no number
        for (const auto& model : {one, two}) {
            const torch::NoGradGuard noGrad;
            model->stateDict().at("text.token_embedding.weight")[kBroken].fill_(NAN);
        }
        TrainStep apart(one, options), together(two, options);
        std::vector<TrainStepValues> a, b;
        for (int i = 0; i < 40; ++i) {
            auto batch = checkBatch(6);
            batch.pixels = batch.pixels.roll(i, 0);
            batch.ids.masked_fill_(batch.ids == kBroken, kBroken + 1);
            if (i == 3 || i == 20) batch.ids[2][0] = kBroken;
            a.push_back(apart.run(batch, 1e-3));
            together.begin(batch, 1e-3);
            if (i > 0) b.push_back(together.finish());
        }
        b.push_back(together.finish());
        QCOMPARE(a.size(), b.size());
        int spikes = 0, noNumbers = 0;
        for (size_t i = 0; i < a.size(); ++i) {
            QVERIFY2(a[i].outcome == b[i].outcome, qPrintable(QString::number(i)));
            QVERIFY(a[i].loss == b[i].loss || std::isnan(a[i].loss));
            spikes += a[i].outcome == StepOutcome::Spike;
            noNumbers += std::isnan(a[i].loss);
        }
        QVERIFY(spikes >= 1);
        QCOMPARE(noNumbers, 2);
        const auto x = one->stateDict(), y = two->stateDict();
        for (const auto& [name, weight] : x)
            QVERIFY2(torch::allclose(weight, y.at(name), 0, 0, /*equal_nan=*/true), name.c_str());
        const auto s = apart.state(), t = together.state();
        for (size_t i = 0; i < s.size(); ++i)
            QVERIFY2(torch::allclose(s[i].second, t[i].second, 0, 0, /*equal_nan=*/true), s[i].first.c_str());
    }
};

DIAGONAL_TEST(TestStandIn);
#include "test_stand_in.moc"
