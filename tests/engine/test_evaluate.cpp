// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QXmlStreamReader>
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <numeric>
#include <set>

#include "engine/base/file.h"
#include "engine/base/resources.h"
#include "engine/checkpoint/model_identity.h"
#include "engine/checkpoint/model_notes.h"
#include "engine/evaluation/evaluate.h"
#include "engine/evaluation/evaluation_charts.h"
#include "engine/evaluation/evaluation_files.h"
#include "engine/evaluation/evaluation_report.h"
#include "engine/image/preprocess.h"
#include "engine/inference/zero_shot.h"
#include "tests/engine/tiny_model.h"
#include "tests/error_of.h"
#include "tests/registry.h"

using namespace diagonal;

namespace {

namespace fs = std::filesystem;

using Task = EvaluationTask;

const std::vector<std::string> kColours = {"red", "green", "blue"};

/// A picture of nearly one colour.
Image colourful(size_t i) {
    Image image{.width = 40, .height = 36, .rgb = {}};
    for (size_t pixel = 0; pixel < 40 * 36; ++pixel)
        for (size_t channel = 0; channel < 3; ++channel)
            image.rgb.push_back(static_cast<uint8_t>(i % 3 == channel ? 250 - i % 7 : (pixel * (i + 3)) % 60));
    return image;
}

/// Coloured pictures without files, a third of each class, each with two captions.
EvaluationData colours(size_t count) {
    EvaluationData data;
    data.name = "colours";
    data.classes = kColours;
    for (size_t i = 0; i < count; ++i) {
        data.pictures.names.push_back("picture " + std::to_string(i));
        data.labels.push_back(static_cast<int>(i % 3));
        for (const char* caption : {"a circle chases a square on the grass ", "a dog sees the cat "}) {
            data.pictures.captions.push_back(caption + kColours[i % 3]);
            data.pictures.pictureOfCaption.push_back(static_cast<int64_t>(i));
        }
    }
    data.pictures.decode = [](size_t i) { return colourful(i); };
    return data;
}

EvaluationOptions asked(std::set<Task> tasks) {
    EvaluationOptions options;
    options.tasks = std::move(tasks);
    options.prompts = {{"photo", {"a photo of a {}"}}, {"two", {"a photo of a {}", "the {} one"}}};
    options.neighbours = 3;
    options.shots = {1, 4};
    options.fewShotSeeds = 2;
    options.draws = 50;
    return options;
}

const TaskResult* resultOf(const ModelEvaluation& evaluation, Task task, const std::string& prompts = {}) {
    for (const TaskResult& result : evaluation.results)
        if (result.task == task && (prompts.empty() || result.prompts == prompts)) return &result;
    return nullptr;
}

}  // namespace

/// A model evaluated on a person's own data.
class TestEvaluate : public QObject {
    Q_OBJECT

  private:
    fs::path at(const std::string& name) const { return fs::path(m_folder.path().toStdString()) / name; }
    std::shared_ptr<Session> tiny() const { return Session::open(at("model").string(), {.device = "cpu"}); }
    ModelEvaluation evaluate(const EvaluationOptions& options, EvaluationData data,
                             const EvaluationJob& job = {}) const {
        const auto session = tiny();
        return evaluateModel(*session, dataFor(options, std::move(data)), options, job);
    }

    QTemporaryDir m_folder;

  private Q_SLOTS:
    void initTestCase() { writeTinyModel(at("model"), true); }

