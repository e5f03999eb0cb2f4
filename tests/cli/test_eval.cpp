// SPDX-License-Identifier: Apache-2.0
#include <QDir>
#include <cmath>
#include <map>
#include <set>

#include "tests/cli/program.h"
#include "tests/registry.h"

/// eval: models on a person's own data.
class TestEval : public QObject {
    Q_OBJECT

  private:
    static constexpr const char* kColours[] = {"red", "green", "blue"};

    QString at(const QString& name) const { return m_folder.filePath(name); }
    QStringList eval(const QStringList& more) const {
        return QStringList{"eval"} + more + QStringList{"--threads", "1", "--device", "cpu", "--draws", "100"};
    }
    /// A plain picture of a colour.
    void writePicture(const QString& file, int colour, int i) const {
        QByteArray bytes = "P6\n32 32\n255\n";
        for (int pixel = 0; pixel < 32 * 32; ++pixel)
            for (int channel = 0; channel < 3; ++channel)
                bytes += static_cast<char>(channel == colour ? 200 + i : (pixel * (i + 1)) % 40);
        writeBytes(file, bytes);
    }
    /// Class folders of so many pictures each.
    QString folders(const QString& name, int count, int classes = 3) const {
        for (int c = 0; c < classes; ++c) {
            const QString folder = at(name) + '/' + kColours[c];
            QDir().mkpath(folder);
            for (int i = 0; i < count; ++i)
                writePicture(QStringLiteral("%1/%2.ppm").arg(folder).arg(i), c, i);
        }
        return at(name);
    }
    /// The results of a run, by task and what it was tried with.
    static std::map<std::string, nlohmann::json> byTask(const Finished& run) {
        std::map<std::string, nlohmann::json> results;
        const auto json = run.json();
        for (const auto& one : json.is_array() ? json : nlohmann::json::array({json}))
            results[one["task"].get<std::string>() + " " + one["diagonal"]["prompts"].get<std::string>()] = one;
        return results;
    }

    QTemporaryDir m_folder;

  private Q_SLOTS:
    /// Scenes have labels and captions: both are evaluated.
    void labelsAndCaptionsAreEvaluated() {
        const Finished run = runCli(eval({"--data", "scenes:count=60,seed=9,split=test", "--format", "json"}));
        EXIT_CODE(run, 0);
        auto results = byTask(run);
        QCOMPARE(results.size(), size_t{2});
        const auto retrieval = results["zeroshot_retrieval "];
        for (const char* key : {"image_retrieval_recall@1", "image_retrieval_recall@5", "text_retrieval_recall@10"})
            QVERIFY(retrieval["metrics"][key].get<double>() > 0.2);
        const auto& zeroShot = results.begin()->second;
        QVERIFY(zeroShot["metrics"]["acc1"].get<double>() > 0.5);  // what the demo model was made for
        const auto ci = zeroShot["diagonal"]["ci95"]["acc1"];
        QVERIFY(ci[0].get<double>() <= zeroShot["metrics"]["acc1"].get<double>());
        QCOMPARE(zeroShot["language"].get<std::string>(), std::string("en"));
        QCOMPARE(zeroShot["diagonal"]["n"].get<int>(), 60);
    }

    /// Accuracy is that of `label` on the same pictures.
    void zeroShotIsWhatLabelSays() {
        const QString data = folders("plain", 6);
        const Finished run = runCli(eval({"--data", data, "--template", "a {} circle", "--format", "json"}));
        EXIT_CODE(run, 0);
        int right = 0;
        for (int c = 0; c < 3; ++c) {
            QStringList label = {"label",      data + '/' + kColours[c],
                                 "--template", "a {} circle",
                                 "--top",      "1",
                                 "--format",   "json",
                                 "--threads",  "1",
                                 "--device",   "cpu"};
            for (const char* colour : {"blue", "green", "red"})
                label << "--label" << colour;
            const auto labelled = runCli(label).json();
            for (const auto& one : labelled["results"])
                right += one["scores"][0]["label"].get<std::string>() == kColours[c] ? 1 : 0;
        }
        QVERIFY(std::abs(run.json()["metrics"]["acc1"].get<double>() - right / 18.0) < 1e-9);
        QVERIFY(run.json()["metrics"]["acc5"].is_null());
    }

