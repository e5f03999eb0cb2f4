// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <algorithm>
#include <map>
#include <set>

#include "tests/cli/program.h"
#include "tests/registry.h"

namespace {

using Json = nlohmann::json;

std::vector<Json> linesOf(const Finished& finished) {
    std::vector<Json> lines;
    for (const QByteArray& line : QByteArray::fromStdString(finished.out).split('\n'))
        if (!line.isEmpty()) lines.push_back(Json::parse(line.toStdString()));
    return lines;
}

std::string nameOf(const Json& hit) {
    const auto path = hit.at("path").get<std::string>();
    return path.substr(path.rfind('/') + 1);
}

}  // namespace

/// The demo model on scenes that it was trained for.
class TestSearch : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::map<std::string, std::string> m_labels;  ///< of the pictures

    QString at(const char* name) const { return m_folder.filePath(QString::fromUtf8(name)); }
    Finished search(const QStringList& more) const { return runCli(QStringList{"search", at("library")} + more); }
    QString picture(int number) const {
        return m_folder.filePath(QStringLiteral("scenes/images/scene-%1.png").arg(number, 6, 10, QLatin1Char('0')));
    }

  private Q_SLOTS:
    void initTestCase() {
        EXIT_CODE(runCli({"dataset", "make", "scenes", at("scenes"), "--count", "200", "--seed", "5", "--quiet"}), 0);
        EXIT_CODE(runCli({"index", at("library"), "add", at("scenes/images"), "--model", "demo", "--quiet"}), 0);
        for (const QByteArray& line : bytesOf(at("scenes/captions.csv")).split('\n')) {
            const auto cells = line.split(',');
            if (cells.size() > 2) m_labels.emplace(cells[0].mid(7).toStdString(), cells[2].toStdString());
        }
    }

    void wordsFindWhatTheySay() {
        const Finished found = search({"--text", "red square", "--format", "jsonl", "--keep-alike"});
        EXIT_CODE(found, 0);
        const auto hits = linesOf(found);
        // All of them, and nothing else.
        QCOMPARE(static_cast<long>(hits.size()), std::ranges::count_if(m_labels, [](const auto& one) {
                     return one.second.find("red square") != std::string::npos;
                 }));
        double last = 1e9;
        for (const Json& hit : hits) {
            QVERIFY2(m_labels.at(nameOf(hit)).find("red square") != std::string::npos, found.out.c_str());
            QVERIFY(hit.at("relevance").get<double>() <= last);
            last = hit.at("relevance").get<double>();
            QVERIFY(std::abs(hit.at("cosine").get<double>()) <= 1);
        }
    }

    void allFormatsSayTheSame() {
        const QStringList query = {"--text", "blue square", "--without", "red", "--all", "--top", "7", "--format"};
        const Finished lines = search(query + QStringList{"jsonl"}), document = search(query + QStringList{"json"}),
                       csv = search(query + QStringList{"csv"}), table = search(query + QStringList{"table"});
        for (const Finished* one : {&lines, &document, &csv, &table})
            EXIT_CODE(*one, 0);
        const auto hits = linesOf(lines);
        const Json json = document.json();
        QCOMPARE(json.at("results").size(), size_t{7});
        QCOMPARE(json.at("query").size(), size_t{2});
        QCOMPARE(json.at("query")[1].at("weight").get<double>(), -1.0);
        QCOMPARE(json.at("looked").get<int>(), 200);
        const auto rows = QByteArray::fromStdString(csv.out).split('\n');
        QCOMPARE(rows[0].trimmed(), QByteArray("path,cosine,relevance,above,start,end,best,moments,alike"));
        for (size_t i = 0; i < hits.size(); ++i) {
            QVERIFY(json.at("results")[i] == hits[i]);
            const auto cells = rows[static_cast<qsizetype>(i) + 1].split(',');
            QCOMPARE(cells[0].toStdString(), hits[i].at("path").get<std::string>());
            QVERIFY(std::abs(cells[2].toDouble() - hits[i].at("relevance").get<double>()) < 1e-5);
            QVERIFY(table.prints(nameOf(hits[i])));
            double sum = 0;
            for (const Json& term : hits[i].at("terms"))
                sum += term.at("adds").get<double>();
            QVERIFY(std::abs(sum - hits[i].at("relevance").get<double>()) < 1e-3);
        }
        QVERIFY(bytesOf(at("none")).isEmpty());
        EXIT_CODE(search(query + QStringList{"csv", "--out", at("hits.csv")}), 0);
        QCOMPARE(bytesOf(at("hits.csv")).toStdString(), csv.out);
        // Without --format the ending tells.
        QStringList plain = query;
        plain.removeLast();
        EXIT_CODE(search(plain + QStringList{"--out", at("ending.csv")}), 0);
        QCOMPARE(bytesOf(at("ending.csv")).toStdString(), csv.out);
        EXIT_CODE(search(plain + QStringList{"--out", at("ending.odt")}), 2);
    }

    void aPictureFindsItself() {
        const Finished found = search({"--image", picture(7), "--all", "--top", "1", "--format", "jsonl"});
        EXIT_CODE(found, 0);
        QCOMPARE(nameOf(linesOf(found).at(0)), std::string("scene-000007.png"));
        QVERIFY(linesOf(found).at(0).at("cosine").get<double>() > 0.999);
    }

    void weightsGoWithTermsInTheirOrder() {
        const auto weights = [&](const QStringList& query) {
            std::vector<double> found;
            const Finished done = search(query + QStringList{"--all", "--top", "1", "--format", "json"});
            const Json json = done.json();
            for (const Json& term : json.at("query"))
                found.push_back(term.at("weight").get<double>());
            return found;
        };
        QCOMPARE(weights({"--without", "circle", "--text", "red", "--weight", "0.5", "--weight", "2"}),
                 (std::vector<double>{-0.5, 2}));
        QCOMPARE(weights({"--text", "red", "--image", picture(1), "--text", "circle", "--weight", "3"}),
                 (std::vector<double>{3, 1, 1}));
    }

    void filtersLeaveOut() {
        const auto count = [&](const QStringList& filter) {
            const Finished done = search(
                QStringList{"--text", "red", "--all", "--top", "300", "--keep-alike", "--format", "jsonl"} + filter);
            return done.code == 0 ? static_cast<int>(linesOf(done).size()) : -done.code;
        };
        QCOMPARE(count({}), 200);
        QCOMPARE(count({"--folder", at("scenes")}), 200);
        QCOMPARE(count({"--folder", at("elsewhere")}), -1);
        QCOMPARE(count({"--type", "png"}), 200);
        QCOMPARE(count({"--type", "jpg"}), -1);
        QCOMPARE(count({"--type", "foo"}), -1);
        QCOMPARE(count({"--type", "png", "foo"}), 200);
        QCOMPARE(count({"--line", "nan"}), -2);
        QCOMPARE(count({"--min-pixels", "-1"}), -2);
        QCOMPARE(count({"--type", "video"}), 0);
        QCOMPARE(count({"--type", "video", "png"}), 200);
        QCOMPARE(count({"--type", "picture", "jpg"}), 200);
        QCOMPARE(count({"--type", "picture", "video", "jpg"}), 200);
        QCOMPARE(count({"--type", "video", "jpg"}), 0);
        QCOMPARE(count({"--after", "2001-02-28"}), 200);
        QCOMPARE(count({"--before", "2001"}), 0);
        QCOMPARE(count({"--min-pixels", "100000000"}), 0);
        QCOMPARE(count({"--camera", "Leica"}), 0);
        for (const char* date : {"2001-13", "2001-02-30", "01", "2001-2-3", "soon", "2001-"})
            QCOMPARE(count({"--after", date}), -2);
    }

    void aFullDiskIsSaid() {
        const QStringList query = {"--text", "red", "--all", "--keep-alike", "--top", "200", "--out", at("full.csv")};
        const QStringList command = QStringList{"search", at("library")} + query;
        writeBytes(at("full.csv"), "what was there");
        const Finished full = runOnFullDisk(512, command);
        EXIT_CODE(full, 1);
        QVERIFY2(full.says("full.csv: cannot be written"), full.err.c_str());
        QCOMPARE(bytesOf(at("full.csv")), QByteArray("what was there"));
        EXIT_CODE(runCli(command), 0);
        QCOMPARE(bytesOf(at("full.csv")).count('\n'), 201);
    }

    void nothingFoundIsAnAnswer() {
        const Finished nothing = search({"--text", "red square", "--line", "60", "--format", "jsonl"});
        EXIT_CODE(nothing, 0);
        QVERIFY(nothing.out.empty());
        QVERIFY2(nothing.says("Nothing found: nothing in the library is closer than chance"), nothing.err.c_str());
        const Finished some = search({"--text", "red square", "--line", "-60", "--top", "3"});
        EXIT_CODE(some, 0);
        QVERIFY(!some.prints("no better than chance"));
        const Finished none = search({"--text", "red square", "--line", "60", "--top", "3", "--all"});
        EXIT_CODE(none, 0);
        QVERIFY(none.prints("below here: no better than chance"));
    }

    void likesTeach() {
        QStringList liked = {"--like"};
        for (const auto& [name, label] : m_labels)
            if (label == "red square" && liked.size() < 4)
                liked += m_folder.filePath("scenes/images/" + QString::fromStdString(name));
        QCOMPARE(liked.size(), qsizetype{4});
        const Json query =
            search(liked + QStringList{"--dislike", picture(160), "--format", "json"}).json().at("query");
        QCOMPARE(query.size(), size_t{1});
        QCOMPARE(query[0].at("like").size(), size_t{3});
        QCOMPARE(query[0].at("like")[0].at("path").get<std::string>(), liked[1].toStdString());
        QCOMPARE(query[0].at("dislike")[0].at("path").get<std::string>(), picture(160).toStdString());
        // A blue square is found with them, until it is disliked.
        const Finished found = search(liked + QStringList{"--dislike", picture(160), "--format", "jsonl"});
        EXIT_CODE(found, 0);
        QVERIFY(!linesOf(found).empty());
        for (const Json& hit : linesOf(found))
            QVERIFY2(m_labels.at(nameOf(hit)).find("red square") != std::string::npos, found.out.c_str());
        const Finished foreign = search({"--like", at("scenes/labels.txt")});
        EXIT_CODE(foreign, 1);
        QVERIFY(foreign.says("is not in the library"));
    }

    void captionsOfAPictureAndPicturesOfCaptions() {
        writeBytes(at("captions.txt"), "red square\nblue circle\ngreen triangle\n");
        const Finished captions =
            search({"--image", picture(1), "--captions", at("captions.txt"), "--top", "2", "--format", "json"});
        EXIT_CODE(captions, 0);
        QCOMPARE(captions.json().size(), size_t{2});
        QVERIFY(captions.json()[0].at("cosine") >= captions.json()[1].at("cosine"));
        const Finished matches = search({"--matches", at("captions.txt"), "--top", "4", "--format", "jsonl"});
        EXIT_CODE(matches, 0);
        const auto lines = linesOf(matches);
        QCOMPARE(lines.size(), size_t{12});
        std::set<std::string> names;
        for (const Json& line : lines)
            names.insert(nameOf(line));
        QCOMPARE(names.size(), size_t{12});
        QVERIFY(m_labels.at(nameOf(lines[0])).find("red square") != std::string::npos);
        EXIT_CODE(search({"--text", "red", "--captions", at("captions.txt")}), 2);
        EXIT_CODE(search({"--text", "red", "--matches", at("captions.txt")}), 2);
        for (const QStringList& useless : {QStringList{"--moments"},
                                           {"--frames", at("frames")},
                                           {"--edl", at("a.edl")},
                                           {"--line", "2"},
                                           {"--all"},
                                           {"--keep-alike"},
                                           {"--weight", "2"},
                                           {"--template", "a {}"},
                                           {"--templates", "photos"}})
            for (const QStringList& question : {QStringList{"--image", picture(1), "--captions", at("captions.txt")},
                                                {"--matches", at("captions.txt")}}) {
                const Finished refused = search(question + useless);
                EXIT_CODE(refused, 2);
                QVERIFY2(refused.says(useless[0].toStdString()), refused.err.c_str());
            }
        EXIT_CODE(search({"--image", picture(1), "--captions", at("captions.txt"), "--like", picture(2)}), 2);
    }

    void aMinusInATextIsTold() {
        const Finished minus = search({"--text", "red -square"});
        EXIT_CODE(minus, 0);
        QVERIFY2(minus.says("--without square"), minus.err.c_str());
        QVERIFY(!search({"--text", "well-lit - red"}).says("--without"));
    }

    void whatMakesNoSenseIsSaid() {
        EXIT_CODE(search({}), 2);
        EXIT_CODE(search({"--text", " "}), 2);
        EXIT_CODE(search({"--text", "red", "--weight", "1", "--weight", "2"}), 2);
        EXIT_CODE(search({"--dislike", picture(1)}), 2);
        const Finished cancelled = search({"--text", "red", "--without", "red"});
        EXIT_CODE(cancelled, 1);
        QVERIFY(cancelled.says("cancel"));
        const Finished weightless = search({"--text", "red", "--weight", "0"});
        EXIT_CODE(weightless, 1);
        QVERIFY2(weightless.says("weights"), weightless.err.c_str());
        const Finished table = search({"--matches", at("scenes/captions.csv")});
        EXIT_CODE(table, 2);
        QVERIFY2(table.says("is a table"), table.err.c_str());
        EXIT_CODE(search({"--image", at("captions.csv")}), 1);
        EXIT_CODE(runCli({"search", at("scenes"), "--text", "red"}), 1);
        const Finished other = search({"--text", "red", "--precision", "bf16", "--model", "demo"});
        EXIT_CODE(other, 1);
        QVERIFY2(other.says("was made by another model"), other.err.c_str());
    }
};

DIAGONAL_TEST(TestSearch);
#include "test_search.moc"
