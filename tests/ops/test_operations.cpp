// SPDX-License-Identifier: Apache-2.0
// What training and inference are made of (training/checks), against plain arithmetic in float64: on the CPU, and on a
// device that stands in for a GPU.
#include <QtTest>

#include "engine/base/device.h"
#include "engine/base/libtorch.h"
#include "engine/parts/cost.h"
#include "engine/parts/transformer.h"
#include "tests/benchmarks/flop_counter.h"
#include "tests/registry.h"
#include "tests/training/stand_in_device.h"
#include "training/checks/run_checks.h"

using namespace diagonal;

namespace {

/// d/dt of <reference(inputs + t direction), slope> at 0, by central differences.
double slopeByDifferences(const OperationCase& one, const TensorList& directions, const torch::Tensor& slope) {
    constexpr double kStep = 1e-6;
    const torch::NoGradGuard noGrad;
    double values[2];
    for (const int side : {0, 1}) {
        TensorList moved;
        for (size_t i = 0; i < one.inputs.size(); ++i)
            moved.push_back(one.inputs[i].requires_grad() ? one.inputs[i] + (side == 0 ? -kStep : kStep) * directions[i]
                                                          : one.inputs[i].clone());
        values[side] = (one.reference(moved)[0] * slope).sum().item<double>();
    }
    return (values[1] - values[0]) / (2 * kStep);
}

/// The same by autograd through what the project computes, in the type of `inputs`.
double slopeByAutograd(const OperationCase& one, TensorList inputs, const TensorList& directions,
                       const torch::Tensor& slope) {
    const auto out = one.run(inputs)[0];
    out.backward(slope.to(out.scalar_type()));
    double sum = 0;
    for (size_t i = 0; i < inputs.size(); ++i)
        if (inputs[i].requires_grad() && inputs[i].grad().defined())
            sum += (inputs[i].grad().to(torch::kDouble) * directions[i]).sum().item<double>();
    return sum;
}

int64_t flopsOf(const std::function<void()>& run) {
    const FlopCounter counter;
    run();
    return counter.flops();
}

}  // namespace

class TestOperations : public QObject {
    Q_OBJECT

    static void rows() {
        QTest::addColumn<int>("operation");
        for (size_t i = 0; i < operations().size(); ++i)
            QTest::newRow(operations()[i].name.c_str()) << static_cast<int>(i);
    }

  private Q_SLOTS:
    void initTestCase() {
        stand_in::install();
        setThreads(1);  // of small tensors there is nothing to share
    }

    void outputsAndGradientsAreThoseOfPlainArithmetic_data() { rows(); }

    /// On both devices in each precision, with sizes drawn anew each time: some three thousand in all.
    void outputsAndGradientsAreThoseOfPlainArithmetic() {
        QFETCH(int, operation);
        const Operation& one = operations()[static_cast<size_t>(operation)];
        constexpr uint64_t kShapes = 24;
        int tried = 0;
        for (const auto& device : {torch::Device(torch::kCPU), stand_in::kDevice})
            for (const CheckPrecision precision : precisionsOf(one, device))
                for (uint64_t seed = 0; seed < kShapes; ++seed, ++tried) {
                    const auto outcome = checkOperation(one, device, precision, smallSizes(seed), seed);
                    QVERIFY2(outcome.passed(), qPrintable(QString::fromStdString(
                                                   device.str() + " " + outcome.precision + ": " + outcome.problem)));
                }
        if (tried == 0) QSKIP("needs another device");
    }

    void gradientsAreThoseOfFiniteDifferences_data() { rows(); }

    void gradientsAreThoseOfFiniteDifferences() {
        QFETCH(int, operation);
        const Operation& one = operations()[static_cast<size_t>(operation)];
        if (!one.differentiates) QSKIP("has no gradient");
        if (!one.differentiatesOutput) QSKIP("has the gradient of something else");
        for (uint64_t seed = 0; seed < 4; ++seed) {
            torch::manual_seed(seed);
            const OperationCase given = one.make(smallSizes(seed));
            TensorList directions;
            for (const auto& input : given.inputs)
                directions.push_back(torch::randn(input.sizes(), torch::kDouble));
            torch::NoGradGuard noGrad;
            const auto slope = torch::randn_like(given.reference(given.inputs)[0]);
            const double expected = slopeByDifferences(given, directions, slope);
            torch::AutoGradMode grad(true);
            // Losses compute in float32 whatever they are given.
            const double found =
                slopeByAutograd(given, onDevice(given.inputs, torch::kCPU, torch::kDouble), directions, slope);
            const double share = std::abs(found - expected) / std::max(1.0, std::abs(expected));
            QVERIFY2(share < 1e-5, qPrintable(QStringLiteral("%1 and %2").arg(found).arg(expected)));
        }
    }