    void everyTaskWritesItsFile() {
        const QString out = at("results/");
        const Finished run = runCli(eval({"--data",      folders("many", 20),
                                          "--task",      "zero-shot,linear-probe,few-shot",
                                          "--task",      "knn",
                                          "--task",      "robustness,templates",
                                          "--template",  "a {} circle",
                                          "--templates", "scenes",
                                          "--shots",     "1,2",
                                          "--seeds",     "2",
                                          "--out",       out,
                                          "--answers",   at("answers.csv"),
                                          "--suspects",  at("suspects.csv")}));
        EXIT_CODE(run, 0);
        const QStringList files = QDir(out).entryList(QDir::Files);
        QVERIFY(files.contains("report.html") && files.contains("results.csv") && files.contains("results.svg"));
        int documents = 0;
        for (const QString& file : files)
            if (file.endsWith(".json")) {
                const auto json = nlohmann::json::parse(bytesOf(out + file).toStdString());
                for (const char* key : {"dataset", "model", "pretrained", "task", "metrics", "language"})
                    QVERIFY2(json.contains(key), key);
                ++documents;
            }
        // Two prompt sets, the probe, two shots, neighbours, four corruptions, templates of the set with several.
        QVERIFY2(documents >= 10, qPrintable(files.join(' ')));
        QVERIFY(bytesOf(at("answers.csv")).startsWith("model,prompts,task,variant,image,label,answer,"));
        QVERIFY(bytesOf(at("suspects.csv")).startsWith("model,image,label,answer,zero_shot,probe\r\n"));
        QVERIFY(bytesOf(out + "report.html").contains("Few-shot"));
        QVERIFY2(run.says("Results in ") && run.says("report.html") && run.says("in CLIP_benchmark's fields"),
                 run.err.c_str());
        // Charts are pixels too, unless there is nothing to draw them with, which is said.
        QCOMPARE(files.contains("results.png") && files.contains("few-shot.png"), !run.says("librsvg"));
        if (files.contains("results.png")) QVERIFY(bytesOf(out + "results.png").startsWith("\x89PNG\r\n"));
    }

    void aChartIsAPicture() {
        const QString data = folders("drawn", 4);
        const Finished run = runCli(eval({"--data", data, "--out", at("chart.png")}));
        if (run.code == 1 && run.says("librsvg")) QSKIP("there is no librsvg");
        EXIT_CODE(run, 0);
        QVERIFY2(run.says("chart.png"), run.err.c_str());
        const QByteArray bytes = bytesOf(at("chart.png"));
        QVERIFY(bytes.startsWith("\x89PNG\r\n"));
        const auto number = [&](int at) {
            return (static_cast<uint8_t>(bytes[at]) << 8) + static_cast<uint8_t>(bytes[at + 1]);
        };
        QVERIFY(number(18) > 800 && number(22) > 200);  // width and height
    }

    /// Chance is said where classes are guessed, and there alone.
    void chanceIsOfClasses() {
        const Finished classes = runCli(eval({"--data", folders("chance", 4)}));
        QVERIFY(classes.prints("Chance: 33.3 % of 3 classes."));
        const Finished captions = runCli(eval({"--data", "scenes:count=40,seed=5", "--task", "retrieval,word-order"}));
        EXIT_CODE(captions, 0);
        QVERIFY2(!captions.prints("Chance"), captions.out.c_str());
    }

    /// One picture a class to choose C on would choose nothing: the probe takes a usual one and says so.
    void fewPicturesChooseNoC() {
        const Finished run = runCli(eval({"--data", folders("few", 5), "--task", "linear-probe", "--format", "json"}));
        EXIT_CODE(run, 0);
        QVERIFY2(run.says("Too few classes have pictures to choose C on"), run.err.c_str());
        QCOMPARE(run.json()["diagonal"]["c"].get<double>(), 32.0);
    }

