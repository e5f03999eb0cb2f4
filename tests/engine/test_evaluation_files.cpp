// SPDX-License-Identifier: Apache-2.0
#include <QDir>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QXmlStreamReader>
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include "engine/base/encoding.h"
#include "engine/base/file.h"
#include "engine/evaluation/evaluation_charts.h"
#include "engine/evaluation/evaluation_files.h"
#include "engine/evaluation/evaluation_folder.h"
#include "engine/evaluation/evaluation_report.h"
#include "engine/evaluation/svg_text.h"
#include "tests/registry.h"

using namespace diagonal;

namespace {

Answers answersOf(int classes, size_t count, unsigned seed) {
    std::mt19937 random(seed);
    Answers answers{.classes = classes, .truth = {}};
    for (size_t i = 0; i < count; ++i) {
        const auto truth = static_cast<int>(random() % static_cast<unsigned>(classes));
        const bool isConfused = random() % 3 == 0;
        answers.truth.push_back(truth);
        answers.predicted.push_back(random() % 50 == 0 ? -1
                                    : isConfused       ? (truth + 1 + static_cast<int>(random() % 4)) % classes
                                                       : truth);
    }
    answers.confidence.assign(count, 0.5F);
    answers.ownProbability.assign(count, 0.25F);
    answers.isInTop5.assign(count, 1);
    answers.ownSurprise.assign(count, 1);
    return answers;
}

/// counts[truth][predicted]
std::vector<std::vector<size_t>> denseCounts(const Answers& answers) {
    const auto classes = static_cast<size_t>(answers.classes);
    std::vector<std::vector<size_t>> counts(classes, std::vector<size_t>(classes));
    for (size_t i = 0; i < answers.size(); ++i)
        if (answers.predicted[i] >= 0)
            ++counts[static_cast<size_t>(answers.truth[i])][static_cast<size_t>(answers.predicted[i])];
    return counts;
}

/// confusionOrder as it is defined, class by class.
std::vector<int> plainOrder(const Answers& answers) {
    const auto classes = static_cast<size_t>(answers.classes);
    const auto counts = denseCounts(answers);
    const std::vector<ClassRow> rows = perClass(answers);
    const auto share = [&](size_t t, size_t p) {
        return rows[t].pictures == 0 ? 0.0 : static_cast<double>(counts[t][p]) / static_cast<double>(rows[t].pictures);
    };
    std::vector<int> order;
    std::vector<bool> isTaken(classes);
    std::vector<double> pull(classes);
    while (order.size() < classes) {
        size_t next = classes;
        for (size_t c = 0; c < classes; ++c)
            if (!isTaken[c] && (next == classes || pull[c] > pull[next])) next = c;
        isTaken[next] = true;
        order.push_back(static_cast<int>(next));
        for (size_t c = 0; c < classes; ++c)
            pull[c] = pull[c] / 2 + (share(next, c) + share(c, next));
    }
    return order;
}

TaskResult zeroShotOf(const Answers& answers, const std::string& prompts) {
    TaskResult result;
    result.prompts = prompts;
    result.items = answers.size();
    for (size_t i = 0; i < answers.size(); ++i)
        result.pictures.push_back(i);
    result.answers = answers;
    result.metrics.push_back({"acc1", figuresOf(answers).top1, {0.5, 0.75}, {0.5, 0.75}});
    return result;
}

ModelEvaluation modelCalled(const std::string& name, const std::string& given) {
    ModelEvaluation model;
    model.name = name;
    model.model = given;
    model.architecture = "ViT-B-32";
    model.results.push_back(zeroShotOf(answersOf(3, 30, 1), "a photo of a {}."));
    return model;
}

EvaluationReport reportWith(std::vector<ModelEvaluation> models) {
    EvaluationReport report;
    report.dataset = "sports";
    report.classes = {"a", "b", "c"};
    for (int i = 0; i < 30; ++i)
        report.pictures.push_back("picture " + std::to_string(i));
    report.draws = 2;
    report.models = std::move(models);
    return report;
}

bool isXml(const std::string& text) {
    QXmlStreamReader reader(QByteArray::fromStdString(text));
    while (!reader.atEnd())
        reader.readNext();
    return !reader.hasError();
}

}  // namespace

