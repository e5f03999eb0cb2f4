// SPDX-License-Identifier: Apache-2.0
#include <c10/util/Half.h>

#include <QtTest>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/libtorch.h"
#include "engine/checkpoint/model_folder.h"
#include "engine/inference/session.h"
#include "engine/text/sentencepiece_tokenizer.h"
#include "tests/paths.h"
#include "tests/registry.h"
#include "tests/training/dataset_files.h"
#include "training/data/loader.h"
#include "training/data/pack_writer.h"
#include "training/data/scenes_folder.h"
#include "training/data/teacher_files.h"
#include "training/run/run_folder.h"
#include "training/trainer/subset.h"
#include "training/trainer/trainer.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

constexpr const char* kStudentJson = R"({"embed_dim": 16,
    "vision_cfg": {"image_size": 32, "layers": 1, "width": 32, "head_width": 16, "patch_size": 8},
    "text_cfg": {"context_length": 24, "vocab_size": 256, "width": 32, "heads": 2, "layers": 1}})";

std::vector<float> floatsOf(std::span<const uint16_t> row) {
    std::vector<float> values;
    for (const uint16_t bits : row)
        values.push_back(c10::Half(bits, c10::Half::from_bits()));
    return values;
}

/// Whether float16 holds these numbers, each to its last bit but one.
bool areHalves(std::span<const uint16_t> row, std::span<const float> expected) {
    const std::vector<float> values = floatsOf(row);
    if (values.size() != expected.size()) return false;
    for (size_t i = 0; i < values.size(); ++i)
        if (!(std::abs(values[i] - expected[i]) <= std::abs(expected[i]) / 1024 + 1e-6F)) return false;
    return true;
}

struct TaughtRun : TrainingObserver {
    void onStep(const StepMetrics& metrics) override {
        steps.push_back(metrics);
        if (onStepDone) onStepDone(metrics.step);
    }
    void onMessage(const std::string& text) override { messages += text + "\n"; }

    std::vector<StepMetrics> steps;
    std::string messages;
    std::function<void(int64_t)> onStepDone;
};

}  // namespace

class TestTeacher : public QObject {
    Q_OBJECT

    QTemporaryDir m_temporary;
    fs::path m_root;
    std::string m_data;  ///< 60 scenes as files
    std::shared_ptr<Session> m_demo;

    fs::path pack(const std::string& name, std::vector<std::shared_ptr<Session>> teachers,
                  const std::string& spec = {}) const {
        const auto data = openDataset(spec.empty() ? m_data : spec);
        PackOptions options;
        options.size = 40;
        std::vector<std::string> captions;
        for (size_t i = 0; i < data->size(); ++i)
            captions.push_back(data->captions(i)[0]);
        options.tokenizer = trainSentencePieceTokenizer(captions, 120, 24);
        options.tokenizerConfig = {.contextLength = 24, .vocabularySize = options.tokenizer->vocabularySize()};
        options.teachers = std::move(teachers);
        packDataset(*data, m_root / name, options);
        return m_root / name;
    }

    TrainOptions options(const fs::path& data, const std::string& run) const {
        TrainOptions options;
        options.trainData = "pack:" + data.string();
        options.model = (m_root / "student.json").string();
        options.output = m_root / run;
        options.steps = 10;
        options.batchSize = 16;
        options.warmup = 2;
        options.saveEvery = 4;
        options.validateEvery = 100;
        options.distillWeight = 0.7;
        options.threads = 1;
        options.device = "cpu";
        options.precision = "fp32";
        return options;
    }

    static QString problemOf(const std::function<void()>& work) {
        try {
            work();
        } catch (const Error& error) {
            return error.what();
        }
        return {};
    }

  private Q_SLOTS:
    void initTestCase() {
        qputenv("DIAGONAL_RESOURCES", QByteArray::fromStdString(paths::source("resources")));
        m_root = m_temporary.path().toStdString();
        makeScenesFolder(m_root / "scenes",
                         {.count = 60, .seed = 3, .imageSize = 96, .splits = "train=0.8,validation=0.2"});
        m_data = "csv:" + (m_root / "scenes" / "captions.csv").string();
        writeFile(m_root / "student.json", kStudentJson);
        m_demo = Session::open("demo", {.device = "cpu"});
        pack("taught", {m_demo});
    }

