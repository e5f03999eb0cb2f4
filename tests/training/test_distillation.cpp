// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <cmath>

#include "engine/base/libtorch.h"
#include "engine/parts/layers.h"
#include "tests/registry.h"
#include "tests/training/thread_world.h"
#include "training/checks/model_checks.h"
#include "training/losses/distillation.h"
#include "training/optimizers/train_step.h"

using namespace diagonal;
using torch::Tensor;

namespace {

Tensor randomDirections(int64_t n, int64_t width) {
    return normalizedRows(torch::randn({n, width})).detach();
}

/// float16 [n, 2, sum of widths]
Tensor randomTeachers(int64_t n, const std::vector<int64_t>& widths) {
    std::vector<Tensor> parts;
    for (const int64_t width : widths)
        parts.push_back(torch::stack({randomDirections(n, width), randomDirections(n, width)}, 1));
    return torch::cat(parts, 2).to(torch::kHalf);
}

/// n rows that Python's math.sin gives just as well.
Tensor waveRows(int64_t n, int64_t width, double a, double b) {
    Tensor rows = torch::empty({n, width}, torch::kDouble);
    for (int64_t i = 0; i < n; ++i)
        for (int64_t j = 0; j < width; ++j)
            rows[i][j] = std::sin(a + b * static_cast<double>(i) + (1 + 0.37 * a) * static_cast<double>(j * j) +
                                  0.11 * static_cast<double>(i * j));
    return rows / rows.norm(2, 1, true);
}

/// The divergence in fp64 from whole matrices; leaves are the features and the logit scale.
Tensor divergenceInFp64(const Tensor& image, const Tensor& text, const Tensor& logScale, const Tensor& teachers,
                        const DistillationOptions& options) {
    const Tensor student = logScale.exp() * image.mm(text.t());
    Tensor sum = torch::zeros({}, torch::kDouble);
    int64_t begin = 0;
    for (size_t i = 0; i < options.widths.size(); begin += options.widths[i++]) {
        const Tensor rows = teachers.to(torch::kDouble).narrow(2, begin, options.widths[i]);
        const Tensor teacher = options.logitScales[i] * rows.select(1, 0).mm(rows.select(1, 1).t());
        for (const int64_t along : {0, 1})
            sum = sum + torch::kl_div(student.log_softmax(along), teacher.log_softmax(along), at::Reduction::Sum,
                                      /*log_target=*/true) /
                            student.size(0);
    }
    return sum / (2.0 * static_cast<double>(options.widths.size()));
}

double shareOff(const Tensor& mine, const Tensor& theirs) {
    const Tensor expected = theirs.detach().to(torch::kDouble);
    const double size = expected.norm().item<double>();
    const double distance = (mine.detach().to(torch::kDouble) - expected).norm().item<double>();
    return size > 1e-9 ? distance / size : distance;
}

bool isGolden(const Tensor& mine, double expected, double tolerance = 1e-5) {
    return std::abs(mine.item<double>() / expected - 1) < tolerance;
}

struct TermValues {
    Tensor divergence, image, text, logScale;
};

/// The term alone, in fp32.
TermValues termOf(const Tensor& image, const Tensor& text, double scale, const Tensor& teachers,
                  const DistillationOptions& options, int64_t tile) {
    const auto leaf = [](const Tensor& value) { return value.to(torch::kFloat).detach().set_requires_grad(true); };
    const Tensor i = leaf(image), t = leaf(text), s = leaf(torch::tensor(std::log(scale), torch::kDouble));
    LossInputs inputs{i, t, s};
    inputs.teachers = teachers;
    DistillationOptions alone = options;
    alone.weight = 1;
    const LossTerms terms = DistilledLoss(makeLoss("contrastive"), alone, tile)(inputs);
    const auto gradients = torch::autograd::grad({terms.total}, {i, t, s});
    return {terms.distillation, gradients[0], gradients[1], gradients[2]};
}

}  // namespace