    void everyTaskHasItsResult() {
        const EvaluationOptions options =
            asked({Task::ZeroShot, Task::Retrieval, Task::LinearProbe, Task::FewShot, Task::NearestNeighbours,
                   Task::WordOrder, Task::Templates, Task::Robustness});
        std::vector<std::string> stages;
        const ModelEvaluation evaluation =
            evaluate(options, colours(60), {{}, [&](const std::string& stage) { stages.push_back(stage); }, {}});
        for (const FailedTask& failed : evaluation.failed)
            qWarning("%s", failed.reason.c_str());
        QVERIFY(evaluation.failed.empty());
        QCOMPARE(evaluation.pictures, size_t{60});
        // Two rows of zero-shot, four corruptions, one of each other task.
        QCOMPARE(evaluation.results.size(), size_t{2 + 1 + 1 + 1 + 1 + 1 + 1 + 4});
        QCOMPARE(stages.front(), std::string("pictures"));
        const TaskResult* zeroShot = resultOf(evaluation, Task::ZeroShot, "photo");
        QCOMPARE(zeroShot->items, size_t{24});  // two fifths
        QVERIFY(std::isnan(zeroShot->metric("acc5")->value));
        QVERIFY(zeroShot->metric("acc1")->ci95.low <= zeroShot->metric("acc1")->value);
        QVERIFY(std::isnan(zeroShot->metric("worst_class_recall")->ci95.low));
        for (const char* name : {"ece", "macro_f1"})
            QVERIFY2(zeroShot->metric(name)->ci95.holds(zeroShot->metric(name)->value), name);
        // All cosines of a model of random numbers are nearly equal.
        QVERIFY(zeroShot->calibration.has_value() || zeroShot->notes.front().find("temperature") != std::string::npos);
        // Colours are far apart even in a model of random numbers.
        QVERIFY(resultOf(evaluation, Task::LinearProbe)->metric("lp_acc1")->value > 0.9);
        QVERIFY(resultOf(evaluation, Task::NearestNeighbours)->metric("acc1")->value > 0.9);
        const FewShotCurve& curve = *resultOf(evaluation, Task::FewShot)->fewShot;
        QCOMPARE(curve.points.size(), size_t{2});
        QCOMPARE(curve.zeroShot, zeroShot->metric("acc1")->value);
        QCOMPARE(resultOf(evaluation, Task::Retrieval)->metrics.size(), size_t{8});
        // Of each picture: three pairs of nouns in one caption, one in the other.
        const TaskResult* order = resultOf(evaluation, Task::WordOrder);
        QCOMPARE(order->items, size_t{24});
        QCOMPARE(order->pictures.size(), size_t{24});
        QCOMPARE(order->wordOrder->nounPairs + order->wordOrder->adjectivePairs, size_t{24 * 4});
        for (const Metric& metric : resultOf(evaluation, Task::FewShot)->metrics) {
            QCOMPARE(metric.draws.size(), size_t{50});
            QVERIFY(metric.ci95.holds(metric.value));
        }
        QCOMPARE(resultOf(evaluation, Task::FewShot)->answers.size(), size_t{24});
        QVERIFY(resultOf(evaluation, Task::Templates)->templates->greedy.size() >= 1);
        QCOMPARE(resultOf(evaluation, Task::Robustness)->variant, std::string("gaussian_noise_3"));
    }

    /// A task that the data cannot serve is said, and the others are done.
    void impossibleTasksLeaveTheOthers() {
        EvaluationData mute = colours(12);
        mute.pictures.captions.clear();
        mute.pictures.pictureOfCaption.clear();
        const ModelEvaluation evaluation = evaluate(asked({Task::ZeroShot, Task::Retrieval}), mute);
        QCOMPARE(evaluation.results.size(), size_t{2});
        QCOMPARE(evaluation.failed.size(), size_t{1});
        QCOMPARE(evaluation.failed[0].problem, std::string("its pictures have no captions"));
        EvaluationData bare = colours(12);
        bare.classes.clear();
        bare.labels.clear();
        const ModelEvaluation other = evaluate(asked({Task::NearestNeighbours, Task::Retrieval}), bare);
        QCOMPARE(resultOf(other, Task::Retrieval)->items, size_t{12});
        QCOMPARE(other.failed[0].task, Task::NearestNeighbours);
    }

    /// Pictures that are evaluated are not learnt from, under whatever name.
    void testedPicturesAreNotLearnt() {
        EvaluationOptions options = asked({Task::NearestNeighbours, Task::FewShot, Task::LinearProbe});
        options.neighbours = 1;
        EvaluationData data = colours(30), training = colours(60);
        for (std::string& name : training.pictures.names)
            name = "copy of " + name;
        addTraining(data, training);
        const ModelEvaluation evaluation = evaluate(options, data);
        QCOMPARE(evaluation.results.size(), size_t{3});
        for (const TaskResult& result : evaluation.results) {
            QCOMPARE(result.items, size_t{30});
            QCOMPARE(result.notes.back(), std::string("30 pictures are evaluated as well and not learnt from"));
        }
        EvaluationData same = colours(30);
        addTraining(same, colours(30));
        const ModelEvaluation none = evaluate(options, same);
        QVERIFY(none.results.empty());
        QCOMPARE(none.failed.size(), size_t{3});
        QCOMPARE(none.failed[0].problem, std::string("all pictures to learn from are evaluated as well"));
    }