    void rowsAreTheEmbeddingsOfTheFiles() {
        const auto data = openDataset(m_data), taught = openDataset((m_root / "taught").string());
        QCOMPARE(taught->teachers().size(), size_t{1});
        const Teacher& teacher = taught->teachers()[0];
        QCOMPARE(teacher.name, m_demo->info().name);
        QCOMPARE(teacher.identity, m_demo->identity());
        QCOMPARE(teacher.dim, m_demo->info().embedDim);
        QVERIFY(std::abs(teacher.logitScale / m_demo->info().logitScale - 1) < 1e-9);
        std::vector<fs::path> files;
        for (size_t i = 0; i < data->size(); ++i)
            files.push_back(data->file(i));
        std::vector<std::vector<float>> images(data->size());
        m_demo->embedImages(files, true, [&](std::vector<ImageEmbedding> batch) {
            for (ImageEmbedding& one : batch)
                images[one.index] = std::move(one.values);
        });
        for (size_t i = 0; i < data->size(); ++i) {
            QVERIFY2(areHalves(taught->teacherImage(i), images[i]), data->name(i).c_str());
            const std::vector<std::string> captions = data->captions(i);
            const Embeddings texts = m_demo->embedTexts(captions);
            for (size_t k = 0; k < captions.size(); ++k)
                QVERIFY2(areHalves(taught->teacherText(i, k), texts.row(static_cast<int64_t>(k))), captions[k].c_str());
        }
    }

    void filesAreAsDocumented() {
        const auto head = nlohmann::json::parse(readText(m_root / "taught" / "pack.json"));
        QCOMPARE(head.at("version").get<int>(), 1);  // a Diagonal that knows no teachers reads the rest
        const auto& teacher = head.at("teacher");
        QCOMPARE(teacher.at("version").get<int>(), 1);
        QCOMPARE(teacher.at("dtype").get<std::string>(), std::string("float16"));
        const size_t dim = teacher.at("models").at(0).at("dim").get<size_t>();
        QCOMPARE(fs::file_size(m_root / "taught" / "teacher-images.bin"), head.at("images").get<size_t>() * dim * 2);
        QCOMPARE(fs::file_size(m_root / "taught" / "teacher-texts.bin"), head.at("captions").get<size_t>() * dim * 2);
    }

    void splitsAndSubsetsHaveTheirOwnRows() {
        const auto all = openDataset((m_root / "taught").string());
        const auto validation = openDataset((m_root / "taught").string(), {.split = Split::Validation});
        QVERIFY(validation->size() > 0 && validation->size() < all->size());
        const Subset subset(all, {5, 2});
        QCOMPARE(subset.teachers().size(), size_t{1});
        QVERIFY(std::ranges::equal(subset.teacherImage(1), all->teacherImage(2)));
        QVERIFY(std::ranges::equal(subset.teacherText(0, 0), all->teacherText(5, 0)));
        for (size_t i = 0, k = 0; i < all->size(); ++i) {
            if (all->split(i) != Split::Validation) continue;
            QVERIFY(std::ranges::equal(validation->teacherImage(k), all->teacherImage(i)));
            QVERIFY(std::ranges::equal(validation->teacherText(k++, 0), all->teacherText(i, 0)));
        }
    }

    void severalTeachersStandSideBySide() {
        auto student = options(m_root / "taught", "second-teacher");
        student.distillWeight = 0;
        student.steps = 1;
        TaughtRun seen;
        const auto model = train(student, seen).model;
        const auto other = Session::open(model.string(), {.device = "cpu"});
        const auto both = openDataset(pack("both", {other, m_demo}).string());
        const auto one = openDataset((m_root / "taught").string());
        QCOMPARE(both->teachers().size(), size_t{2});
        const size_t first = static_cast<size_t>(other->info().embedDim), width = teacherWidth(both->teachers());
        QCOMPARE(width, first + static_cast<size_t>(m_demo->info().embedDim));
        for (size_t i = 0; i < both->size(); ++i) {
            QCOMPARE(both->teacherImage(i).size(), width);
            QVERIFY(areHalves(both->teacherImage(i).subspan(first), floatsOf(one->teacherImage(i))));
            QVERIFY(areUnitRows(both->teacherText(i, 0), both->teachers()));
        }
        TaughtRun taught;
        QVERIFY(train(options(m_root / "both", "two-teachers"), taught).finished);
        QVERIFY(taught.steps.back().lossDistillation > 0);
    }

