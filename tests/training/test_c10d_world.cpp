// SPDX-License-Identifier: Apache-2.0
// The world over c10d beside that of threads, which does the same in plain sight.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <QtTest>
#include <mutex>
#include <thread>

#include "engine/base/device.h"
#include "engine/base/error.h"
#include "tests/free_port.h"
#include "tests/registry.h"
#include "tests/training/thread_world.h"
#include "training/distributed/c10d_world.h"
#include "training/distributed/gradient_buckets.h"

using namespace diagonal;
using torch::Tensor;

namespace {

using Run = std::function<void(const std::shared_ptr<World>&)>;

/// Each rank on a thread of its own.
void inC10dWorldOf(int ranks, const Run& run) {
    const uint16_t port = freePort();
    std::vector<std::jthread> threads;
    for (int rank = 0; rank < ranks; ++rank)
        threads.emplace_back([=, &run] {
            Launch launch;
            launch.rank = launch.localRank = rank;
            launch.size = launch.localSize = ranks;
            launch.port = port;
            const auto world = joinWorld(launch);
            run(world);
            world->any(false);  // the one that keeps the store leaves last
        });
}

/// What the same calls give in both worlds, by rank.
std::pair<std::vector<std::vector<Tensor>>, std::vector<std::vector<Tensor>>> inBoth(
    int ranks, const std::function<std::vector<Tensor>(World&)>& calls) {
    const auto collect = [&](const auto& inWorld) {
        std::vector<std::vector<Tensor>> results(static_cast<size_t>(ranks));
        inWorld(ranks, [&](const std::shared_ptr<World>& world) {
            results[static_cast<size_t>(world->rank())] = calls(*world);
        });
        return results;
    };
    return {collect(inC10dWorldOf), collect(inWorldOf)};
}

/// Of a rank, other ones on each rank.
Tensor numbers(World& world, at::IntArrayRef sizes, torch::ScalarType type, int64_t number) {
    const int64_t count = c10::multiply_integers(sizes);
    const Tensor values = (torch::arange(count, torch::kLong) * (7 + number) + 31 * world.rank()).remainder(101);
    return values.to(type).view(sizes);
}

}  // namespace