/// What an evaluation writes: names, numbers, charts, folders.
class TestEvaluationFiles : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    /// The sparse counts are those of the whole matrix.
    void confusionsAreThoseOfTheMatrix() {
        for (unsigned seed = 0; seed < 30; ++seed) {
            const Answers answers = answersOf(2 + static_cast<int>(seed) * 3, 20 + seed * 25, seed);
            auto counts = denseCounts(answers);
            for (const ClassConfusion& pair : confusions(answers)) {
                size_t& count = counts[static_cast<size_t>(pair.truth)][static_cast<size_t>(pair.predicted)];
                QCOMPARE(pair.count, count);
                QVERIFY(count > 0);
                count = 0;
            }
            for (const auto& row : counts)
                QCOMPARE(std::ranges::count(row, size_t{0}), std::ssize(row));
            QCOMPARE(confusionOrder(answers), plainOrder(answers));
        }
    }

    /// The matrix of so many classes would take 160 GB.
    void classesMayBeMany() {
        const Answers answers = answersOf(200000, 300000, 7);
        QElapsedTimer timer;
        timer.start();
        const std::vector<int> order = confusionOrder(answers);
        QCOMPARE(std::set<int>(order.begin(), order.end()).size(), size_t{200000});
        QCOMPARE(mostConfused(answers, 5).size(), size_t{5});
        ModelEvaluation model = modelCalled("clip", "clip");
        model.results = {zeroShotOf(answers, "a photo of a {}.")};
        EvaluationReport report = reportWith({model});
        report.classes.assign(200000, "class");
        QVERIFY(isXml(confusionSvg(answers, report.classes, 60)));
        QVERIFY(evaluationHtml(report).size() < 1000000);
        QCOMPARE(benchmarkDocuments(report).front().json["diagonal"]["per_class"].size(), size_t{200000});
        QVERIFY2(timer.elapsed() < 20000, qPrintable(QString::number(timer.elapsed())));
    }

    void modelsOfOneNameAreToldApart() {
        const auto report =
            reportWith({modelCalled("clip", "runs/a"), modelCalled("clip", "runs/b/"), modelCalled("other", "runs/c"),
                        modelCalled("best", "one/model"), modelCalled("best", "two/model"),
                        modelCalled("same", "/a/b/model"), modelCalled("same", "/c/b/model/")});
        const char* const names[] = {"clip (a)",         "clip (b)",         "other",           "best (one/model)",
                                     "best (two/model)", "same (a/b/model)", "same (c/b/model)"};
        const auto documents = benchmarkDocuments(report);
        const std::string csv = evaluationCsv(report), answers = answersCsv(report), svg = resultsSvg(report),
                          html = evaluationHtml(report);
        for (size_t m = 0; m < report.models.size(); ++m) {
            QCOMPARE(report.modelName(m), std::string(names[m]));
            QCOMPARE(documents[m].json["pretrained"].get<std::string>(), std::string(names[m]));
            QCOMPARE(documents[m].json["diagonal"]["given_model"].get<std::string>(), report.models[m].model);
            for (const std::string& text : {csv, answers})
                QVERIFY(text.find("\n" + std::string(names[m]) + ",") != std::string::npos);
            for (const std::string& text : {svg, html})
                QVERIFY(text.find(names[m]) != std::string::npos);
        }
    }

    /// CLIP_benchmark's `dataset` is the data set and nothing else.
    void variantsAreOurs() {
        ModelEvaluation model = modelCalled("clip", "clip");
        for (const char* variant : {"gaussian_noise_3", "gaussian_blur_3"}) {
            model.results.push_back(model.results.front());
            model.results.back().task = EvaluationTask::Robustness;
            model.results.back().variant = variant;
        }
        const auto documents = benchmarkDocuments(reportWith({model}));
        QCOMPARE(documents.size(), size_t{3});
        for (const auto& document : documents)
            QCOMPARE(document.json["dataset"].get<std::string>(), std::string("sports"));
        QCOMPARE(documents[1].json["diagonal"]["variant"].get<std::string>(), std::string("gaussian_noise_3"));
        QVERIFY(documents[1].file != documents[0].file && documents[1].file != documents[2].file);
        QVERIFY(documents[1].file.find("gaussian-noise-3") != std::string::npos);
    }

    /// A file system takes 255 bytes; files are written under a longer name first.
    void namesOfFilesAreShort() {
        std::string chinese;
        for (int i = 0; i < 100; ++i)
            chinese += "词";
        ModelEvaluation model = modelCalled(chinese, "model");
        model.results.push_back(model.results.front());
        model.results[0].prompts = chinese + " one";
        model.results[1].prompts = chinese + " two";
        EvaluationReport report = reportWith({model});
        report.dataset = std::string(300, 'd');
        report.language = std::string(300, 'l');
        std::set<std::string> names;
        QTemporaryDir folder;
        for (const auto& document : benchmarkDocuments(report)) {
            QVERIFY(isUtf8(document.file));
            names.insert(document.file);
        }
        QCOMPARE(names.size(), size_t{2});
        const auto written = writeEvaluationFolder(report, {report}, folder.path().toStdString(),
                                                   [](const std::string&) { return std::string("png"); });
        QVERIFY2(written.failures.empty(), written.failures.empty() ? "" : written.failures.front().what());
        QCOMPARE(written.documents, size_t{2});
    }

    void oneFileThatFailsKeepsNoOtherBack() {
        QTemporaryDir folder;
        QVERIFY(QDir(folder.path()).mkpath("results.csv/in"));
        const auto report = reportWith({modelCalled("clip", "clip")});
        const auto written = writeEvaluationFolder(report, {report}, folder.path().toStdString(),
                                                   [](const std::string&) { return std::string("png"); });
        QCOMPARE(written.failures.size(), size_t{1});
        QVERIFY(std::string(written.failures.front().what()).find("results.csv") != std::string::npos);
        QCOMPARE(written.files, (std::vector<std::string>{"report.html", "results.svg", "results.png"}));
        QCOMPARE(written.documents, size_t{1});
    }

    /// Where all is right there is still an axis.
    void fewShotOfAHundredPerCentIsDrawn() {
        ModelEvaluation model = modelCalled("clip", "clip");
        TaskResult few;
        few.task = EvaluationTask::FewShot;
        few.fewShot = FewShotCurve{.points = {{.shots = 1, .mean = 1}, {.shots = 2, .mean = 1}}, .zeroShot = 1};
        few.metrics.push_back({"fewshot_1_acc1", 1});
        few.metrics.push_back({"fewshot_2_acc1", 1});
        model.results = {few};
        const std::string svg = fewShotSvg(reportWith({model}));
        QVERIFY(isXml(svg));
        QVERIFY(svg.find("cy=\"0\"") == std::string::npos);
        QVERIFY2(svg.find("cx=\"56\" cy=\"48\"") != std::string::npos, svg.c_str());  // above "1", at the top
        QVERIFY(svg.find(">90%<") != std::string::npos && svg.find(">100%<") != std::string::npos);
    }

    /// Names of files are bytes; what is written is text.
    void bytesThatAreNoTextAreReplaced() {
        QCOMPARE(xmlText("a\xFF<"), std::string("a\xEF\xBF\xBD&lt;"));
        QCOMPARE(xmlText("\xE8\xAF\x8D\x01\xE8\xAF"), std::string("\xE8\xAF\x8D\xEF\xBF\xBD\xEF\xBF\xBD"));
        ModelEvaluation model = modelCalled("", "models/caf\xE9");
        const auto report = reportWith({model});
        QCOMPARE(report.modelName(0), std::string("models/caf\\xe9"));
        QVERIFY(isUtf8(evaluationCsv(report)) && isUtf8(evaluationHtml(report)) && isXml(resultsSvg(report)));
        QVERIFY(isUtf8(benchmarkDocuments(report).front().json.dump()));
    }

    /// Long names keep both ends, by how wide they are.
    void longNamesKeepBothEnds() {
        const std::string path = "/home/somebody/models/experiments/2024-11-30-a-long-run/checkpoints/step-";
        const auto report = reportWith({modelCalled(path + "100", "a"), modelCalled(path + "200", "b")});
        const std::string svg = resultsSvg(report);
        QVERIFY(svg.find("step-100<") != std::string::npos && svg.find("step-200<") != std::string::npos);
        QVERIFY(svg.find(">/home/") != std::string::npos && svg.find(path) == std::string::npos);
    }

    /// A probability is never a whole one.
    void probabilitiesAreNeverCertain() {
        ModelEvaluation model = modelCalled("clip", "clip");
        model.results.front().suspected = {
            {.picture = 1, .label = 0, .answer = 1, .zeroShot = 0.99999, .probe = 0.912}};
        const std::string html = evaluationHtml(reportWith({model}));
        QVERIFY(html.find(">&gt; 99.9%<") != std::string::npos && html.find(">91.2%<") != std::string::npos);
    }

    /// Without resamples there are no intervals, and none is spoken of.
    void figuresMayHaveNoIntervals() {
        ModelEvaluation model = modelCalled("clip", "clip");
        model.results.front().metrics = {{"acc1", 0.5, {std::nan(""), std::nan("")}}, {"acc5", std::nan("")}};
        EvaluationReport report = reportWith({model});
        report.draws = 0;
        const std::string html = evaluationHtml(report), csv = evaluationCsv(report);
        QVERIFY(html.find("0 resamples") == std::string::npos && html.find("– to –") == std::string::npos);
        QVERIFY(resultsSvg(report).find("0 draws") == std::string::npos);
        QVERIFY(csv.find("nan") == std::string::npos && csv.find("inf") == std::string::npos);
        QVERIFY(benchmarkDocuments(report).front().json["metrics"]["acc5"].is_null());
    }
};

DIAGONAL_TEST(TestEvaluationFiles);
#include "test_evaluation_files.moc"
