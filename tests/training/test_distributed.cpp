// SPDX-License-Identifier: Apache-2.0
// Several processes that train one model, as threads of this one.
#include <QtTest>

#include "engine/base/device.h"
#include "engine/base/libtorch.h"
#include "engine/parts/layers.h"
#include "tests/registry.h"
#include "tests/training/thread_world.h"
#include "training/checks/model_checks.h"
#include "training/data/loader.h"
#include "training/optimizers/train_step.h"

using namespace diagonal;
using torch::Tensor;

namespace {

TrainBatch rowsOf(const TrainBatch& batch, int64_t begin, int64_t count) {
    const auto part = [&](const Tensor& tensor) { return tensor.narrow(0, begin, count); };
    return {part(batch.pixels), part(batch.ids), part(batch.lengths), part(batch.imageIds), part(batch.captionIds)};
}

}  // namespace

class TestDistributed : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() { setThreads(1); }

    void ranksTakeTheStepOfOneProcess_data() {
        QTest::addColumn<QString>("loss");
        QTest::addColumn<int>("ranks");
        QTest::addColumn<int>("microBatch");
        for (const char* loss : {"contrastive", "soft", "sigmoid"})
            for (const int ranks : {2, 4})
                for (const int microBatch : {0, 2})
                    QTest::addRow("%s, %d ranks, micro-batch %d", loss, ranks, microBatch)
                        << QString::fromLatin1(loss) << ranks << microBatch;
    }

    void ranksTakeTheStepOfOneProcess() {
        QFETCH(QString, loss);
        QFETCH(int, ranks);
        QFETCH(int, microBatch);
        constexpr int64_t kPairs = 12;
        constexpr int kSteps = 10;
        std::vector<TrainBatch> batches;
        for (int i = 0; i < kSteps; ++i)
            batches.push_back(checkBatch(kPairs));
        TrainStepOptions options;
        options.loss = loss.toStdString();
        options.adamW.epsilon = 1e-3;  // so that the last bits of a gradient stay the last bits of the weight
        const auto newModel = [&] {
            auto model = checkModel(false, torch::kCPU);
            if (options.loss == "sigmoid") model->addLogitBias(-10);
            return model;
        };
        const auto alone = newModel();
        TrainStep step(alone, options);
        std::vector<double> losses;
        for (const TrainBatch& batch : batches)
            losses.push_back(step.run(batch, 1e-2).loss);

        options.microBatch = microBatch;
        std::vector<std::shared_ptr<DualEncoder>> models;
        for (int rank = 0; rank < ranks; ++rank)
            models.push_back(newModel());
        std::vector<std::vector<double>> theirs(static_cast<size_t>(ranks));
        inWorldOf(ranks, [&](const std::shared_ptr<World>& world) {
            const auto rank = static_cast<size_t>(world->rank());
            auto mine = options;
            mine.world = world;
            TrainStep part(models[rank], mine);
            for (const TrainBatch& batch : batches)
                theirs[rank].push_back(
                    part.run(rowsOf(batch, world->rank() * kPairs / ranks, kPairs / ranks), 1e-2).loss);
        });
        const auto expected = alone->stateDict();
        for (int rank = 0; rank < ranks; ++rank) {
            for (int i = 0; i < kSteps; ++i) {
                const double loss = losses[static_cast<size_t>(i)];
                const double difference = std::abs(theirs[static_cast<size_t>(rank)][static_cast<size_t>(i)] - loss);
                QVERIFY2(difference < 1e-5 * std::max(1.0, loss),
                         qPrintable(QStringLiteral("%1 of %2").arg(difference).arg(loss)));
            }
            for (const auto& [name, weight] : models[static_cast<size_t>(rank)]->stateDict()) {
                const double difference = (weight - expected.at(name)).abs().max().item<double>();
                QVERIFY2(difference < 1e-5,
                         qPrintable(QString::fromStdString(name) + " " + QString::number(difference)));
            }
        }
    }

    void partsOfALossAreTheWhole_data() {
        QTest::addColumn<QString>("loss");
        QTest::addColumn<double>("smoothing");
        QTest::addColumn<int>("ranks");
        QTest::addColumn<int>("tile");
        for (const auto& [loss, smoothing] :
             {std::pair("contrastive", 0.0), {"contrastive", 0.1}, {"soft", 0.0}, {"soft", 0.1}, {"sigmoid", 0.0}})
            for (const int ranks : {2, 3, 4})
                for (const int tile : {1, 5, 7, 64})
                    QTest::addRow("%s, smoothing %g, %d ranks, tile %d", loss, smoothing, ranks, tile)
                        << QString::fromLatin1(loss) << smoothing << ranks << tile;
    }

    /// Each process has its own rows and differentiates them alone; pictures and captions repeat across processes.
    void partsOfALossAreTheWhole() {
        QFETCH(QString, loss);
        QFETCH(double, smoothing);
        QFETCH(int, ranks);
        QFETCH(int, tile);
        constexpr int64_t kEach = 7, kWidth = 12;
        torch::manual_seed(static_cast<uint64_t>(tile));
        const int64_t n = ranks * kEach;
        const auto unit = [&] { return normalizedRows(torch::randn({n, kWidth})).detach(); };
        const Tensor image = unit(), text = unit(), imageIds = torch::randint(0, n / 3, {n}),
                     captionIds = torch::randint(0, n / 2, {n});
        const bool hasBias = loss == QLatin1String("sigmoid");
        struct Result {
            LossTerms terms;
            std::vector<Tensor> gradients;
        };
        const auto differentiated = [&](int64_t begin, int64_t count, const std::shared_ptr<World>& world) {
            const auto rows = [&](const Tensor& t) { return t.narrow(0, begin, count); };
            const auto leaf = [](const Tensor& t) { return t.clone().requires_grad_(); };
            LossInputs inputs{leaf(rows(image)),
                              leaf(rows(text)),
                              leaf(torch::tensor(2.5F)),
                              hasBias ? leaf(torch::tensor(-3.F)) : Tensor(),
                              rows(imageIds),
                              rows(captionIds)};
            inputs.world = world;
            const auto function = makeLoss(loss.toStdString(), {.labelSmoothing = smoothing, .tile = tile});
            Result result{(*function)(inputs), {}};
            std::vector<Tensor> leaves = {inputs.image, inputs.text, inputs.logScale};
            if (hasBias) leaves.push_back(inputs.logBias);
            result.gradients = torch::autograd::grad({result.terms.total}, leaves);
            return result;
        };
        const Result whole = differentiated(0, n, oneProcess());
        std::vector<Result> parts(static_cast<size_t>(ranks));
        inWorldOf(ranks, [&](const std::shared_ptr<World>& world) {
            parts[static_cast<size_t>(world->rank())] = differentiated(world->rank() * kEach, kEach, world);
        });
        const auto isNear = [](const Tensor& a, const Tensor& b) { return torch::allclose(a, b, 1e-5, 1e-6); };
        for (size_t rank = 0; rank < parts.size(); ++rank) {
            const LossTerms& terms = parts[rank].terms;
            QVERIFY(isNear(terms.total, whole.terms.total));
            QVERIFY(isNear(terms.imageToText, whole.terms.imageToText));
            QVERIFY(isNear(terms.textToImage, whole.terms.textToImage));
            QVERIFY(terms.total.equal(parts[0].terms.total));
            for (size_t i = 0; i < 2; ++i)
                QVERIFY(isNear(parts[rank].gradients[i],
                               whole.gradients[i].narrow(0, static_cast<int64_t>(rank) * kEach, kEach)));
        }
        for (size_t i = 2; i < whole.gradients.size(); ++i) {
            Tensor sum = torch::zeros_like(whole.gradients[i]);
            for (const Result& part : parts)
                sum += part.gradients[i];
            QVERIFY2(isNear(sum, whole.gradients[i]), qPrintable(QString::number(static_cast<int>(i))));
        }
    }

    /// The parts of all ranks, one after the other, are the batch of one process.
    void ranksShareEachBatch_data() {
        QTest::addColumn<int>("ranks");
        QTest::newRow("two") << 2;
        QTest::newRow("three") << 3;
    }

    void ranksShareEachBatch() {
        QFETCH(int, ranks);
        const auto data = openDataset("scenes:count=50,seed=1,size=32");
        LoaderOptions options;
        options.batchSize = 10;
        options.preprocess.width = options.preprocess.height = 16;
        options.workers = 1;
        Loader whole(data, options);
        options.ranks = ranks;
        std::vector<std::unique_ptr<Loader>> parts;
        for (options.rank = 0; options.rank < ranks; ++options.rank)
            parts.push_back(std::make_unique<Loader>(data, options));
        for (int i = 0; i < 7; ++i) {
            const Batch batch = whole.next();
            std::vector<size_t> indices;
            std::vector<uint8_t> pixels;
            for (const auto& part : parts) {
                const Batch piece = part->next();
                indices.insert(indices.end(), piece.indices.begin(), piece.indices.end());
                pixels.insert(pixels.end(), piece.pixels.begin(), piece.pixels.end());
            }
            QCOMPARE(indices, batch.indices);
            QVERIFY(std::equal(pixels.begin(), pixels.end(), batch.pixels.begin(), batch.pixels.end()));
        }
    }
};

DIAGONAL_TEST(TestDistributed);
#include "test_distributed.moc"