    void captionsOfATableMayBeLabels() {
        const QString data = folders("table", 5);
        QByteArray text = "image,caption\n";
        for (int c = 0; c < 3; ++c)
            for (int i = 0; i < 5; ++i)
                text += QStringLiteral("table/%1/%2.ppm,%1\n").arg(kColours[c]).arg(i).toUtf8();
        writeBytes(at("table.csv"), text);
        const Finished run = runCli(eval({"--data", at("table.csv"), "--format", "json"}));
        EXIT_CODE(run, 0);
        QVERIFY2(run.says("3 different captions are taken for the labels"), run.err.c_str());
        QCOMPARE(run.json()["task"].get<std::string>(), std::string("zeroshot_classification"));
        QCOMPARE(run.json()["diagonal"]["random_score"].get<double>(), 1.0 / 3);
        // Those of class folders are sentences about the labels.
        const Finished both =
            runCli(eval({"--data", data, "--captions-are-labels", "--task", "zero-shot", "--format", "json"}));
        EXIT_CODE(both, 0);
        QCOMPARE(both.json()["diagonal"]["per_class"][0]["class"].get<std::string>(), std::string("blue"));
    }

    void aModelThatFailsDoesNotStopTheOthers() {
        const QString data = folders("two", 4);
        const Finished run =
            runCli(eval({"--model", at("nowhere"), "--model", "demo", "--data", data, "--format", "csv"}));
        EXIT_CODE(run, 3);
        QVERIFY2(run.says("there is no such model"), run.err.c_str());
        QVERIFY(run.prints("demo,") && run.prints("there is no such model"));
        EXIT_CODE(runCli(eval({"--model", at("nowhere"), "--data", data})), 1);
    }

    void wordOrderIsTriedOnCaptions() {
        const Finished run =
            runCli(eval({"--data", "scenes:count=80,seed=5", "--task", "word-order", "--format", "json"}));
        EXIT_CODE(run, 0);
        QCOMPARE(run.json()["task"].get<std::string>(), std::string("image_caption_selection"));
        QVERIFY(run.json()["metrics"]["acc"].get<double>() > 0.5);
    }

    void picturesThatCannotBeReadAreTold() {
        const QString data = folders("broken", 4);
        writeBytes(data + "/red/9.ppm", "no picture");
        const Finished run = runCli(eval({"--data", data, "--format", "json"}));
        EXIT_CODE(run, 3);
        QVERIFY2(run.says("9.ppm"), run.err.c_str());
        QCOMPARE(run.json()["diagonal"]["n"].get<int>(), 12);
    }

    void theTemperatureIsKeptAndUsed() {
        const QString model = at("model");
        const Finished copied = runCli({"convert", "demo", "--to", "open_clip", "--out", model});
        EXIT_CODE(copied, 0);
        const QString data = folders("warm", 8);
        for (const char* wrong : {"/red/90.ppm", "/red/91.ppm", "/red/92.ppm", "/blue/90.ppm", "/blue/91.ppm",
                                  "/blue/92.ppm"})  // from right answers alone no temperature follows
            writePicture(data + wrong, 1, 0);
        EXIT_CODE(runCli({"label", data, "--label", "red", "--label", "blue", "--model", model, "--calibrated"}), 1);
        // Kept only where it is better than the model's own.
        const Finished run = runCli(eval({"--model", model, "--data", data, "--save-temperature"}));
        EXIT_CODE(run, 0);
        const auto inspected = [&] { return runCli({"inspect", model, "--format", "json"}).json(); };
        const bool isKept = run.says("diagonal.json");
        QVERIFY2(isKept || run.says("not kept"), run.err.c_str());
        QCOMPARE(inspected().contains("fitted_temperature") && inspected()["fitted_temperature"].is_number(), isKept);
        const double kept = 0.05;
        QFile notes(model + "/diagonal.json");
        QVERIFY(notes.open(QIODevice::ReadOnly));
        auto content = nlohmann::json::parse(notes.readAll().toStdString());
        notes.close();
        content["fitted_temperature"] = kept;
        QVERIFY(notes.open(QIODevice::WriteOnly | QIODevice::Truncate));
        notes.write(content.dump().c_str());
        notes.close();
        QCOMPARE(inspected()["fitted_temperature"].get<double>(), kept);
        const Finished labelled = runCli({"label", data, "--label", "red", "--label", "blue", "--model", model,
                                          "--calibrated", "--format", "json", "--device", "cpu"});
        EXIT_CODE(labelled, 0);
        QCOMPARE(labelled.json()["temperature"].get<double>(), kept);
    }