    /// Test pictures of the training data are left out, training pictures of the evaluated data are not evaluated.
    void splitsOfBothDataAreKept() {
        EvaluationData data = colours(30), training = colours(30);
        for (size_t i = 0; i < 30; ++i) {
            data.parts.push_back(i < 20 ? EvaluationPart::Train : EvaluationPart::Test);
            training.parts.push_back(i < 12   ? EvaluationPart::Train
                                     : i < 18 ? EvaluationPart::Validation
                                              : EvaluationPart::Test);
        }
        addTraining(data, training);
        QCOMPARE(data.size(), size_t{10 + 18});
        QCOMPARE(std::ranges::count(data.parts, EvaluationPart::Test), std::ptrdiff_t{10});
        QCOMPARE(std::ranges::count(data.parts, EvaluationPart::Validation), std::ptrdiff_t{6});
        QCOMPARE(data.pictures.names[0], std::string("picture 20"));
        QVERIFY(data.notes.back().find("12 pictures of the test split") != std::string::npos);
        training.parts.assign(30, EvaluationPart::Test);
        QVERIFY(errorOf([&] { addTraining(data, training); }).find("test split") != std::string::npos);
    }

    void validationPicturesAreLearntWhereNoOthersAre() {
        EvaluationData data = colours(45);
        for (size_t i = 0; i < 45; ++i)
            data.parts.push_back(i < 30 ? EvaluationPart::Validation : EvaluationPart::Test);
        const ModelEvaluation evaluation = evaluate(asked({Task::LinearProbe, Task::FewShot}), data);
        QVERIFY(evaluation.failed.empty());
        QCOMPARE(resultOf(evaluation, Task::LinearProbe)->items, size_t{15});
    }

    /// Of data without training pictures half of each class chooses, in whatever order and folder they lie.
    void halvesAreDrawnByClassAndName() {
        EvaluationData data = colours(42), turned = data;
        std::ranges::reverse(turned.pictures.names);
        std::ranges::reverse(turned.labels);
        for (std::string& name : turned.pictures.names)
            name = "/photos/elsewhere/" + name;
        const auto halfOf = [](const EvaluationData& of) {
            std::vector<size_t> rest(of.size());
            std::iota(rest.begin(), rest.end(), size_t{0});
            std::set<std::string> names;
            std::map<int, int> counts;
            for (const size_t i : drawShare(of, rest, 2)) {
                names.insert(fs::path(of.pictures.names[i]).filename().string());
                ++counts[of.labels[i]];
            }
            for (const auto& [label, count] : counts)
                if (count != 7) names.clear();
            return names;
        };
        // Files of one name are told apart by their folders, not by their order.
        EvaluationData alike = colours(42);
        for (size_t i = 0; i < alike.size(); ++i)
            alike.pictures.names[i] = "folder " + std::to_string(100 + i) + "/image.jpg";
        const std::vector<size_t> drawn = drawByHash(alike.pictures.names, 20);
        QVERIFY(drawn.back() >= 30);
        QCOMPARE(halfOf(data).size(), size_t{21});
        QCOMPARE(halfOf(turned), halfOf(data));
        const ModelEvaluation evaluation = evaluate(asked({Task::Templates}), data);
        QCOMPARE(resultOf(evaluation, Task::Templates)->items, size_t{21});
        QVERIFY(resultOf(evaluation, Task::Templates)->templates->chosenOn.starts_with("21 pictures of those"));
    }

    /// Without a task that learns, all pictures are evaluated.
    void zeroShotAloneTakesEveryPicture() {
        const ModelEvaluation evaluation = evaluate(asked({Task::ZeroShot}), colours(30));
        const TaskResult* result = resultOf(evaluation, Task::ZeroShot, "two");
        QCOMPARE(result->items, size_t{30});
        const auto session = tiny();
        const Embeddings texts = embedLabels(*session, kColours, {"a photo of a {}", "the {} one"});
        size_t right = 0;
        for (size_t i = 0; i < 30; ++i) {
            const Image prepared = resizeAndCrop(colourful(i), session->preprocess());
            const Embeddings row = session->embedPictures(std::span(&prepared, 1));
            const auto scores = scoreLabels(row.row(0), texts, 0.01);
            if (scores.front().label == i % 3) ++right;
        }
        QCOMPARE(result->metric("acc1")->value, static_cast<double>(right) / 30);
    }