class TestDistillation : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { torch::manual_seed(3); }

    void equalsTheDenseTermInFp64_data() {
        QTest::addColumn<int>("n");
        QTest::addColumn<int>("tile");
        QTest::addColumn<int>("teachers");
        QTest::addColumn<double>("scale");
        for (const int n : {1, 2, 33, 400})
            for (const int teachers : {1, 2, 3})
                QTest::addRow("%d pairs, %d teachers", n, teachers) << n << 1024 << teachers << 14.3;
        for (const int tile : {1, 7, 50, 51, 99, 100})
            QTest::addRow("tiles of %d", tile) << 100 << tile << 2 << 14.3;
        QTest::newRow("the largest scale") << 128 << 50 << 2 << 100.0;
    }

    void equalsTheDenseTermInFp64() {
        QFETCH(int, n);
        QFETCH(int, tile);
        QFETCH(int, teachers);
        QFETCH(double, scale);
        DistillationOptions options;
        for (int i = 0; i < teachers; ++i) {
            options.widths.push_back(8 + 5 * i);
            options.logitScales.push_back(100.0 / (1 + 3 * i));
        }
        const Tensor rows = randomTeachers(n, options.widths), image = randomDirections(n, 24),
                     text = randomDirections(n, 24);
        const TermValues mine = termOf(image, text, scale, rows, options, tile);
        const auto leaf = [](const Tensor& value) { return value.to(torch::kDouble).set_requires_grad(true); };
        const Tensor i = leaf(image), t = leaf(text), s = leaf(torch::tensor(std::log(scale), torch::kDouble));
        const Tensor expected = divergenceInFp64(i, t, s, rows, options);
        const auto gradients = torch::autograd::grad({expected}, {i, t, s});
        QVERIFY2(shareOff(mine.divergence, expected) < 1e-5,
                 qPrintable(QString::number(shareOff(mine.divergence, expected))));
        QVERIFY2(shareOff(mine.image, gradients[0]) < 1e-5, "images");
        QVERIFY2(shareOff(mine.text, gradients[1]) < 1e-5, "texts");
        QVERIFY2(shareOff(mine.logScale, gradients[2]) < 1e-5, "logit scale");
    }

    /// Numbers of open_clip 3.3's DistillClipLoss, less the teacher's entropy, and of the mean of two teachers'
    /// softmaxes that MobileCLIP takes; torch 2.11 in float64, teachers rounded to float16.
    void equalsOpenClip() {
        const Tensor image = waveRows(6, 5, 1, 2), text = waveRows(6, 5, 2, 3);
        const Tensor first = torch::stack({waveRows(6, 4, 0.5, 1.5), waveRows(6, 4, 0.9, 1.5)}, 1).to(torch::kHalf),
                     second = torch::stack({waveRows(6, 3, 0.7, 2.5), waveRows(6, 3, 0.2, 2.5)}, 1).to(torch::kHalf);
        const TermValues one = termOf(image, text, 12, first, {0, {4}, {20}}, 4);
        QVERIFY(isGolden(one.divergence, 5.623919227484));
        QVERIFY(isGolden(one.image.norm(), 5.669814351102));
        QVERIFY(isGolden(one.text.norm(), 5.586566646247));
        QVERIFY(isGolden(one.logScale, 5.051797765271));
        QVERIFY(isGolden(one.image[0][0], 1.687804758711));
        QVERIFY(isGolden(one.image[0][4], -1.114882390418));
        const TermValues two = termOf(image, text, 12, torch::cat({first, second}, 2), {0, {4, 3}, {20, 50}}, 4);
        QVERIFY(isGolden(two.divergence, 5.167012791083));
        QVERIFY(isGolden(two.image.norm(), 5.344633749554));
        QVERIFY(isGolden(two.text.norm(), 4.172238038262));
        QVERIFY(isGolden(two.logScale, 4.556085487289));
        const TermValues hot = termOf(image, text, 12, torch::cat({first, second}, 2), {0, {4, 3}, {100, 100}}, 4);
        QVERIFY(isGolden(hot.divergence, 5.559676097827));
        QVERIFY(isGolden(hot.image[0][3], -0.786301138335));
    }

    void aStudentThatIsTheTeacherHasNothingToLearn() {
        const Tensor image = randomDirections(40, 16).to(torch::kHalf),
                     text = randomDirections(40, 16).to(torch::kHalf);
        const TermValues values =
            termOf(image, text, 30, torch::stack({image, text}, 1), {0, {16}, {std::exp(std::log(30.0))}}, 16);
        QVERIFY(std::abs(values.divergence.item<double>()) < 1e-5);
        QVERIFY(values.image.abs().max().item<double>() < 1e-6);
        QVERIFY(values.logScale.abs().item<double>() < 1e-5);
    }

    /// (1 - weight) of any loss, whose directions are reported, and weight of the term.
    void sharesTheLossWithAnother_data() {
        QTest::addColumn<QString>("loss");
        for (const auto& name : lossNames())
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }

    void sharesTheLossWithAnother() {
        QFETCH(QString, loss);
        const std::string name = loss.toStdString();
        const auto leaf = [](const Tensor& value) { return value.detach().set_requires_grad(true); };
        const DistillationOptions options{0.3, {8}, {40}};
        LossInputs inputs{leaf(randomDirections(20, 12)), leaf(randomDirections(20, 12)), leaf(torch::tensor(2.0F))};
        if (makeLoss(name)->needsBias()) inputs.logBias = leaf(torch::tensor(-4.0F));
        inputs.imageIds = inputs.captionIds = torch::randint(0, 8, {20});
        inputs.teachers = randomTeachers(20, {8});
        inputs.samples = torch::arange(20);
        const LossOptions ofOther = {.fastClip = {.samples = 20}};
        const LossTerms other = (*makeLoss(name, ofOther))(inputs),
                        terms = DistilledLoss(makeLoss(name, ofOther), options, 7)(inputs);
        const TermValues term = termOf(inputs.image, inputs.text, std::exp(2.0), inputs.teachers, options, 7);
        QVERIFY(torch::equal(terms.imageToText, other.imageToText));
        QVERIFY(std::abs((0.7 * other.total + 0.3 * term.divergence - terms.total).item<double>()) < 1e-5);
        const auto alone = torch::autograd::grad({other.total}, {inputs.image, inputs.logScale});
        const auto both = torch::autograd::grad({terms.total}, {inputs.image, inputs.logScale});
        QVERIFY(shareOff(both[0], 0.7 * alone[0] + 0.3 * term.image) < 1e-5);
        QVERIFY(shareOff(both[1], 0.7 * alone[1] + 0.3 * term.logScale) < 1e-5);
    }

    void stepsLearnFromTheTeacher_data() {
        QTest::addColumn<int>("microBatch");
        QTest::addColumn<bool>("bf16");
        QTest::newRow("whole") << 0 << false;
        QTest::newRow("in parts") << 5 << false;
        QTest::newRow("bf16") << 0 << true;
    }

    void stepsLearnFromTheTeacher() {
        QFETCH(int, microBatch);
        QFETCH(bool, bf16);
        TrainStepOptions options;
        options.distillation = {1, {24}, {30}};
        options.microBatch = microBatch;
        if (bf16) options.autocast = torch::kBFloat16;
        TrainBatch batch = checkBatch(5);
        batch.teachers = randomTeachers(batch.pixels.size(0), {24});
        TrainStep step(checkModel(false, torch::kCPU), options);
        const double before = step.run(batch, 1e-3).lossDistillation;
        double after = before;
        for (int i = 0; i < 30; ++i)
            after = step.run(batch, 1e-3).lossDistillation;
        QVERIFY2(after < 0.5 * before, qPrintable(QStringLiteral("%1 then %2").arg(before).arg(after)));
    }

    void partsOfABatchMakeTheSameStep() {
        TrainStepOptions options;
        options.distillation = {0.5, {24, 8}, {30, 60}};
        options.adamW.epsilon = 1e-3;  // so that the last bits of a gradient stay the last bits of the weight
        const auto whole = checkModel(false, torch::kCPU), parts = checkModel(false, torch::kCPU);
        TrainStep one(whole, options);
        options.microBatch = 5;
        TrainStep many(parts, options);
        for (int i = 0; i < 5; ++i) {
            TrainBatch batch = checkBatch(20 + i);
            batch.teachers = randomTeachers(batch.pixels.size(0), {24, 8});
            const auto a = one.run(batch, 1e-2), b = many.run(batch, 1e-2);
            QVERIFY(std::abs(a.loss - b.loss) < 1e-5 && std::abs(a.lossDistillation - b.lossDistillation) < 1e-5);
            QVERIFY(a.lossDistillation > 0);
        }
        const auto expected = whole->stateDict();
        for (const auto& [name, weight] : parts->stateDict())
            QVERIFY2((weight - expected.at(name)).abs().max().item<double>() < 1e-5, name.c_str());
    }

    void ranksTakeTheStepOfOneProcess_data() {
        QTest::addColumn<QString>("loss");
        QTest::addColumn<int>("ranks");
        QTest::addColumn<int>("microBatch");
        for (const char* loss : {"contrastive", "sigmoid", "fastclip"})
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
        TrainStepOptions options;
        options.loss = loss.toStdString();
        options.fastClip.samples = kPairs;
        options.distillation = {0.6, {24, 8}, {30, 60}};
        options.adamW.epsilon = 1e-3;
        const auto newModel = [&] {
            auto model = checkModel(false, torch::kCPU);
            if (options.loss == "sigmoid") model->addLogitBias(-10);
            return model;
        };
        std::vector<TrainBatch> batches;
        for (int i = 0; i < 5; ++i) {
            batches.push_back(checkBatch(40 + i));
            batches.back().teachers = randomTeachers(kPairs, {24, 8});
            batches.back().samples = torch::arange(kPairs);
        }
        const auto alone = newModel();
        TrainStep step(alone, options);
        std::vector<TrainStepValues> expected;
        for (const TrainBatch& batch : batches)
            expected.push_back(step.run(batch, 1e-2));
        options.microBatch = microBatch;
        std::vector<std::shared_ptr<DualEncoder>> models;
        for (int rank = 0; rank < ranks; ++rank)
            models.push_back(newModel());
        std::vector<std::vector<TrainStepValues>> values(static_cast<size_t>(ranks));
        inWorldOf(ranks, [&](const std::shared_ptr<World>& world) {
            const auto rank = static_cast<size_t>(world->rank());
            auto mine = options;
            mine.world = world;
            TrainStep part(models[rank], mine);
            const int64_t count = kPairs / ranks, begin = world->rank() * count;
            const auto rows = [&](const Tensor& tensor) { return tensor.narrow(0, begin, count); };
            for (const TrainBatch& batch : batches) {
                TrainBatch own{rows(batch.pixels), rows(batch.ids), rows(batch.lengths), rows(batch.imageIds),
                               rows(batch.captionIds)};
                own.samples = rows(batch.samples);
                own.teachers = rows(batch.teachers);
                values[rank].push_back(part.run(own, 1e-2));
            }
        });
        for (size_t rank = 0; rank < values.size(); ++rank) {
            for (size_t i = 0; i < expected.size(); ++i) {
                QVERIFY(std::abs(values[rank][i].loss - expected[i].loss) < 2e-5 * std::max(1.0, expected[i].loss));
                QVERIFY(std::abs(values[rank][i].lossDistillation - expected[i].lossDistillation) < 2e-5);
            }
            const auto weights = alone->stateDict();
            for (const auto& [name, weight] : models[rank]->stateDict()) {
                const double difference = (weight - weights.at(name)).abs().max().item<double>();
                QVERIFY2(difference < 1e-5, qPrintable(QString::fromStdString(name) + QString::number(difference)));
            }
        }
    }

    /// What is no number in a teacher's rows is refused with the batch.
    void rowsThatAreNoNumbersChangeNothing() {
        TrainStepOptions options;
        options.distillation = {0.5, {24}, {30}};
        const auto model = checkModel(false, torch::kCPU);
        TrainStep step(model, options);
        std::map<std::string, Tensor> before;
        for (const auto& [name, weight] : model->stateDict())
            before[name] = weight.clone();
        TrainBatch batch = checkBatch(5);
        batch.teachers = randomTeachers(batch.pixels.size(0), {24});
        batch.teachers[3][1][2] = NAN;
        QVERIFY(step.run(batch, 1e-3).outcome == StepOutcome::NotFinite);
        for (const auto& [name, weight] : model->stateDict())
            QVERIFY(torch::equal(weight, before.at(name)));
    }

    void withoutATeacherNothingIsReported() {
        TrainStep step(checkModel(false, torch::kCPU), {});
        QCOMPARE(step.run(checkBatch(5), 1e-3).lossDistillation, -1.0);
    }
};

DIAGONAL_TEST(TestDistillation);
#include "test_distillation.moc"