class TestC10dWorld : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        setThreads(1);
        qputenv("TORCH_FR_BUFFER_SIZE", "0");  // as joinWorld() sets it, before there are threads
    }

    void allFunctionsDoWhatThoseOfThreadsDo_data() {
        QTest::addColumn<int>("ranks");
        for (const int ranks : {2, 3, 4})
            QTest::addRow("%d", ranks) << ranks;
    }

    void allFunctionsDoWhatThoseOfThreadsDo() {
        QFETCH(int, ranks);
        const std::vector<torch::ScalarType> types = {torch::kFloat, torch::kDouble, torch::kBFloat16, torch::kLong};
        const auto [c10d, threads] = inBoth(ranks, [&](World& world) {
            std::vector<Tensor> results;
            int64_t number = 0;
            for (const auto type : types)
                for (const int64_t rows : {1, 2, 5, 130})
                    for (const int64_t columns : {1, 3, 64}) {
                        const auto make = [&](at::IntArrayRef sizes) { return numbers(world, sizes, type, ++number); };
                        results.push_back(world.gather(make({rows, columns})));
                        results.push_back(world.sumToOwners(make({rows * world.size(), columns})));
                        const std::vector<Tensor> several = {make({rows, columns}), make({columns}), make({}),
                                                             make({rows, columns}).t()};
                        world.sum(several);
                        results.insert(results.end(), several.begin(), several.end());
                        const auto shifted = world.shift({make({rows, columns}), make({rows})});
                        results.insert(results.end(), shifted.begin(), shifted.end());
                        const std::vector<Tensor> first = {make({rows}), make({columns, rows}).t()};
                        world.takeFirst(first);
                        results.insert(results.end(), first.begin(), first.end());
                        Tensor begun = make({rows, columns});
                        const auto arrive = world.beginSum(begun);
                        arrive();
                        results.push_back(begun);
                    }
            results.push_back(torch::tensor(world.largest({world.rank(), -world.rank(), 5})));
            results.push_back(torch::tensor(world.ofFirst(17 + world.rank())));
            return results;
        });
        for (size_t rank = 0; rank < c10d.size(); ++rank) {
            QCOMPARE(c10d[rank].size(), threads[rank].size());
            for (size_t i = 0; i < c10d[rank].size(); ++i)
                QVERIFY2(c10d[rank][i].equal(threads[rank][i]), qPrintable(QString::number(i)));
        }
    }

    void textsOfAllLengthsArrive() {
        const std::vector<std::string> brought = {"", std::string(100000, 'x') + "\0y", "é"};
        inC10dWorldOf(3, [&](const std::shared_ptr<World>& world) {
            const auto all = world->texts(brought[static_cast<size_t>(world->rank())]);
            if (all != brought) qFatal("other texts");
        });
    }

    /// Sums of buckets are those of all gradients, where some have none, and the order of backward is not that of the
    /// parameters.
    void bucketsSumGradients_data() {
        QTest::addColumn<int>("bytes");
        QTest::newRow("one bucket") << (1 << 20);
        QTest::newRow("a few") << 4096;
        QTest::newRow("one each") << 1;
    }

    void bucketsSumGradients() {
        QFETCH(int, bytes);
        constexpr int kRanks = 3, kParameters = 20;
        std::mutex mutex;
        std::vector<std::vector<Tensor>> sums(kRanks), alone(kRanks);
        inC10dWorldOf(kRanks, [&](const std::shared_ptr<World>& world) {
            torch::NoGradGuard none;
            std::vector<Tensor> parameters;
            for (int64_t i = 0; i < kParameters; ++i)
                parameters.push_back(torch::full({i % 4 == 0 ? 1 : 10 * i, 3}, 0.5).requires_grad_(true));
            parameters.push_back(torch::full({}, 2.0).requires_grad_(true));
            GradientBuckets buckets(world, parameters, static_cast<size_t>(bytes));
            const auto backward = [&](double factor) {
                const torch::AutoGradMode on(true);
                Tensor loss = torch::zeros({});
                for (size_t i = 0; i < parameters.size(); ++i) {
                    if (i == 5 || (i == 6 && world->rank() == 1)) continue;  // has none; one process has none
                    const Tensor& parameter = parameters[(i * 7) % parameters.size()];
                    loss = loss + (parameter * parameter).sum() * factor * static_cast<double>(world->rank() + 1);
                }
                loss.backward();
            };
            for (int round = 0; round < 3; ++round) {
                for (Tensor& parameter : parameters)
                    parameter.mutable_grad().reset();
                backward(1);  // a part before the last one: nothing is sent
                buckets.arm();
                backward(2 + round);
                std::vector<Tensor> own;
                for (const Tensor& parameter : parameters)
                    own.push_back(parameter.grad().defined() ? parameter.grad().clone() : torch::zeros_like(parameter));
                buckets.finish();
                const std::lock_guard lock(mutex);
                const auto rank = static_cast<size_t>(world->rank());
                alone[rank].insert(alone[rank].end(), own.begin(), own.end());
                for (const Tensor& parameter : parameters)
                    sums[rank].push_back(parameter.grad().clone());
            }
        });
        for (size_t i = 0; i < sums[0].size(); ++i) {
            const Tensor expected = alone[0][i] + alone[1][i] + alone[2][i];
            for (const auto& ofRank : sums)
                QVERIFY2(ofRank[i].allclose(expected), qPrintable(QString::number(i)));
        }
    }

    void whoDoesNotComeIsNotWaitedForForEver() {
        Launch launch;
        launch.size = 2;
        launch.launcher = "torchrun";
        launch.port = freePort();
        QVERIFY_THROWS_EXCEPTION(Error, joinWorld(
                                            launch, [](const std::string&) {}, std::chrono::seconds(1)));
    }

    void aPortThatIsTakenIsNamed() {
        const int plain = socket(AF_INET, SOCK_STREAM, 0);
        const uint16_t port = freePort();
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        QCOMPARE(bind(plain, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        QCOMPARE(listen(plain, 1), 0);
        Launch launch;
        launch.size = 2;
        launch.port = port;
        try {
            joinWorld(
                launch, [](const std::string&) {}, std::chrono::seconds(2));
            QFAIL("joined");
        } catch (const Error& error) {
            QVERIFY2(std::string(error.what()).find(std::to_string(port)) != std::string::npos, error.what());
        }
        close(plain);
    }
};

DIAGONAL_TEST(TestC10dWorld);
#include "test_c10d_world.moc"