    /// Where a temperature cannot be kept, nothing of what was found is lost.
    void aTemperatureThatCannotBeKeptIsTold() {
        const QString model = at("kept nowhere"), data = folders("loud", 30);
        EXIT_CODE(runCli({"convert", "demo", "--to", "open_clip", "--out", model}), 0);
        for (int c = 0; c < 3; ++c)  // a third is wrong, and the model is sure of all
            for (int i = 0; i < 15; ++i)
                writePicture(QStringLiteral("%1/%2/wrong %3.ppm").arg(data, kColours[c]).arg(i), (c + 1) % 3, i);
        const Finished run = runOnFullDisk(0, eval({"--model", model, "--data", data, "--save-temperature"}));
        EXIT_CODE(run, 3);
        QVERIFY2(run.says("is not kept") && run.says("diagonal.json: cannot be written"), run.err.c_str());
        QVERIFY2(run.prints("ZERO-SHOT") && run.prints("temperature"), run.out.c_str());
    }

    /// What cannot be written is found before a model is opened.
    void targetsAreCheckedFirst() {
        const QString data = folders("targets", 4), nowhere = at("no/such/folder/");
        writeBytes(at("file"), "text");
        QDir().mkpath(at("folder.csv"));
        const auto refused = [&](const QStringList& targets, const char* subject) {
            const Finished run = runCli(eval({"--model", at("none"), "--data", data}) + targets);
            QVERIFY2(run.code == 1 || run.code == 2, run.err.c_str());
            QVERIFY2(run.says(subject) && !run.says("no such model"), run.err.c_str());
        };
        refused({"--out", nowhere + "results.json"}, "results.json");
        refused({"--out", at("file/")}, "file");
        refused({"--out", at(QString(300, 'n')) + "/"}, "nnn");
        refused({"--out", at("folder.csv/"), "--answers", nowhere + "answers.csv"}, "answers.csv");
        refused({"--answers", at("folder.csv")}, "--answers");
        refused({"--task", "linear-probe", "--suspects", nowhere + "suspects.csv"}, "suspects.csv");
        refused({"--out", at("same.csv"), "--answers", at("./same.csv")}, "--answers");
        // Where all is well nothing is left of the look.
        EXIT_CODE(runCli(eval({"--data", at("none"), "--out", at("fine.json")})), 1);
        QVERIFY(!QFile::exists(at("fine.json")));
        QVERIFY(QDir(m_folder.path()).entryList({"fine*"}).isEmpty());
    }

    /// A disk that is full at the end takes nothing of what was found.
    void resultsThatCannotBeWrittenArePrinted() {
        const QString data = folders("full", 4);
        const auto onFullDisk = [&](const QStringList& more) {
            return runOnFullDisk(0, eval({"--data", data, "--format", "json"}) + more);
        };
        const Finished file = onFullDisk({"--out", at("full.json")});
        EXIT_CODE(file, 1);
        QVERIFY2(file.says("full.json: cannot be written"), file.err.c_str());
        QCOMPARE(file.json()["diagonal"]["n"].get<int>(), 12);
        const Finished folder = onFullDisk({"--out", at("full/"), "--answers", at("full.csv")});
        EXIT_CODE(folder, 1);
        for (const char* name : {"report.html", "results.csv", "results.svg", ".json", "full.csv"})
            QVERIFY2(folder.says(name), folder.err.c_str());
        QCOMPARE(folder.json()["diagonal"]["n"].get<int>(), 12);
    }

    void whatIsGivenTwiceIsTriedOnce() {
        const QString data = folders("twice", 6);
        writeBytes(at("same.txt"), "a {} circle\n");
        const Finished run = runCli(eval({"--model", "demo", "--model", "demo", "--data", data, "--template",
                                          "a {} circle", "--templates", at("same.txt"), "--task", "zero-shot,few-shot",
                                          "--shots", "2,1,2", "--seeds", "2", "--format", "json"}));
        EXIT_CODE(run, 0);
        QVERIFY2(run.says("is evaluated once") && run.says("is tried once"), run.err.c_str());
        const auto documents = run.json();
        QCOMPARE(documents.size(), size_t{3});
        QCOMPARE(documents[1]["metrics"]["fewshot_k"].get<int>(), 1);
        QCOMPARE(documents[2]["metrics"]["fewshot_k"].get<int>(), 2);
    }