    void givenPartsAreKept() {
        EvaluationData data = colours(30);
        for (size_t i = 0; i < 30; ++i)
            data.parts.push_back(i < 12   ? EvaluationPart::Train
                                 : i < 21 ? EvaluationPart::Validation
                                          : EvaluationPart::Test);
        const ModelEvaluation evaluation = evaluate(asked({Task::LinearProbe, Task::ZeroShot}), data);
        const TaskResult* probe = resultOf(evaluation, Task::LinearProbe);
        QCOMPARE(probe->items, size_t{9});
        QCOMPARE(probe->pictures.front(), size_t{21});
        // Validation pictures stand in for test pictures where there are none.
        std::ranges::replace(data.parts, EvaluationPart::Test, EvaluationPart::Train);
        const EvaluationData settled = dataFor(asked({Task::ZeroShot}), data);
        QVERIFY(settled.notes.back().find("validation split") != std::string::npos);
        QCOMPARE(resultOf(evaluate(asked({Task::ZeroShot}), data), Task::ZeroShot)->items, size_t{9});
    }

    void whatDoesNotFitIsSaid() {
        EvaluationData one = colours(6);
        one.classes = {"red"};
        QVERIFY(errorOf([&] { dataFor(asked({Task::ZeroShot}), one); }).find("one class") != std::string::npos);
        EvaluationData bare = colours(6);
        bare.classes.clear();
        bare.labels.clear();
        QVERIFY(errorOf([&] { dataFor(asked({Task::FewShot}), bare); }).find("no labels") != std::string::npos);
        EvaluationData mute = colours(6);
        mute.pictures.captions.clear();
        mute.pictures.pictureOfCaption.clear();
        QVERIFY(errorOf([&] { dataFor(asked({Task::Retrieval}), mute); }).find("no captions") != std::string::npos);
    }

    /// One task fails, the others are done.
    void aTaskThatFailsLeavesTheOthers() {
        EvaluationData data = colours(9);
        for (std::string& caption : data.pictures.captions)
            caption = "red";  // nothing to exchange
        const ModelEvaluation evaluation = evaluate(asked({Task::WordOrder, Task::ZeroShot}), data);
        QCOMPARE(evaluation.failed.size(), size_t{1});
        QCOMPARE(evaluation.failed[0].task, Task::WordOrder);
        QCOMPARE(evaluation.results.size(), size_t{2});
    }

    void fewPicturesAreSaid() {
        const ModelEvaluation few =
            evaluate(asked({Task::FewShot, Task::LinearProbe, Task::NearestNeighbours}), colours(6));
        const TaskResult* curve = resultOf(few, Task::FewShot);
        QVERIFY(curve != nullptr);
        QVERIFY(curve->fewShot->points[1].shortClasses == 3);
        QVERIFY(!curve->notes.empty());
        QVERIFY(few.failed.empty());
        const TaskResult* probe = resultOf(few, Task::LinearProbe);  // nothing to choose C on
        QVERIFY(probe != nullptr && probe->tried.empty());
        QCOMPARE(probe->c, 32.0);
        QVERIFY(std::ranges::any_of(probe->notes,
                                    [](const auto& note) { return note.find("Too few") != std::string::npos; }));
    }

    void classesWithoutPicturesAreSaid() {
        EvaluationData data = colours(30);
        data.classes.emplace_back("violet");
        const ModelEvaluation evaluation = evaluate(asked({Task::ZeroShot}), data);
        const TaskResult* result = resultOf(evaluation, Task::ZeroShot, "photo");
        QVERIFY(std::ranges::any_of(result->notes,
                                    [](const auto& note) { return note.find("violet") != std::string::npos; }));
        QVERIFY(!std::isnan(result->metric("mean_per_class_recall")->value));
    }

    void picturesThatCannotBeReadAreLeftOut() {
        EvaluationData data = colours(12);
        data.pictures.decode = [](size_t i) {
            if (i == 4) throw Error("picture 4", "the file is empty");
            return colourful(i);
        };
        const ModelEvaluation evaluation = evaluate(asked({Task::ZeroShot, Task::Retrieval}), data);
        QCOMPARE(evaluation.unreadable.size(), size_t{1});
        QCOMPARE(resultOf(evaluation, Task::ZeroShot)->items, size_t{11});
        QCOMPARE(resultOf(evaluation, Task::Retrieval)->items, size_t{11});
        data.pictures.decode = [](size_t) -> Image { throw Error("picture", "the file is empty"); };
        QVERIFY(!errorOf([&] { evaluate(asked({Task::ZeroShot}), data); }).empty());
    }