    /// A pack of a pack keeps its teachers' rows.
    void aPackOfAPackKeepsTheRows() {
        const auto before = openDataset((m_root / "taught").string());
        const auto after = openDataset(pack("again", {}, "pack:" + (m_root / "taught").string()).string());
        QCOMPARE(after->teachers().size(), size_t{1});
        QCOMPARE(after->teachers()[0].identity, before->teachers()[0].identity);
        for (size_t i = 0; i < before->size(); ++i) {
            QVERIFY(std::ranges::equal(after->teacherImage(i), before->teacherImage(i)));
            QVERIFY(std::ranges::equal(after->teacherText(i, 0), before->teacherText(i, 0)));
        }
    }

    void aPackWithoutATeacherIsAsItWas() {
        const auto plain = openDataset(pack("plain", {}).string());
        QVERIFY(plain->teachers().empty());
        QVERIFY(plain->teacherImage(0).empty() && plain->teacherText(0, 0).empty());
        QVERIFY(!fs::exists(m_root / "plain" / "teacher-images.bin"));
        QVERIFY(!nlohmann::json::parse(readText(m_root / "plain" / "pack.json")).contains("teacher"));
        TaughtRun seen;
        const QString problem = problemOf([&] { train(options(m_root / "plain", "none"), seen); });
        QVERIFY2(problem.contains("--distill-weight") && problem.contains("--teacher MODEL"), qPrintable(problem));
        QVERIFY(!fs::exists(m_root / "none"));
    }

    /// A teacher whose numbers are none leaves nothing to pack.
    void aTeacherWithoutNumbersIsRefused() {
        auto bundle = loadModel(resolveModel("demo"), {.writable = true});
        {
            const torch::NoGradGuard noGrad;
            for (auto& [name, weight] : bundle.model->stateDict())
                if (weight.is_floating_point() && weight.dim() > 0) weight.fill_(NAN);
        }
        saveModelFolder(m_root / "nan", bundle);
        const QString problem =
            problemOf([&] { pack("never", {Session::open((m_root / "nan").string(), {.device = "cpu"})}); });
        QVERIFY2(problem.contains("is not a number"), qPrintable(problem));
        QVERIFY(!fs::exists(m_root / "never"));
    }

    void packingStopsOnRequest() {
        const auto data = openDataset(m_data);
        PackOptions options;
        options.tokenizer = trainSentencePieceTokenizer(data->captions(0), 40, 24);
        options.tokenizerConfig = {.contextLength = 24, .vocabularySize = options.tokenizer->vocabularySize()};
        options.teachers = {m_demo};
        std::stop_source stop;
        stop.request_stop();
        QVERIFY_THROWS_EXCEPTION(Cancelled, packDataset(*data, m_root / "stopped", options, {stop.get_token(), {}}));
        QVERIFY(!fs::exists(m_root / "stopped"));
    }

    /// Batches carry the rows of their images and captions, whatever the workers; a broken one is left out and named.
    void batchesCarryTheRows() {
        const fs::path copy = m_root / "damaged";
        fs::copy(m_root / "taught", copy, fs::copy_options::recursive);
        const auto data = openDataset(copy.string());
        const size_t width = teacherWidth(data->teachers());
        std::string rows = readText(copy / "teacher-images.bin");
        rows[(7 * width + 3) * 2] = '\0';
        rows[(7 * width + 3) * 2 + 1] = '\x7E';  // NaN
        writeFile(copy / "teacher-images.bin", rows);
        const auto damaged = openDataset(copy.string());
        LoaderOptions loading;
        loading.batchSize = 20;
        loading.preprocess.width = loading.preprocess.height = 16;
        loading.teachers = true;
        std::vector<std::string> failures;
        for (const int workers : {1, 3}) {
            loading.workers = workers;
            Loader loader(damaged, loading);
            failures.clear();
            for (int i = 0; i < 6; ++i) {
                const Batch batch = loader.next();
                failures.insert(failures.end(), batch.failures.begin(), batch.failures.end());
                QCOMPARE(batch.teachers.size(), batch.indices.size() * 2 * width);
                const uint16_t* row = batch.teachers.data();
                for (size_t k = 0; k < batch.indices.size(); ++k, row += 2 * width) {
                    QVERIFY(batch.indices[k] != 7);
                    const auto image = damaged->teacherImage(batch.indices[k]);
                    QVERIFY(std::equal(image.begin(), image.end(), row));
                    const auto captions = damaged->captions(batch.indices[k]);
                    const auto number = std::ranges::find(captions, batch.captions[k]) - captions.begin();
                    const auto text = damaged->teacherText(batch.indices[k], static_cast<size_t>(number));
                    QVERIFY(std::equal(text.begin(), text.end(), row + width));
                }
            }
            QCOMPARE(failures.size(), size_t{1});
            QVERIFY2(failures[0].find("not of unit length") != std::string::npos, failures[0].c_str());
        }
        const auto summary = summarize(copy.string(), {}, true);
        QCOMPARE(summary.unreadable.size(), size_t{1});
        QVERIFY(summarize((m_root / "taught").string(), {}, true).unreadable.empty());
        loading.teachers = false;
        QCOMPARE(Loader(damaged, loading).next().teachers.size(), size_t{0});
    }

