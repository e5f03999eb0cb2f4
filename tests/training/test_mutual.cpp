// SPDX-License-Identifier: Apache-2.0
// The loss whose targets a batch makes itself, against PyTorch, and its parts across processes.
#include <QtTest>
#include <cmath>

#include "engine/base/device.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/state_dict.h"
#include "engine/parts/layers.h"
#include "tests/paths.h"
#include "tests/registry.h"
#include "tests/training/thread_world.h"
#include "training/checks/model_checks.h"
#include "training/losses/loss.h"
#include "training/optimizers/train_step.h"

using namespace diagonal;
using torch::Tensor;

namespace {

double mutualError(const Tensor& mine, const Tensor& theirs) {
    const Tensor expected = theirs.detach().to(torch::kDouble);
    return ((mine.detach().to(torch::kDouble) - expected).norm() / expected.norm().clamp_min(1e-12)).item<double>();
}

struct MutualResult {
    LossTerms terms;
    Tensor image, text, logScale;  ///< gradients
};

MutualResult mutualResult(const Tensor& image, const Tensor& text, double temperature, const LossOptions& options,
                          const std::shared_ptr<World>& world = oneProcess()) {
    const auto leaf = [](const Tensor& value) { return value.detach().clone().requires_grad_(); };
    LossInputs inputs{leaf(image), leaf(text), torch::tensor(-std::log(temperature), torch::kFloat).requires_grad_()};
    inputs.world = world;
    MutualResult result{(*makeLoss("mutual", options))(inputs), {}, {}, {}};
    result.terms.total.backward();
    result.image = inputs.image.grad();
    result.text = inputs.text.grad();
    result.logScale = inputs.logScale.grad();
    return result;
}

}  // namespace

