// SPDX-License-Identifier: Apache-2.0
// Several processes that train one model, as threads of this one.
#include <QtTest>
#include <barrier>
#include <thread>

#include "engine/base/device.h"
#include "engine/base/libtorch.h"
#include "tests/registry.h"
#include "training/checks/model_checks.h"
#include "training/data/loader.h"
#include "training/optimizers/train_step.h"

using namespace diagonal;
using torch::Tensor;

namespace {

/// What the threads of one world share.
struct Meeting {
    explicit Meeting(int ranks) : barrier(ranks), tensors(static_cast<size_t>(ranks)) {}

    /// What each rank brought, in order.
    std::vector<Tensor> exchange(int rank, const Tensor& tensor) {
        tensors[static_cast<size_t>(rank)] = tensor;
        barrier.arrive_and_wait();
        auto all = tensors;
        barrier.arrive_and_wait();
        return all;
    }

    std::barrier<> barrier;
    std::vector<Tensor> tensors;
};

struct Gather : torch::autograd::Function<Gather> {
    static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& rows, int64_t meeting,
                          int64_t rank) {
        context->saved_data["meeting"] = meeting;
        context->saved_data["rank"] = rank;
        return torch::cat(reinterpret_cast<Meeting*>(meeting)->exchange(static_cast<int>(rank), rows.detach()));
    }
    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   const torch::autograd::variable_list& gradients) {
        auto* meeting = reinterpret_cast<Meeting*>(context->saved_data["meeting"].toInt());
        const int64_t rank = context->saved_data["rank"].toInt();
        const auto all = meeting->exchange(static_cast<int>(rank), gradients[0].contiguous());
        const int64_t rows = all[0].size(0) / static_cast<int64_t>(all.size());
        return {torch::stack(all).sum(0).narrow(0, rank * rows, rows), Tensor(), Tensor()};
    }
};

class ThreadWorld : public World {
  public:
    ThreadWorld(Meeting& meeting, int rank) : m_meeting(meeting), m_rank(rank) {}

    int rank() const override { return m_rank; }
    int size() const override { return static_cast<int>(m_meeting.tensors.size()); }
    Tensor gather(const Tensor& rows) override {
        if (rows.requires_grad()) return Gather::apply(rows, reinterpret_cast<int64_t>(&m_meeting), m_rank);
        return torch::cat(m_meeting.exchange(m_rank, rows));
    }
    void average(const std::vector<Tensor>& tensors) override {
        for (Tensor tensor : tensors) {
            const Tensor mean = torch::stack(m_meeting.exchange(m_rank, tensor)).mean(0);
            m_meeting.barrier.arrive_and_wait();  // all have read
            tensor.copy_(mean);
        }
    }

  private:
    Meeting& m_meeting;
    int m_rank;
};

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

        Meeting meeting(ranks);
        options.microBatch = microBatch;
        std::vector<std::shared_ptr<ClipModel>> models;
        for (int rank = 0; rank < ranks; ++rank)
            models.push_back(newModel());
        std::vector<std::vector<double>> theirs(static_cast<size_t>(ranks));
        {
            std::vector<std::jthread> threads;
            for (int rank = 0; rank < ranks; ++rank)
                threads.emplace_back([&, rank] {
                    auto mine = options;
                    mine.world = std::make_shared<ThreadWorld>(meeting, rank);
                    TrainStep part(models[static_cast<size_t>(rank)], mine);
                    for (const TrainBatch& batch : batches)
                        theirs[static_cast<size_t>(rank)].push_back(
                            part.run(rowsOf(batch, rank * kPairs / ranks, kPairs / ranks), 1e-2).loss);
                });
        }
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