    void aRunLearnsFromTheTeacherAndSaysSo() {
        auto taught = options(m_root / "taught", "learns");
        taught.steps = 60;
        taught.learningRate = 2e-3;
        taught.distillWeight = 1;
        TaughtRun seen;
        QVERIFY(train(taught, seen).finished);
        QVERIFY2(seen.messages.find("taught by " + m_demo->info().name) != std::string::npos, seen.messages.c_str());
        double first = 0, last = 0;
        for (size_t i = 0; i < 10; ++i) {
            first += seen.steps[i].lossDistillation / 10;
            last += seen.steps[50 + i].lossDistillation / 10;
        }
        QVERIFY2(last < 0.9 * first, qPrintable(QStringLiteral("%1 then %2").arg(first).arg(last)));
        QVERIFY(readText(metricsFile(taught.output)).find("\"train/loss_distill\":") != std::string::npos);
        QCOMPARE(readRun(taught.output).steps.back().lossDistillation, seen.steps.back().lossDistillation);
    }

    void theTemperatureOfTheTeacherCounts() {
        auto own = options(m_root / "taught", "own"), same = options(m_root / "taught", "same"),
             warm = options(m_root / "taught", "warm");
        own.steps = same.steps = warm.steps = 1;
        same.distillTemperature = 1 / m_demo->info().logitScale;
        warm.distillTemperature = 1;
        TaughtRun a, b, c;
        train(own, a);
        train(same, b);
        train(warm, c);
        QVERIFY(std::abs(a.steps[0].lossDistillation - b.steps[0].lossDistillation) < 1e-5);
        QVERIFY(std::abs(a.steps[0].lossDistillation - c.steps[0].lossDistillation) > 1e-2);
    }

    void aResumedRunIsTheSameBitForBit() {
        TaughtRun whole, first, second;
        auto taught = options(m_root / "taught", "whole");
        taught.microBatch = 5;
        train(taught, whole);
        taught.output = m_root / "halves";
        std::stop_source stop;
        first.onStepDone = [&stop](int64_t step) {
            if (step == 6) stop.request_stop();
        };
        QCOMPARE(train(taught, first, stop.get_token()).step, int64_t{6});
        QVERIFY(resume(taught.output, second).finished);
        const auto one = loadModel(m_root / "whole" / "model").model->stateDict(),
                   two = loadModel(taught.output / "model").model->stateDict();
        for (const auto& [name, weight] : one)
            QVERIFY2(torch::equal(weight, two.at(name)), name.c_str());
        QCOMPARE(second.steps.back().lossDistillation, whole.steps.back().lossDistillation);
        // With another teacher it would be another run.
        const fs::path head = m_root / "taught" / "pack.json";
        const std::string sound = readText(head);
        auto json = nlohmann::json::parse(sound);
        json["teacher"]["models"][0]["identity"] = "another";
        writeFile(head, json.dump());
        fs::remove_all(taught.output / "model");
        fs::remove(taught.output / "checkpoints" / "step-00000010" / "DONE");
        const QString problem = problemOf([&] { resume(taught.output, second); });
        writeFile(head, sound);
        QVERIFY2(problem.contains("taught by"), qPrintable(problem));
    }
};

DIAGONAL_TEST(TestTeacher);
#include "test_teacher.moc"
