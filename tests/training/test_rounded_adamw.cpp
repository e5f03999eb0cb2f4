// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <cmath>

#include "engine/base/device.h"
#include "engine/base/libtorch.h"
#include "tests/registry.h"
#include "training/optimizers/adamw.h"
#include "training/optimizers/rounded_adamw.h"
#include "training/optimizers/rounding_noise.h"

using namespace diagonal;
using torch::Tensor;

namespace {

constexpr AdamWRates kRates = {1e-3, 0.9, 0.98, 1e-6, 0.2};

struct Kind {
    const char* name;
    torch::ScalarType weight, moments;
};
constexpr Kind kKinds[] = {{"all fp32", torch::kFloat, torch::kFloat},
                           {"moments", torch::kFloat, torch::kBFloat16},
                           {"weights", torch::kBFloat16, torch::kFloat},
                           {"weights and moments", torch::kBFloat16, torch::kBFloat16}};

AdamWTensors drawn(at::IntArrayRef shape, const Kind& kind) {
    return {torch::randn(shape).to(kind.weight), torch::randn(shape) * 0.01,
            (torch::randn(shape) * 0.01).to(kind.moments), (torch::randn(shape) * 0.01).square().to(kind.moments)};
}

AdamWTensors copyOf(const AdamWTensors& of) {
    return {of.weight.clone(), of.gradient.clone(), of.average.clone(), of.squareAverage.clone()};
}

bool areEqual(const AdamWTensors& a, const AdamWTensors& b) {
    return torch::equal(a.weight, b.weight) && torch::equal(a.average, b.average) &&
           torch::equal(a.squareAverage, b.squareAverage);
}

void step(const AdamWTensors& tensors, int64_t number, uint64_t seed = 1, const Tensor& refused = {},
          const AdamWRates& rates = kRates) {
    roundedAdamW("weight", tensors, rates, seed, torch::full({}, static_cast<double>(number), torch::kFloat), refused);
}

/// Loshchilov & Hutter's algorithm 2 in float64 -> weight and moments.
std::array<Tensor, 3> exactStep(const AdamWTensors& in, int64_t number) {
    const Tensor g = in.gradient.to(torch::kDouble), w = in.weight.to(torch::kDouble);
    const Tensor m = kRates.beta1 * in.average.to(torch::kDouble) + (1 - kRates.beta1) * g;
    const Tensor v = kRates.beta2 * in.squareAverage.to(torch::kDouble) + (1 - kRates.beta2) * g * g;
    const auto t = static_cast<double>(number);
    const Tensor mHat = m / (1 - std::pow(kRates.beta1, t)), vHat = v / (1 - std::pow(kRates.beta2, t));
    const Tensor moved =
        w - kRates.learningRate * kRates.weightDecay * w - kRates.learningRate * mHat / (vHat.sqrt() + kRates.epsilon);
    return {moved, m, v};
}

/// The neighbours of a number in bf16, towards zero and away from it.
std::pair<Tensor, Tensor> neighbours(const Tensor& exact) {
    const Tensor down = exact.to(torch::kFloat).view(torch::kInt).bitwise_and(-0x10000);
    return {down.view(torch::kFloat).to(torch::kDouble), (down + 0x10000).view(torch::kFloat).to(torch::kDouble)};
}

/// Standard deviations by which counts of equally likely outcomes are off, by Pearson's statistic.
double offBy(const std::vector<int64_t>& counts) {
    double total = 0, square = 0;
    for (const int64_t count : counts)
        total += static_cast<double>(count);
    const double expected = total / static_cast<double>(counts.size());
    for (const int64_t count : counts)
        square += (static_cast<double>(count) - expected) * (static_cast<double>(count) - expected) / expected;
    const auto freedom = static_cast<double>(counts.size() - 1);
    return (square - freedom) / std::sqrt(2 * freedom);
}

}  // namespace

class TestRoundedAdamw : public QObject {
    Q_OBJECT

    static void addKinds() {
        QTest::addColumn<int>("kind");
        for (int i = 0; i < 4; ++i)
            QTest::newRow(kKinds[i].name) << i;
    }

  private Q_SLOTS:
    void initTestCase() { setThreads(1); }