class TestMutual : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() { setThreads(1); }
    void init() { torch::manual_seed(3); }

    /// Losses and gradients in fp64, of embeddings of any length and of one: see make_mutual_golden.py.
    void agreesWithPyTorch_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("isKept");
        QTest::addColumn<int>("tile");
        for (const char* name : {"tutorial", "warm", "cool", "unit", "unit, sharp"})
            for (const bool isKept : {false, true})
                for (const int tile : {3, 64})
                    QTest::addRow("%s, gradient of the targets %s, tile %d", name, isKept ? "kept" : "left out", tile)
                        << QString::fromLatin1(name) << isKept << tile;
    }

    void agreesWithPyTorch() {
        QFETCH(QString, name);
        QFETCH(bool, isKept);
        QFETCH(int, tile);
        static const auto file = readStateDict({paths::source("tests/parity/data/mutual_golden.safetensors")}).tensors;
        const auto of = [&](const std::string& part) { return file.at(name.toStdString() + "/" + part); };
        const Tensor temperatures = of("temperatures");
        const auto mine =
            mutualResult(of("image"), of("text"), temperatures[0].item<double>(),
                         {.tile = tile, .targetTemperature = temperatures[1].item<double>(), .targetGradient = isKept});
        const std::string kind = isKept ? "kept/" : "fixed/";
        const Tensor losses = torch::stack({mine.terms.total, mine.terms.imageToText, mine.terms.textToImage});
        QVERIFY(mutualError(losses, of(kind + "losses")) < 1e-6);
        for (const auto& [part, gradient] :
             {std::pair("image", mine.image), {"text", mine.text}, {"log_scale", mine.logScale}}) {
            const double error = mutualError(gradient, of(kind + part));
            QVERIFY2(error < 1e-5, qPrintable(QStringLiteral("%1: %2").arg(QLatin1String(part)).arg(error)));
        }
    }

    void withoutLikenessIsTheContrastiveLoss() {
        const Tensor image = normalizedRows(torch::randn({20, 40})), text = normalizedRows(torch::randn({20, 40}));
        const LossInputs inputs{image, text, torch::tensor(2.F)};
        const double mutual = (*makeLoss("mutual", {.targetTemperature = 1e-3}))(inputs).total.item<double>();
        QVERIFY(std::abs(mutual - (*makeLoss("contrastive"))(inputs).total.item<double>()) < 1e-5);
    }

    void partsOfProcessesAreTheWhole_data() {
        QTest::addColumn<int>("ranks");
        QTest::addColumn<int>("tile");
        QTest::addColumn<bool>("isKept");
        for (const int ranks : {2, 3})
            for (const int tile : {1, 5, 64})
                for (const bool isKept : {false, true})
                    QTest::addRow("%d ranks, tile %d, %d", ranks, tile, isKept) << ranks << tile << isKept;
    }

    void partsOfProcessesAreTheWhole() {
        QFETCH(int, ranks);
        QFETCH(int, tile);
        QFETCH(bool, isKept);
        constexpr int64_t kEach = 7;
        const Tensor image = torch::randn({ranks * kEach, 12}) / 2, text = torch::randn({ranks * kEach, 12}) / 2;
        const LossOptions options{.tile = tile, .targetGradient = isKept};
        const MutualResult whole = mutualResult(image, text, 0.8, options);
        std::vector<MutualResult> parts(static_cast<size_t>(ranks));
        inWorldOf(ranks, [&](const std::shared_ptr<World>& world) {
            const auto rows = [&](const Tensor& all) { return all.narrow(0, world->rank() * kEach, kEach); };
            parts[static_cast<size_t>(world->rank())] = mutualResult(rows(image), rows(text), 0.8, options, world);
        });
        const auto joined = [&](Tensor MutualResult::*member) {
            std::vector<Tensor> rows;
            for (const MutualResult& part : parts)
                rows.push_back(part.*member);
            return rows;
        };
        QVERIFY(mutualError(torch::cat(joined(&MutualResult::image)), whole.image) < 1e-5);
        QVERIFY(mutualError(torch::cat(joined(&MutualResult::text)), whole.text) < 1e-5);
        QVERIFY(mutualError(torch::stack(joined(&MutualResult::logScale)).sum(), whole.logScale) < 1e-5);
        for (const MutualResult& part : parts) {
            QVERIFY(mutualError(part.terms.total, whole.terms.total) < 1e-6);
            QVERIFY(part.terms.total.equal(parts[0].terms.total));
        }
    }

    /// Ten steps on embeddings of any length, whole and in micro-batches.
    void microBatchesTakeTheSameSteps_data() {
        QTest::addColumn<bool>("isKept");
        QTest::newRow("targets stand still") << false;
        QTest::newRow("targets carry a gradient") << true;
    }

    void microBatchesTakeTheSameSteps() {
        QFETCH(bool, isKept);
        TrainStepOptions options;
        options.loss = "mutual";
        options.normalize = false;
        options.targetGradient = isKept;
        options.adamW.epsilon = 1e-3;  // so that the last bits of a gradient stay the last bits of the weight
        torch::manual_seed(7);
        const auto one = checkModel(false, torch::kCPU), other = checkModel(false, torch::kCPU);
        for (const auto& model : {one, other}) {
            const torch::NoGradGuard noGrad;
            model->logitScale().zero_();
        }
        options.fixTemperature = true;
        TrainStep whole(one, options);
        options.microBatch = 5;
        TrainStep divided(other, options);
        for (int i = 0; i < 10; ++i) {
            const TrainBatch batch = checkBatch(12);
            const double expected = whole.run(batch, 1e-3).loss;
            QVERIFY(std::abs(divided.run(batch, 1e-3).loss - expected) < 1e-5 * std::max(1.0, expected));
        }
        const auto expected = one->stateDict();
        for (const auto& [name, weight] : other->stateDict())
            QVERIFY((weight - expected.at(name)).abs().max().item<double>() < 1e-5);
    }
};

DIAGONAL_TEST(TestMutual);
#include "test_mutual.moc"
