// SPDX-License-Identifier: Apache-2.0
// Several processes that train one model, as threads of this one.
#include <QtTest>

#include "engine/base/device.h"
#include "engine/base/libtorch.h"
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
    return {part(batch.pixels), part(batch.ids), part(batch.ends), part(batch.imageIds), part(batch.captionIds)};
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
        constexpr int kSteps = 3;
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
        std::vector<std::shared_ptr<ClipModel>> models;
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
            for (int i = 0; i < kSteps; ++i)
                QVERIFY(std::abs(theirs[static_cast<size_t>(rank)][static_cast<size_t>(i)] -
                                 losses[static_cast<size_t>(i)]) < 1e-5);
            for (const auto& [name, weight] : models[static_cast<size_t>(rank)]->stateDict()) {
                const double difference = (weight - expected.at(name)).abs().max().item<double>();
                QVERIFY2(difference < 1e-5,
                         qPrintable(QString::fromStdString(name) + " " + QString::number(difference)));
            }
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