    /// Over elements, steps and tensors; alone, and of two draws beside each other.
    void noiseIsUniformAndIndependent() {
        constexpr int kDraws = 1 << 18;
        const auto check = [](const char* what, auto&& draw) {
            for (const int shift : {16, 20, 24, 28}) {  // of the bits that rounding uses
                std::vector<int64_t> single(16), pairs(256);
                for (uint32_t i = 0; i < kDraws; ++i) {
                    const auto [a, b] = draw(i);
                    const uint32_t one = (a >> shift) & 15, two = (b >> shift) & 15;
                    ++single[one];
                    ++pairs[16 * one + two];
                }
                QVERIFY2(std::abs(offBy(single)) < 5 && std::abs(offBy(pairs)) < 5,
                         qPrintable(
                             QString("%1 >> %2: %3 and %4").arg(what).arg(shift).arg(offBy(single)).arg(offBy(pairs))));
            }
        };
        const auto noise = noiseOf(1, "visual.proj", Rounded::Weight);
        const auto now = noise.at(1), next = noise.at(2);
        const auto other = noiseOf(1, "visual.proj", Rounded::Average).at(1);
        const auto seeded = noiseOf(2, "visual.proj", Rounded::Weight).at(1);
        check("neighbours", [&](uint32_t i) { return std::pair(now(i), now(i + 1)); });
        check("neighbours of rows", [&](uint32_t i) { return std::pair(now(i), now(i + 512)); });
        check("steps", [&](uint32_t i) { return std::pair(now(i), next(i)); });
        check("tensors", [&](uint32_t i) { return std::pair(now(i), other(i)); });
        check("seeds", [&](uint32_t i) { return std::pair(now(i), seeded(i)); });
        check("steps of an element", [&](uint32_t i) { return std::pair(noise.at(i)(7), noise.at(i + 1)(7)); });
    }

    void agreesWithTheDefinition_data() { addKinds(); }

    /// What is stored in fp32 to rounding, what is stored in bf16 to a neighbour of the exact number.
    void agreesWithTheDefinition() {
        QFETCH(int, kind);
        torch::manual_seed(7);
        for (const auto& shape : std::vector<std::vector<int64_t>>{{1}, {3, 5}, {17, 129}, {64, 3, 4, 4}, {100, 700}})
            for (const int64_t number : {1, 2, 50, 5000}) {
                const AdamWTensors tensors = drawn(shape, kKinds[kind]);
                const auto exact = exactStep(tensors, number);
                step(tensors, number);
                const Tensor results[] = {tensors.weight, tensors.average, tensors.squareAverage};
                for (size_t i = 0; i < 3; ++i) {
                    const Tensor mine = results[i].to(torch::kDouble),
                                 slack = 2e-6 * exact[i].abs() + (i == 0 ? 3e-7 : 1e-9);
                    const Tensor off = (mine - exact[i]).abs();
                    if (results[i].scalar_type() == torch::kFloat) {
                        QVERIFY((off <= slack).all().item<bool>());
                    } else {
                        const auto [low, high] = neighbours(exact[i]);
                        const Tensor isOne = ((mine - low).abs() <= slack) | ((mine - high).abs() <= slack);
                        QVERIFY(isOne.to(torch::kDouble).mean().item<double>() > 0.9999);
                        QVERIFY((off <= 0.0079 * exact[i].abs() + slack).all().item<bool>());
                    }
                }
            }
    }

    /// A change of a twentieth of a bf16 step, of which rounding to the nearest would keep nothing: over a million
    /// elements the mean is right to five standard deviations.
    void roundingIsUnbiased() {
        constexpr int64_t kCount = 1 << 20;
        for (const double start : {1.0, -1.5, 3.140625, std::exp2(-66) * 1.25}) {
            for (const double share : {0.05, 0.5, 0.93}) {
                // Towards zero; below a power of two numbers lie twice as close.
                const double power = std::exp2(std::floor(std::log2(std::abs(start))));
                const double cell = power / (std::abs(start) == power ? 256 : 128), distance = share * cell;
                AdamWRates rates = kRates;
                rates.weightDecay = distance / std::abs(start) / rates.learningRate;
                const AdamWTensors tensors = {torch::full({kCount}, start, torch::kBFloat16), torch::zeros({kCount}),
                                              torch::zeros({kCount}, torch::kBFloat16),
                                              torch::zeros({kCount}, torch::kBFloat16)};
                step(tensors, 3, 5, {}, rates);
                const Tensor moved = (start - tensors.weight.to(torch::kDouble)).abs();
                const double deviation = cell * (std::sqrt(share * (1 - share) / kCount) + 2e-5);
                QVERIFY2(std::abs(moved.mean().item<double>() - distance) < 5 * deviation,
                         qPrintable(QString("%1 by %2: %3 for %4")
                                        .arg(start)
                                        .arg(share)
                                        .arg(moved.mean().item<double>())
                                        .arg(distance)));
            }
        }
    }