    void aWrongOperationIsFound_data() {
        QTest::addColumn<QString>("fault");
        QTest::addColumn<QString>("problem");
        QTest::newRow("output") << "output"
                                << "output 0 is off";
        QTest::newRow("one number that is none") << "nan"
                                                 << "output 0 is off by inf";
        QTest::newRow("gradient") << "gradient"
                                  << "gradient 0 is off";
        QTest::newRow("no graph") << "graph"
                                  << "does not require grad";
        QTest::newRow("shape") << "shape"
                               << "has another shape";
    }

    /// What checks the operations can fail.
    void aWrongOperationIsFound() {
        QFETCH(QString, fault);
        QFETCH(QString, problem);
        Operation operation;
        operation.name = "twice";
        operation.make = [fault](const Sizes& sizes) -> OperationCase {
            const auto x = torch::randn({sizes.batch, sizes.width}, torch::kDouble).requires_grad_();
            const auto run = [fault](const TensorList& in) -> TensorList {
                if (fault == "output") return {in[0] * 2 + 0.001};
                if (fault == "nan") return {(in[0] * 2).where(in[0] < in[0].max(), NAN)};
                if (fault == "gradient") return {in[0] + in[0].detach()};
                if (fault == "graph") return {in[0].detach() * 2};
                if (fault == "shape") return {(in[0] * 2).flatten()};
                return {in[0] * 2};
            };
            return {{x}, run, [](const TensorList& in) -> TensorList { return {in[0] + in[0]}; }};
        };
        const auto outcome = checkOperation(operation, torch::kCPU, CheckPrecision::Fp32, smallSizes(1), 1);
        QVERIFY(!outcome.passed());
        QVERIFY2(outcome.problem.find(problem.toStdString()) != std::string::npos, outcome.problem.c_str());
        QVERIFY(outcome.problem.find("seed 1") != std::string::npos);
    }

    void modelsComputeAsOnTheCpu_data() {
        QTest::addColumn<int>("check");
        QTest::addColumn<bool>("standIn");
        for (size_t i = 0; i < modelChecks().size(); ++i)
            for (const bool standIn : {false, true})
                QTest::addRow("%s: %s", standIn ? "stand-in" : "CPU", modelChecks()[i].name.c_str())
                    << static_cast<int>(i) << standIn;
    }

    void modelsComputeAsOnTheCpu() {
        QFETCH(int, check);
        QFETCH(bool, standIn);
        const auto outcome = checkModelOn(standIn ? stand_in::kDevice : torch::Device(torch::kCPU),
                                          modelChecks()[static_cast<size_t>(check)]);
        QVERIFY2(outcome.passed(), outcome.problem.c_str());
    }

    /// diagonal-bench reports speed by it: against FLOPs written out.
    void flopsAreCounted() {
        const auto a = torch::randn({3, 4}).requires_grad_(), b = torch::randn({4, 5}).requires_grad_();
        QCOMPARE(flopsOf([&] { a.mm(b); }), int64_t{2 * 3 * 4 * 5});
        QCOMPARE(flopsOf([&] { a.mm(b).sum().backward(); }), int64_t{3 * 2 * 3 * 4 * 5});
        const auto x = torch::randn({2, 3, 9, 9}), kernel = torch::randn({8, 3, 3, 3}).requires_grad_();
        constexpr int64_t kConvolution = 2LL * 2 * 5 * 5 * 8 * 3 * 3 * 3;
        QCOMPARE(flopsOf([&] { torch::conv2d(x, kernel, {}, 2, 1); }), kConvolution);
        QCOMPARE(flopsOf([&] { torch::conv2d(x, kernel, {}, 2, 1).sum().backward(); }), 2 * kConvolution);

        ClipConfig config;
        config.text.layers = 1;
        ClipConfig two = config;
        two.text.layers = 2;
        const int64_t block = costOf(two).textFlops - costOf(config).textFlops;
        RandomWeights weights;
        const Transformer transformer(Scope(weights), {.width = 512, .layers = 1, .heads = 8, .hidden = 2048});
        const auto tokens = torch::randn({2, config.text.contextLength, 512});
        QCOMPARE(flopsOf([&] { transformer.forward(tokens, true); }), 2 * block);
    }
};

DIAGONAL_TEST(TestOperations);
#include "test_operations.moc"