    void embeddingsThatAreNoNumbersAreMisses() {
        writeModelWithoutNumbers(at("model"), at("broken"));
        const auto session = Session::open(at("broken").string(), {.device = "cpu"});
        const EvaluationOptions options = asked({Task::ZeroShot, Task::LinearProbe, Task::Retrieval});
        const ModelEvaluation evaluation = evaluateModel(*session, dataFor(options, colours(15)), options);
        QCOMPARE(evaluation.notFinite, size_t{15});
        QCOMPARE(resultOf(evaluation, Task::ZeroShot, "photo")->metric("acc1")->value, 0.0);
        QCOMPARE(resultOf(evaluation, Task::Retrieval)->metric("image_retrieval_recall@10")->value, 0.0);
        QCOMPARE(evaluation.failed.size(), size_t{1});
    }

    void itStopsWhenAsked() {
        std::stop_source source;
        source.request_stop();
        bool isCancelled = false;
        try {
            evaluate(asked({Task::ZeroShot}), colours(6), {source.get_token(), {}, {}});
        } catch (const Cancelled&) {
            isCancelled = true;
        }
        QVERIFY(isCancelled);
    }

    void partsAreDrawnByName() {
        EvaluationData data = colours(50);
        drawParts(data);
        for (int label = 0; label < 3; ++label) {
            int tested = 0, all = 0;
            for (size_t i = 0; i < data.size(); ++i) {
                if (data.labels[i] != label) continue;
                ++all;
                tested += data.parts[i] == EvaluationPart::Test ? 1 : 0;
            }
            QCOMPARE(tested, all * 2 / 5);
        }
        std::vector<size_t> train = data.labelled(EvaluationPart::Train);
        const size_t before = train.size();
        const std::vector<size_t> validation = drawShare(data, train, 5);
        QCOMPARE(train.size() + validation.size(), before);
        QVERIFY(!validation.empty() && validation.size() <= before / 5);
    }

    void trainingPicturesMayComeFromElsewhere() {
        EvaluationData data = colours(9), training = colours(30);
        training.classes = {"blue", "violet", "red"};
        addTraining(data, training);
        QCOMPARE(data.size(), size_t{29});  // without the violet ones
        QCOMPARE(data.labels[9], 2);
        QCOMPARE(data.parts[8], EvaluationPart::Test);
        QCOMPARE(data.parts[9], EvaluationPart::Train);
        QCOMPARE(data.pictures.decode(9).rgb, colourful(0).rgb);
        QVERIFY(data.notes.back().find("violet") != std::string::npos);
        training.classes = {"a", "b", "c"};
        EvaluationData other = colours(3);
        QVERIFY(!errorOf([&] { addTraining(other, training); }).empty());
    }

    void classesGetOtherWords() {
        EvaluationData data = colours(3);
        renameClasses(data, {"blue\tdark blue"}, "names.txt");
        QCOMPARE(data.classes[2], std::string("dark blue"));
        QVERIFY(errorOf([&] { renameClasses(data, {"pink\trose"}, "names.txt"); }).find("pink") != std::string::npos);
        QVERIFY(!errorOf([&] { renameClasses(data, {"red\trose", "red\tpink"}, "names.txt"); }).empty());
        QVERIFY(!errorOf([&] { renameClasses(data, {"red"}, "names.txt"); }).empty());
        // As two classes of ImageNet are.
        renameClasses(data, {"red\tgreen"}, "names.txt");
        QVERIFY(data.notes.back().find("“red” and “green” are both called “green”") != std::string::npos);
        QCOMPARE(data.classes, std::vector<std::string>({"green", "green", "dark blue"}));
        EvaluationData training = colours(6);
        training.classes = data.classes;
        addTraining(data, training);
        QCOMPARE(std::vector<int>(data.labels.end() - 6, data.labels.end()), std::vector<int>({0, 1, 2, 0, 1, 2}));
    }

