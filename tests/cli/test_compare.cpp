// SPDX-License-Identifier: Apache-2.0
#include <QDir>

#include "tests/cli/program.h"
#include "tests/registry.h"

namespace {

QByteArray line(const char* image, const char* scores) {
    return QByteArray("{\"image\":\"") + image + "\",\"sure\":true,\"scores\":[" + scores + "]}\n";
}

QByteArray score(const char* label, double probability) {
    return QByteArray("{\"label\":\"") + label + "\",\"probability\":" + QByteArray::number(probability) +
           ",\"cosine\":0.2}";
}

QByteArray catDog(const char* image, double cat, double dog) {
    return line(image, (score("cat", cat) + "," + score("dog", dog)).constData());
}

}  // namespace

class TestCompare : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        m_a = file("a.jsonl", catDog("p/1.jpg", 0.75, 0.25) + catDog("p/2.jpg", 0.75, 0.25) +
                                  catDog("p/3.jpg", 0.25, 0.75) + "{\"image\":\"p/4.jpg\",\"error\":\"is empty\"}\n" +
                                  catDog("p/5.jpg", 0.5, 0.25));
        m_b = file("b.jsonl", catDog("p/3.jpg", 0.75, 0.25) + catDog("p/2.jpg", 0.0, 1.0) +
                                  catDog("p/1.jpg", 0.5, 0.5) + catDog("p/4.jpg", 1, 0) + catDog("p/6.jpg", 1, 0));
    }

    void disagreementsComeFirst() {
        const Finished done = runCli({"compare", m_a, m_b, "--format", "json"});
        EXIT_CODE(done, 3);  // p/4.jpg has an error
        const auto json = done.json();
        QCOMPARE(json["compared"].get<int>(), 3);
        QCOMPARE(json["agreeing"].get<int>(), 1);
        QCOMPARE(json["only_in_a"].get<int>(), 1);
        QCOMPARE(json["only_in_b"].get<int>(), 1);
        QCOMPARE(json["errors"].get<int>(), 1);
        const auto& results = json["results"];
        QCOMPARE(results.size(), size_t{6});
        QCOMPARE(results[0]["image"].get<std::string>(), std::string("p/2.jpg"));
        QCOMPARE(results[0]["distance"].get<double>(), 0.75);
        QCOMPARE(results[0]["agree"].get<bool>(), false);
        QCOMPARE(results[0]["b"]["label"].get<std::string>(), std::string("dog"));
        QCOMPARE(results[1]["image"].get<std::string>(), std::string("p/3.jpg"));
        QCOMPARE(results[1]["distance"].get<double>(), 0.5);
        QCOMPARE(results[2]["image"].get<std::string>(), std::string("p/1.jpg"));
        QCOMPARE(results[2]["distance"].get<double>(), 0.25);
        QCOMPARE(results[2]["distance_is_lower_bound"].get<bool>(), false);
        QVERIFY(results[3]["error"].get<std::string>().find("is empty") != std::string::npos);
        QCOMPARE(json["pairs"].size(), size_t{3});
        QVERIFY(done.says("The two agree on 1 of 3 images (33.3%). 1 image only in "));
    }

    void everyFormatHasTheSameOrder() {
        const Finished table = runCli({"compare", m_a, m_b, "--top", "1"});
        QVERIFY(table.prints("The two agree on 1 of 3 images"));
        QVERIFY(table.prints("p/2.jpg  differ     0.750  cat"));
        QVERIFY(!table.prints("p/3.jpg"));
        const Finished csv = runCli({"compare", m_a, m_b, "--format", "csv", "--quiet"});
        QVERIFY(csv.out.starts_with(
            "image,agree,distance,label_a,probability_a,label_b,probability_b,error\r\np/2.jpg,no,0.75,cat,0.75,dog,1,"
            "\r\np/3.jpg,no,0.5,dog,0.75,cat,0.75,\r\np/1.jpg,yes,0.25,cat,0.75,cat,0.5,\r\n"));
        QVERIFY(csv.err.empty());
        const QString out = m_folder.filePath("out.jsonl");
        EXIT_CODE(runCli({"compare", m_a, m_b, "--out", out}), 3);
        QFile lines(out);
        QVERIFY(lines.open(QIODevice::ReadOnly));
        QVERIFY(lines.readLine().startsWith("{\"image\":\"p/2.jpg\",\"agree\":false,\"distance\":0.75,"));
        QCOMPARE(lines.readAll().count('\n'), 5);
    }

    void formsMayDiffer() {
        const QString csv = file("b.csv",
                                 "image,rank,label,probability,cosine,error\r\np/1.jpg,1,cat,0.75,0.3,\r\n"
                                 "p/1.jpg,2,dog,0.25,0.1,\r\n\"p/2.jpg\",1,cat,0.75,0.3,\r\np/2.jpg,2,dog,0.25,0.1,\r\n"
                                 "p/9.jpg,,,,,is empty\r\n");
        Finished done = runCli({"compare", m_a, csv, "--format", "json"});
        EXIT_CODE(done, 0);
        QCOMPARE(done.json()["compared"].get<int>(), 2);
        QCOMPARE(done.json()["mean_distance"].get<double>(), 0.0);
        const QString json = file("b.json", "{\"model\":\"m\",\"labels\":[\"cat\",\"dog\"],\n\"results\":[" +
                                                catDog("p/3.jpg", 0, 1).trimmed() + "]}");
        done = runCli({"compare", m_a, json, "--format", "json"});
        QCOMPARE(done.json()["compared"].get<int>(), 1);
        QCOMPARE(done.json()["results"][0]["distance"].get<double>(), 0.25);
    }

    /// "label": null, or "none" as verdict.
    void aLabelThatIsNotGivenIsNone() {
        const QString one =
            file("given.csv",
                 "image,rank,label,probability,cosine,error,verdict\r\np/1.jpg,1,cat,0.75,0.3,,none\r\n"
                 "p/1.jpg,2,dog,0.25,0.1,,\r\np/2.jpg,1,cat,0.75,0.3,,none\r\np/2.jpg,2,dog,0.25,0.1,,\r\n");
        const QString other =
            file("none.jsonl", "{\"image\":\"p/1.jpg\",\"label\":null,\"scores\":[" + score("cat", 0.75) + "," +
                                   score("dog", 0.25) + "]}\n" + catDog("p/2.jpg", 0.75, 0.25));
        const Finished done = runCli({"compare", one, other, "--format", "json"});
        EXIT_CODE(done, 0);
        const auto results = done.json()["results"];
        QCOMPARE(results[0]["image"].get<std::string>(), std::string("p/2.jpg"));
        QVERIFY(!results[0]["agree"].get<bool>() && results[0]["a"]["label"].is_null());
        QCOMPARE(results[0]["b"]["label"].get<std::string>(), std::string("cat"));
        QVERIFY(results[1]["agree"].get<bool>() && results[1]["b"]["label"].is_null());
        QVERIFY(runCli({"compare", one, other}).prints("(none) / cat, 1 image"));
        QVERIFY(runCli({"compare", one, other, "--format", "csv"}).prints("p/2.jpg,no,0,,0.75,cat,0.75,"));
    }

    void otherLabelsAreNamedAndTheRestIsCompared() {
        const QString other = file("other.jsonl", line("p/1.jpg", score("cat", 0.5) + "," + score("bird", 0.5)));
        const Finished done = runCli({"compare", m_a, other, "--format", "json"});
        EXIT_CODE(done, 0);
        QVERIFY(done.says("alone lists: “bird”"));
        QVERIFY(done.says("alone lists: “dog”"));
        QVERIFY(done.json()["results"][0]["distance_is_lower_bound"].get<bool>());
        const QString foreign = file("foreign.jsonl", line("p/1.jpg", score("bird", 1)));
        const Finished none = runCli({"compare", m_a, foreign});
        EXIT_CODE(none, 1);
        QVERIFY(none.says("no label in common"));
    }

    void badLinesAreNamedAndTheRestIsCompared() {
        const QString bad =
            file("bad.jsonl", catDog("p/1.jpg", 1, 0) + "nonsense\n" + catDog("p/1.jpg", 0, 1) + "{\"sure\":true}\n" +
                                  line("p/2.jpg", "{\"label\":\"cat\",\"probability\":\"high\"}") +
                                  line("p/3.jpg", score("cat", 7)) + "{\"image\":\"p/5.jpg\"}\n{\"image\":\"p/6");
        const Finished done = runCli({"compare", m_a, bad, "--format", "json"});
        EXIT_CODE(done, 3);
        QCOMPARE(done.json()["compared"].get<int>(), 1);
        for (const char* reason :
             {"line 2: is no JSON object", "line 3: the picture stands here more than once: p/1.jpg",
              "line 4: names no image", "line 5: a score has no label or no probability",
              "line 6: a probability is not between 0 and 1", "line 7: has no scores", "line 8: is no JSON object"})
            QVERIFY2(done.says(bad.toStdString() + ", " + reason), reason);
        const QString table = file("bad.csv",
                                   "image,rank,label,probability,cosine,error\r\np/1.jpg,1\r\n"
                                   "p/1.jpg,1,cat,many,0.3,\r\np/2.jpg,1,cat,1,0.3,\r\n\"p/3");
        const Finished csv = runCli({"compare", m_a, table, "--format", "json"});
        EXIT_CODE(csv, 3);
        QVERIFY(csv.says("line 2: has too few cells"));
        QVERIFY(csv.says("line 3: a score has no label or no probability") || csv.says("line 3: a probability"));
        QVERIFY(csv.says("line 5: a quote is never closed"));
        QCOMPARE(csv.json()["compared"].get<int>(), 1);
    }

    void filesThatHoldNothingAreRefused_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("message");
        QTest::newRow("empty") << QByteArray() << "the file is empty";
        QTest::newRow("text") << QByteArray("cat\ndog\n") << "holds no labels of pictures";
        QTest::newRow("cut JSON") << QByteArray("{\n\"results\":[{\"ima") << "not valid JSON";
        QTest::newRow("other JSON") << QByteArray("{\"results\":[1,2]}") << "holds no labels of pictures";
        QTest::newRow("header alone") << QByteArray("image,rank,label,probability,cosine,error\r\n")
                                      << "holds no labels of pictures";
        QTest::newRow("others") << catDog("q.jpg", 1, 0) << "no picture has labels in both";
    }

    void filesThatHoldNothingAreRefused() {
        QFETCH(const QByteArray, content);
        QFETCH(const QString, message);
        const QString given = file("nothing", content);
        const Finished done = runCli({"compare", m_a, given});
        EXIT_CODE(done, 1);
        QVERIFY2(done.says(given.toStdString()) && done.says(message.toStdString()), done.err.c_str());
    }

    void missingFilesAreNamed() {
        const Finished done = runCli({"compare", m_a, m_folder.filePath("gone.jsonl")});
        EXIT_CODE(done, 1);
        QVERIFY(done.says("gone.jsonl"));
        EXIT_CODE(runCli({"compare", m_a}), 2);
    }

  private:
    QString file(const QString& name, const QByteArray& content) const {
        const QString path = m_folder.filePath(name);
        writeBytes(path, content);
        return path;
    }

    QTemporaryDir m_folder;
    QString m_a, m_b;
};

DIAGONAL_TEST(TestCompare);
#include "test_compare.moc"