    void modelsOfOneNameAreToldApart() {
        const QString data = folders("names", 4), first = at("first/model"), second = at("second/model");
        for (const QString& model : {first, second}) {
            QDir().mkpath(QFileInfo(model).path());
            EXIT_CODE(runCli({"convert", "demo", "--to", "open_clip", "--out", model}), 0);
        }
        const QStringList models = {"--model", first, "--model", second, "--data", data};
        const Finished json = runCli(eval(models) + QStringList{"--format", "json"});
        EXIT_CODE(json, 0);
        std::set<std::string> names;
        for (const auto& one : json.json())
            names.insert(one["pretrained"].get<std::string>());
        QCOMPARE(names.size(), size_t{2});
        const Finished table = runCli(eval(models)), csv = runCli(eval(models) + QStringList{"--format", "csv"});
        for (const std::string& name : names) {
            QVERIFY2(csv.prints("\n" + name + ","), csv.out.c_str());
            QVERIFY2(table.prints("\n" + name + "  "), table.out.c_str());
        }
        QVERIFY2(names.contains("Demo model (first/model)") && names.contains("Demo model (second/model)"),
                 names.begin()->c_str());
    }

    /// The columns of all tables stand below each other; tasks that take no prompts say so.
    void tablesAreAligned() {
        const QString data = folders("aligned", 10),
                      model = at("A name that is longer than most names of models 词词词词");
        EXIT_CODE(runCli({"convert", "demo", "--to", "open_clip", "--out", model}), 0);
        const Finished run =
            runCli(eval({"--model", "demo", "--model", model, "--data", data, "--template", "a {} circle",
                         "--templates", "scenes", "--task", "zero-shot,linear-probe,knn"}));
        EXIT_CODE(run, 0);
        const QStringList lines = QString::fromStdString(run.out).split('\n');
        std::set<qsizetype> places;
        int heads = 0, without = 0;
        for (qsizetype i = 0; i < lines.size(); ++i) {
            const qsizetype place = lines[i].indexOf("PROMPTS");
            if (place < 0) continue;
            ++heads;
            places.insert(place);
            for (qsizetype row = i + 1; row < lines.size() && !lines[row].isEmpty(); ++row)
                if (lines[row].startsWith("demo")) without += lines[row][place] == QChar(u'–') ? 1 : 0;
        }
        QVERIFY2(heads == 4 && places.size() == 1, run.out.c_str());
        QVERIFY2(without == 2, run.out.c_str());
    }

    /// What is asked for must be able to come of the tasks.
    void optionsThatWouldDoNothingAreRefused() {
        const QString data = folders("idle", 4);
        EXIT_CODE(runCli(eval({"--data", data, "--suspects", at("idle.csv")})), 2);
        EXIT_CODE(runCli(eval({"--data", data, "--task", "knn", "--save-temperature"})), 2);
        EXIT_CODE(runCli(eval({"--data", "scenes:count=20,seed=1", "--task", "retrieval", "--answers", at("a.csv")})),
                  2);
    }

    void whatDoesNotFitIsRefused() {
        const QString data = folders("odd", 4);
        EXIT_CODE(runCli(eval({})), 2);
        EXIT_CODE(runCli(eval({"--data", data, "--task", "zeroshot"})), 2);
        EXIT_CODE(runCli(eval({"--data", data, "--out", at("results.pdf")})), 2);
        EXIT_CODE(runCli(eval({"--data", data, "--template", "a circle"})), 2);
        EXIT_CODE(runCli(eval({"--data", at("nothing")})), 1);
        const Finished captions = runCli(eval({"--data", data, "--task", "retrieval"}));
        EXIT_CODE(captions, 1);
        QVERIFY2(captions.says("no captions"), captions.err.c_str());
        writeBytes(at("names.txt"), "pink\trose\n");
        const Finished names = runCli(eval({"--data", data, "--class-names", at("names.txt")}));
        EXIT_CODE(names, 1);
        QVERIFY2(names.says("pink"), names.err.c_str());
    }
};

DIAGONAL_TEST(TestEval);
#include "test_eval.moc"