    /// The second moment follows its mean where beta2 moves it by 2 % a step, and where by a tenth of a per cent, far
    /// below bf16's 0.4 %.
    void momentsFollowTheirMean() {
        constexpr int64_t kCount = 1 << 14;
        for (const double beta2 : {0.98, 0.999}) {
            torch::manual_seed(3);
            AdamWRates rates = kRates;
            rates.beta2 = beta2;
            const Kind half = kKinds[1], full = kKinds[0];
            AdamWTensors a = drawn({kCount}, half), b = drawn({kCount}, full);
            a.squareAverage.fill_(1);
            b.squareAverage.fill_(1);
            for (int number = 1; number <= 3000; ++number) {
                b.gradient = a.gradient = torch::randn({kCount}) * 0.1;
                step(a, number, 1, {}, rates);
                step(b, number, 1, {}, rates);
            }
            const Tensor ratio = a.squareAverage.to(torch::kDouble) / b.squareAverage.to(torch::kDouble);
            const double mean = ratio.mean().item<double>(), spread = ratio.std().item<double>();
            QVERIFY2(std::abs(mean - 1) < 0.002, qPrintable(QString::number(mean)));
            QVERIFY2(spread < (beta2 == 0.98 ? 0.02 : 0.15), qPrintable(QString::number(spread)));
        }
    }

    void isAFunctionOfSeedAndStep_data() { addKinds(); }
    void isAFunctionOfSeedAndStep() {
        QFETCH(int, kind);
        torch::manual_seed(9);
        const AdamWTensors start = drawn({300, 500}, kKinds[kind]);
        const auto after = [&](int64_t number, uint64_t seed, int threads) {
            setThreads(threads);
            const AdamWTensors tensors = copyOf(start);
            step(tensors, number, seed);
            setThreads(1);
            return tensors;
        };
        QVERIFY(areEqual(after(5, 1, 1), after(5, 1, 1)));
        QVERIFY(areEqual(after(5, 1, 1), after(5, 1, 2)));
        QCOMPARE(areEqual(after(5, 1, 1), after(5, 2, 1)), kind == 0);
    }

    void aRefusedBatchLeavesNoTrace_data() { addKinds(); }
    void aRefusedBatchLeavesNoTrace() {
        QFETCH(int, kind);
        torch::manual_seed(9);
        const AdamWTensors tensors = drawn({30, 50}, kKinds[kind]), before = copyOf(tensors);
        tensors.gradient.fill_(NAN);
        step(tensors, 2, 1, torch::ones({}));
        QVERIFY(areEqual(tensors, before));
    }

    /// Behind the optimizer: bf16 weights have fp32 gradients, the state is stored as it is, and goes on.
    void theOptimizerGoesOnFromItsState_data() { addKinds(); }
    void theOptimizerGoesOnFromItsState() {
        QFETCH(int, kind);
        torch::manual_seed(4);
        AdamWOptions options;
        options.halfStates = kKinds[kind].moments == torch::kBFloat16;
        const auto named = [&](const Tensor& matrix, const Tensor& bias) {
            NamedParameters all = {{"weight", matrix.clone()}, {"bias", bias.clone()}};
            for (auto& [name, value] : all) {
                value.requires_grad_();
                value.set_grad_dtype(torch::kFloat);
            }
            return all;
        };
        auto one = named(torch::randn({5, 4}).to(kKinds[kind].weight), torch::ones({4}));
        AdamW whole(one, options);
        const auto advance = [](NamedParameters& parameters, AdamW& optimizer, int i) {
            optimizer.zeroGradients();
            Tensor sum = torch::zeros({});
            for (auto& [name, value] : parameters)
                sum = sum + (value.to(torch::kFloat) * (i + 1)).square().sum();
            sum.backward();
            for (const Tensor& gradient : optimizer.gradients())
                QCOMPARE(gradient.scalar_type(), torch::kFloat);
            optimizer.step(1e-2);
        };
        advance(one, whole, 0);
        auto two = named(one[0].second.detach(), one[1].second.detach());
        AdamW resumed(two, options);
        std::map<std::string, Tensor> state;
        for (const auto& [name, value] : whole.state()) {
            state[name] = value.clone();
            if (name != "step") QCOMPARE(value.scalar_type(), options.halfStates ? torch::kBFloat16 : torch::kFloat);
        }
        resumed.load(state, "optimizer.safetensors");
        for (int i = 1; i < 6; ++i) {
            advance(one, whole, i);
            advance(two, resumed, i);
        }
        for (size_t i = 0; i < one.size(); ++i)
            QVERIFY(torch::equal(one[i].second, two[i].second));
    }
};

DIAGONAL_TEST(TestRoundedAdamw);
#include "test_rounded_adamw.moc"
