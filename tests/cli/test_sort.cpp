// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <QDir>
#include <QDirIterator>
#include <filesystem>
#include <set>

#include "tests/cli/program.h"
#include "tests/registry.h"

class TestSort : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        EXIT_CODE(runCli({"dataset", "make", "scenes", m_scenes.filePath("scenes"), "--count", "30", "--quiet"}), 0);
        writeBytes(m_scenes.filePath("scenes/images/broken.png"), "no picture");
        for (const char* format : {"jsonl", "json", "csv"})
            EXIT_CODE(
                runCli({"label", m_scenes.filePath("scenes/images"), "--label", "red circle", "--label", "blue square",
                        "--format", format, "--out", m_scenes.filePath(QString("labels.") + format)}),
                3);
    }

    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        for (const char* name : {"a.jpg", "b.jpg", "c.jpg", "d.jpg"})
            writeBytes(at(name), QByteArray("picture ") + name);
    }

    void whatLabelWroteIsSorted_data() {
        QTest::addColumn<QString>("format");
        for (const char* format : {"jsonl", "json", "csv"})
            QTest::newRow(format) << format;
    }

    void whatLabelWroteIsSorted() {
        QFETCH(QString, format);
        const QString from = m_scenes.filePath("labels." + format);
        const Finished plan = sort(from, {"--dry-run", "--format", "json"});
        EXIT_CODE(plan, 0);
        QVERIFY2(!QFileInfo::exists(at("out")), "a dry run touches nothing");
        QCOMPARE(plan.json().at("files").size(), size_t{30});
        QVERIFY(plan.json().at("dry_run").get<bool>());
        const Finished done = sort(from, {"--format", "json"});
        EXIT_CODE(done, 0);
        QVERIFY2(done.says("30 pictures copied") && done.says("1 picture with an error"), done.err.c_str());
        QCOMPARE(done.json().at("files"), plan.json().at("files"));
        const auto json = done.json();
        for (const auto& file : json.at("files"))
            QVERIFY(QFileInfo::exists(QString::fromStdString(file.at("target").get<std::string>())));
        const Finished again = sort(from, {"--format", "csv"});
        EXIT_CODE(again, 0);
        QVERIFY2(again.prints(",is there already,\r\n") && again.says("0 pictures"), again.out.c_str());
        const Finished undo = runCli({"sort", "--undo", at("out")});
        EXIT_CODE(undo, 0);
        QVERIFY(undo.says("30 pictures removed again"));
        QVERIFY(!QFileInfo::exists(at("out")));
        EXIT_CODE(runCli({"sort", "--undo", at("out")}), 1);
        const Finished sure = sort(from, {"--only-sure", "--format", "json", "--dry-run"});
        EXIT_CODE(sure, 0);
        QVERIFY(sure.json().at("files").size() < 30);
        const Finished apart = sort(from, {"--unsure", "so so", "--format", "json", "--dry-run"});
        EXIT_CODE(apart, 0);
        QCOMPARE(apart.json().at("files").size(), size_t{30});
        QVERIFY(apart.prints("so so"));
    }

    void doubledAndMarkedNamesAreSortedOnce() {
        for (const char* name : {"=x.jpg", "'=x.jpg"})
            QVERIFY(QFile::copy(m_scenes.filePath("scenes/images/scene-000001.png"), at(name)));
        writeBytes(at("list.txt"), "=x.jpg\n'=x.jpg\n=x.jpg\n");
        EXIT_CODE(runCli({"label", at("list.txt"), "--label", "red circle", "--label", "blue square", "--format", "csv",
                          "--out", at("labels.csv")}),
                  0);
        const Finished plan = sort(at("labels.csv"), {"--dry-run", "--format", "json"});
        EXIT_CODE(plan, 3);
        QVERIFY2(plan.says("stands here more than once"), plan.err.c_str());
        std::set<std::string> sources;
        const auto json = plan.json();
        for (const auto& file : json.at("files"))
            sources.insert(std::filesystem::path(file.at("image").get<std::string>()).filename());
        QVERIFY2((sources == std::set<std::string>{"=x.jpg", "'=x.jpg"}), plan.out.c_str());
    }

    void labelsBecomeFolders() {
        const Finished done = sort(lines({result("a.jpg", "cat | kitten"), result("b.jpg", "Cat"),
                                          result("c.jpg", "../up"), result("d.jpg", "dog", false)}),
                                   {"--move", "--unsure", "Unsure"});
        EXIT_CODE(done, 0);
        QVERIFY2(done.prints("FOLDER"), done.out.c_str());
        QCOMPARE(files(), QStringList({"Unsure/d.jpg", "_up/c.jpg", "cat/a.jpg", "cat/b.jpg"}));
        QVERIFY(!QFile::exists(at("a.jpg")));
        EXIT_CODE(runCli({"sort", "--undo", at("out"), "--quiet"}), 0);
        QVERIFY(QFile::exists(at("a.jpg")) && QFile::exists(at("d.jpg")));
    }

    void anAssignedLabelGoesFirst() {
        auto none = result("a.jpg", "cat"), other = result("b.jpg", "cat");
        none["label"] = nullptr;
        other["label"] = "dog";
        const QString from = lines({none, other});
        EXIT_CODE(sort(from), 0);
        QCOMPARE(files(), QStringList({"dog/b.jpg"}));
        EXIT_CODE(sort(from, {"--others", "rest"}), 0);
        QCOMPARE(files(), QStringList({"dog/b.jpg", "rest/a.jpg"}));
    }

    void badLinesAreNamed() {
        const QString from = lines({result("a.jpg", "cat")}, "{\"image\": 5}\nno json\n\n[]\n");
        const Finished done = sort(from);
        EXIT_CODE(done, 3);
        for (const char* place : {"labels.jsonl, line 2: ", "labels.jsonl, line 3: ", "labels.jsonl, line 5: "})
            QVERIFY2(done.says(place), done.err.c_str());
        QCOMPARE(files(), QStringList({"cat/a.jpg"}));
    }

    void foreignFilesAreRefused_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("says");
        QTest::newRow("no lines") << "x.jsonl" << QByteArray() << "the file is empty";
        QTest::newRow("text") << "x.jsonl" << QByteArray("hello\nworld\n") << "x.jsonl: holds no labels";
        QTest::newRow("bytes") << "x.jsonl" << QByteArray(1000, '\0') << "x.jsonl: holds no labels";
        QTest::newRow("cut json") << "x.json" << QByteArray("{\n\"results\": [\n") << "x.json";
        QTest::newRow("other json") << "x.json" << QByteArray("{\"a\": 1}") << "names no image";
        QTest::newRow("other csv") << "x.csv" << QByteArray("a,b\n1,2\n") << "x.csv: holds no labels";
        QTest::newRow("no numbers") << "x.csv"
                                    << QByteArray("image,rank,label,probability,cosine,error\na.jpg,one,cat,x,,\n")
                                    << "line 2";
        QTest::newRow("other ending") << "x.txt" << QByteArray("{}") << "names no image";
        QTest::newRow("deep") << "x.json" << QByteArray(200000, '[') << "x.json";
    }

    void foreignFilesAreRefused() {
        QFETCH(QString, name);
        QFETCH(QByteArray, content);
        QFETCH(QString, says);
        writeBytes(at(name), content);
        const Finished done = sort(at(name));
        EXIT_CODE(done, 1);
        QVERIFY2(done.says(says.toStdString()), done.err.c_str());
    }

    void oneLabelAPictureDoesNotTellWhoIsSure() {
        writeBytes(at("x.csv"),
                   "image,rank,label,probability,cosine,error\n" + at("a.jpg").toUtf8() + ",1,'=cat,0.9,0.3,\n");
        EXIT_CODE(sort(at("x.csv"), {"--only-sure"}), 1);
        EXIT_CODE(sort(at("x.csv")), 0);
        QCOMPARE(files(), QStringList({"=cat/a.jpg"}));
    }

    void theVerdictOfCsvCounts() {
        writeBytes(at("x.csv"), "image,rank,label,probability,cosine,error,verdict\n" + at("a.jpg").toUtf8() +
                                    ",1,cat,0.9,0.3,,none\n" + at("b.jpg").toUtf8() + ",1,dog,0.5,0.3,,unsure\n");
        const Finished done = sort(at("x.csv"), {"--unsure", "Unsure"});
        EXIT_CODE(done, 0);
        QCOMPARE(files(), QStringList({"Unsure/b.jpg"}));
        QVERIFY(done.says("1 picture without an assigned label"));
    }

    void missingPicturesAreListed() {
        const QString from = lines({result("a.jpg", "cat"), result("gone.jpg", "cat")});
        const Finished plan = sort(from, {"--dry-run"});
        EXIT_CODE(plan, 3);
        QVERIFY2(plan.prints("cat/a.jpg") && plan.prints("(the file is missing)"), plan.out.c_str());
        const Finished done = sort(from, {"--format", "csv"});
        EXIT_CODE(done, 3);
        QVERIFY2(done.prints(",the file is missing\r\n") && done.says("gone.jpg: the file is missing"),
                 done.out.c_str());
    }

    void wrongUsageIsSaid() {
        const QString from = lines({result("a.jpg", "cat")});
        EXIT_CODE(runCli({"sort"}), 2);
        EXIT_CODE(runCli({"sort", "--from", from}), 2);
        EXIT_CODE(sort(from, {"--only-sure", "--unsure", "x"}), 2);
        EXIT_CODE(sort(from, {"--undo", at("out")}), 2);
        EXIT_CODE(sort(at("none.jsonl")), 1);
        const Finished onAFile = runCli({"sort", "--from", from, "--to", at("b.jpg")});
        EXIT_CODE(onAFile, 1);
        QVERIFY2(onAFile.says("b.jpg: is not a folder"), onAFile.err.c_str());
    }

  private:
    QString at(const QString& name) const { return m_folder->filePath(name); }

    nlohmann::json result(const char* name, const char* label, bool sure = true) const {
        return {{"image", at(name).toStdString()},
                {"sure", sure},
                {"scores", {{{"label", label}, {"probability", 0.9}, {"cosine", 0.3}}}}};
    }

    QString lines(const std::vector<nlohmann::json>& results, const QByteArray& more = {}) const {
        QByteArray text;
        for (const auto& one : results)
            text += QByteArray::fromStdString(one.dump()) + "\n";
        writeBytes(at("labels.jsonl"), text + more);
        return at("labels.jsonl");
    }

    Finished sort(const QString& from, const QStringList& more = {}) const {
        return runCli(QStringList{"sort", "--from", from, "--to", at("out")} + more);
    }

    /// Below the destination.
    QStringList files() const {
        QStringList found;
        QDirIterator at(this->at("out"), QDir::Files, QDirIterator::Subdirectories);
        while (at.hasNext())
            found << QDir(this->at("out")).relativeFilePath(at.next());
        found.sort();
        return found;
    }

    QTemporaryDir m_scenes;
    std::unique_ptr<QTemporaryDir> m_folder;
};

DIAGONAL_TEST(TestSort);
#include "test_sort.moc"