    /// Equal rows are within noise of each other, a row without answers is worse.
    void rowsAreComparedOnTheSamePictures() {
        const EvaluationOptions options = asked({Task::ZeroShot});
        const ModelEvaluation evaluation = evaluate(options, colours(30));
        TaskResult worse = evaluation.results[0];
        for (Metric& metric : worse.metrics) {
            metric.value -= 0.5;
            for (double& draw : metric.draws)
                draw -= 0.5;
        }
        TaskResult other = worse;
        other.pictures.pop_back();
        const auto found = standings({&evaluation.results[0], &evaluation.results[0], &worse, &other, nullptr}, "acc1");
        QVERIFY(found[0]->isBest);
        QVERIFY(!found[2]->isWithinNoise);
        QCOMPARE(found[2]->difference, -0.5);
        QVERIFY(!found[3] && !found[4]);
        QVERIFY(!standings({&worse}, "none")[0]);
        // The best of all was measured on other pictures than the rest: the rest is compared.
        const auto rest = standings({&other, &worse, &evaluation.results[0]}, "acc1");
        QVERIFY(!rest[0] && !rest[1]->isBest && rest[2]->isBest);
        QVERIFY(!standings({&other, &worse}, "acc1")[1]);
        // Without resamples there is no interval to show.
        for (Metric& metric : worse.metrics)
            metric.draws.clear();
        TaskResult best = worse;
        best.metrics[0].value += 0.25;
        QCOMPARE(describe(*standings({&worse, &best}, "acc1")[0], true),
                 std::string("-25.0 points, McNemar p = 1.000"));
    }

    /// Captions of one picture hang together, and part of a hit is none: McNemar's test is for neither.
    void testsAreOfItemsThatAreIndependent() {
        TaskResult row;
        row.task = Task::Retrieval;
        row.pictures = {0, 1, 2};
        row.ranks.imageToText = {{0, 0, true}, {0, 0, true}, {0, 0, true}};
        row.ranks.textToImage = row.ranks.imageToText;
        for (const char* name : {"image_retrieval_recall@1", "text_retrieval_recall@1"})
            row.metrics.push_back({name, 1, {}, {1, 1}});
        TaskResult worse = row;
        worse.ranks.imageToText[0].better = worse.ranks.textToImage[0].better = 1;
        for (Metric& metric : worse.metrics)
            metric.value = 2.0 / 3;
        for (const char* name : {"image_retrieval_recall@1", "text_retrieval_recall@1"})
            QCOMPARE(standings({&row, &worse}, name)[1]->mcNemar.value(), 1.0);
        worse.ranks.imageToText[1].equal = 1;
        QVERIFY(!standings({&row, &worse}, "text_retrieval_recall@1")[1]->mcNemar);
        worse.ranks.textToImage.push_back({});
        row.ranks.textToImage.push_back({});
        QVERIFY(!standings({&row, &worse}, "image_retrieval_recall@1")[1]->mcNemar);
    }

    void filesHoldWhatWasFound() {
        const EvaluationOptions options = asked(
            {Task::ZeroShot, Task::Retrieval, Task::LinearProbe, Task::FewShot, Task::Templates, Task::WordOrder});
        const EvaluationData data = dataFor(options, colours(60));
        const auto session = tiny();
        EvaluationReport report{.dataset = "colours & shapes",
                                .classes = data.classes,
                                .pictures = data.pictures.names,
                                .draws = 50,
                                .seed = 0,
                                .notes = {},
                                .models = {}};
        report.models.push_back(evaluateModel(*session, data, options));
        report.models.push_back(report.models.front());
        report.models.back().model = "<b>second</b>";
        report.models.push_back({});
        report.models.back().model = "gone";
        report.models.back().error = "there is no such model";

        const auto documents = benchmarkDocuments(report);
        QCOMPARE(documents.size(), size_t{2 * (2 + 1 + 1 + 2 + 1 + 1)});
        std::set<std::string> names;
        for (const auto& document : documents) {
            names.insert(document.file);
            for (const char* key : {"dataset", "model", "pretrained", "task", "metrics", "language", "diagonal"})
                QVERIFY2(document.json.contains(key), key);
            QVERIFY(document.json["diagonal"]["ci95"].is_object());
        }
        QCOMPARE(names.size(), documents.size());
        QCOMPARE(documents[0].json["task"].get<std::string>(), std::string("zeroshot_classification"));
        QVERIFY(documents[0].json["metrics"]["acc5"].is_null());
        QCOMPARE(documents[0].json["metrics"]["acc1"].get<double>(), report.models[0].results[0].metrics[0].value);

        const std::string csv = evaluationCsv(report);
        const auto lines = QString::fromStdString(csv).split("\r\n", Qt::SkipEmptyParts);
        for (const QString& line : lines)
            QCOMPARE(line.count(','), lines[0].count(','));
        QVERIFY(csv.find("there is no such model") != std::string::npos);
        QVERIFY(answersCsv(report).find("picture ") != std::string::npos);

        const std::string html = evaluationHtml(report);
        QVERIFY(html.find("<b>second</b>") == std::string::npos);
        QVERIFY(html.find("&lt;b&gt;second") != std::string::npos);
        QVERIFY(html.find("colours &amp; shapes") != std::string::npos);
        for (const std::string& svg : {resultsSvg(report), fewShotSvg(report)}) {
            QXmlStreamReader reader(QString::fromStdString(svg));
            while (!reader.atEnd())
                reader.readNext();
            QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
        }
        QVERIFY(evaluationHtml({.dataset = "none", .classes = {}, .pictures = {}, .notes = {}, .models = {}}).size() >
                100);
    }

    void temperaturesAreKeptWithModels() {
        const fs::path file = saveFittedTemperature(at("model"), 0.0123);
        QCOMPARE(readModelInfo(at("model")).fittedTemperature, 0.0123);
        std::ofstream(file) << R"({"name": "Mine", "fitted_temperature": "warm"})";
        QVERIFY(errorOf([&] { readModelInfo(at("model")); }).find("diagonal.json") != std::string::npos);
        std::ofstream(file) << R"({"name": "Mine", "fitted_temperature": -1})";
        QCOMPARE(readModelInfo(at("model")).fittedTemperature, 0.0);
        saveFittedTemperature(at("model"), 0.02);
        QCOMPARE(readModelInfo(at("model")).name, std::string("Mine"));
        fs::remove(file);
        const fs::path weights = at("lone.safetensors");
        fs::copy_file(at("model") / "open_clip_model.safetensors", weights);
        QCOMPARE(saveFittedTemperature(weights, 0.5).filename().string(),
                 std::string("lone.safetensors.diagonal.json"));
    }

    /// A fitted temperature changes no embedding; whatever else the notes say counts.
    void temperaturesLeaveTheIdentity() {
        const fs::path model = at("model"), file = model / "diagonal.json";
        const auto identity = [&] { return modelIdentity(readModelInfo(model)); };
        const std::string bare = identity();
        saveFittedTemperature(model, 0.0123);
        QCOMPARE(identity(), bare);
        std::set<std::string> identities = {bare};
        for (const std::string text :
             {"{}", "{ }\n", "{\"name\": \"Mine\"}", "{\n  \"name\": \"Mine\"\n}\n",
              " {\"knows\":\"\\\"fitted_temperature\\\": 1, }\", \"more\": {\"fitted_temperature\": 2}}",
              "{\"knows\": \"fitted_temperature\"}"}) {
            std::ofstream(file) << text;
            const std::string own = identity();
            QVERIFY2(identities.insert(own).second, text.c_str());
            for (const double temperature : {0.0123, 1e-7, 20.0}) {
                saveFittedTemperature(model, temperature);
                QCOMPARE(readModelInfo(model).fittedTemperature, temperature);
                QCOMPARE(identity(), own);
                QCOMPARE(notesWithoutTemperature(readText(file)).value(), text);
            }
        }
        // As former versions wrote it: the whole file anew.
        QCOMPARE(
            notesWithoutTemperature("{\n  \"a\": [1],\n  \"fitted_temperature\": 0.5,\n  \"name\": \"M\"\n}\n").value(),
            std::string("{\n  \"a\": [1],\n  \"name\": \"M\"\n}\n"));
        QCOMPARE(notesWithoutTemperature("{\n  \"a\": [1],\n  \"fitted_temperature\": 0.5\n}\n").value(),
                 std::string("{\n  \"a\": [1]\n}\n"));
        fs::remove(file);
    }

    void theProgramsOwnModelsKeepNoTemperature() {
        const std::string before = readText(demoModelFolder() / "diagonal.json");
        const std::string error = errorOf([] { saveFittedTemperature(demoModelFolder(), 0.02); });
        QVERIFY2(error.find("Copy the model folder") != std::string::npos, error.c_str());
        QCOMPARE(readText(demoModelFolder() / "diagonal.json"), before);
    }
};

DIAGONAL_TEST(TestEvaluate);
#include "test_evaluate.moc"
