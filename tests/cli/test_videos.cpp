// SPDX-License-Identifier: Apache-2.0
#include <signal.h>

#include <QBuffer>
#include <QDir>
#include <QImage>
#include <algorithm>

#include "tests/cli/program.h"
#include "tests/engine/avi_bytes.h"
#include "tests/registry.h"

namespace {

constexpr int kSide = 128, kRate = 10;  ///< pixels, frames a second

}  // namespace

/// Libraries with videos: scenes that the demo model was trained for, four seconds each.
class TestVideos : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    const QStringList m_labels = {"red square", "blue heart", "green circle", "yellow cross"};
    QStringList m_scenes;  ///< a picture of each
    std::string m_whyNot;

    QString at(const QString& name) const { return m_folder.filePath(name); }

    void writeVideo(const QString& file, const std::vector<int>& scenes) const {
        diagonal::AviBytes avi(kSide, kSide, kRate);
        for (const int scene : scenes) {
            QByteArray jpeg;
            QBuffer buffer(&jpeg);
            const QImage picture = QImage(m_scenes[scene]).scaled(kSide, kSide).convertToFormat(QImage::Format_RGB32);
            QVERIFY(picture.save(&buffer, "JPG", 95));
            avi.addJpeg(jpeg, 4 * kRate);
        }
        const std::string bytes = avi.bytes();
        writeBytes(file, QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size())));
    }

    Finished search(const QStringList& more) const { return runCli(QStringList{"search", at("library")} + more); }
    /// Those of a result that are of a video, as "name start end".
    static QStringList momentsOf(const Finished& done) {
        QStringList moments;
        for (const auto& hit : done.lines())
            if (hit.contains("start"))
                moments += QStringLiteral("%1 %2 %3")
                               .arg(QString::fromStdString(hit.at("path").get<std::string>()).section('/', -1))
                               .arg(hit.at("start").get<double>())
                               .arg(hit.at("end").get<double>());
        return moments;
    }

  private Q_SLOTS:
    void initTestCase() {
        EXIT_CODE(runCli({"dataset", "make", "scenes", at("scenes"), "--count", "200", "--seed", "5", "--quiet"}), 0);
        const QList<QByteArray> lines = bytesOf(at("scenes/captions.csv")).split('\n');
        for (const QString& label : m_labels) {
            const auto isOf = [&](const QByteArray& line) { return line.contains(',' + label.toUtf8() + ",train,"); };
            const auto line = std::ranges::find_if(lines, isOf);
            QVERIFY(line != lines.end());
            m_scenes += at("scenes/") + QString::fromUtf8(line->split(',').front());
        }
        QVERIFY(QDir().mkpath(at("scenes/images/films")));
        writeVideo(at("scenes/images/films/one.avi"), {0, 1, 2, 0});
        writeVideo(at("scenes/images/films/two.avi"), {3, 1});
        writeBytes(at("scenes/images/films/one.srt"), "1\n00:00:05,000 --> 00:00:06,000\nAn unheard of word\n");
        const Finished done =
            runCli({"index", at("library"), "add", at("scenes/images"), "--model", "demo", "--format", "json"});
        if (done.says("no reader of videos")) m_whyNot = done.err;
        if (!m_whyNot.empty()) return;
        EXIT_CODE(done, 0);
        QCOMPARE(done.json().at("videos").get<int>(), 2);
        QCOMPARE(done.json().at("pictures").get<int>(), 200);
        QVERIFY(done.json().at("frames").get<int>() >= 6);
    }
    void init() {
        if (!m_whyNot.empty()) QSKIP(m_whyNot.c_str());
    }

    void momentsAreFound() {
        const QStringList text = {"--text", m_labels[0], "--type", "video", "--format", "jsonl", "--top", "100"};
        const Finished apart = search(text + QStringList{"--moments"});
        EXIT_CODE(apart, 0);
        const QStringList moments = momentsOf(apart);
        QVERIFY2(moments.contains("one.avi 0 4") && moments.contains("one.avi 12 16"), apart.out.c_str());
        const Finished folded = search(text);
        const auto best = folded.lines().at(0);
        QCOMPARE(best.at("path").get<std::string>(), at("scenes/images/films/one.avi").toStdString());
        QVERIFY(best.at("moments").size() >= 2);
        const double start = best.at("start").get<double>();
        QVERIFY(start == 0 || start == 12);
        QCOMPARE(best.at("end").get<double>(), start + 4);
        QVERIFY(best.at("best").get<double>() > start && best.at("best").get<double>() < start + 4);
        // Pictures have none.
        for (const auto& hit : search({"--text", m_labels[0], "--type", "picture", "--format", "jsonl"}).lines())
            QVERIFY(!hit.contains("start") && !hit.contains("moments"));
    }

    void momentsAndPicturesAreCsvRows() {
        const Finished done = search({"--text", m_labels[0], "--moments", "--format", "csv", "--top", "300"});
        EXIT_CODE(done, 0);
        const QList<QByteArray> rows = QByteArray::fromStdString(done.out).trimmed().split('\n');
        QCOMPARE(rows[0].trimmed(), QByteArray("path,cosine,relevance,above,start,end,best,moments,alike"));
        int videos = 0, pictures = 0;
        double last = 1e9;
        for (const QByteArray& row : rows.mid(1)) {
            const QList<QByteArray> cells = row.split(',');
            QCOMPARE(cells.size(), 9);
            QVERIFY2(cells[2].toDouble() <= last, done.out.c_str());
            last = cells[2].toDouble();
            const bool isVideo = cells[0].endsWith(".avi");
            QCOMPARE(cells[4].isEmpty(), !isVideo);
            QCOMPARE(cells[7].trimmed().toInt(), isVideo ? 1 : 0);
            (isVideo ? videos : pictures) += 1;
        }
        QVERIFY2(videos >= 2 && pictures >= 2, done.out.c_str());
    }

    void subtitlesAreFound() {
        const Finished done = search({"--text", "unheard", "--moments", "--type", "video", "--format", "jsonl"});
        EXIT_CODE(done, 0);
        QVERIFY2(done.prints("An unheard of word"), done.out.c_str());
    }

    void framesAndListsAreWritten() {
        const QString folder = at("frames"), list = at("list.edl");
        const Finished done = search({"--text", m_labels[0], "--type", "video", "--moments", "--format", "jsonl",
                                      "--frames", folder, "--edl", list});
        EXIT_CODE(done, 0);
        const qsizetype moments = momentsOf(done).size();
        QVERIFY(moments >= 2);
        const QStringList frames = QDir(folder).entryList({"*.jpg"});
        QCOMPARE(frames.size(), moments);
        QCOMPARE(QImage(folder + '/' + frames[0]).width(), kSide);
        const QByteArray edl = bytesOf(list);
        QVERIFY2(edl.startsWith("TITLE: " + m_labels[0].toUtf8()), edl.constData());
        QCOMPARE(edl.count("FROM CLIP NAME: "), moments);
        QVERIFY2(edl.contains("00:00:00:00 00:00:04:00"), edl.constData());
        // Nothing above the line: nothing is written.
        const Finished none = search({"--text", m_labels[0], "--line", "60", "--edl", at("none.edl")});
        EXIT_CODE(none, 0);
        QVERIFY2(none.says("No moment of a video was found"), none.err.c_str());
        QVERIFY(!QFile::exists(at("none.edl")));
    }

    void partsAreEmbeddedAndChangesWatched() {
        const QString films = at("films"), library = at("watched");
        QVERIFY(QDir().mkpath(films));
        writeVideo(films + "/one.avi", {0, 1});
        EXIT_CODE(runCli({"index", library, "add", films, "--model", "demo"}), 0);
        const auto status = [&] { return runCli({"index", library, "status", "--format", "json"}).json(); };
        const int rows = status().at("rows").get<int>(), frames = status().at("frames").get<int>();
        QCOMPARE(rows, frames);
        EXIT_CODE(runCli({"index", library, "add", films, "--patches"}), 0);
        QCOMPARE(status().at("frames").get<int>(), frames);
        const int withParts = status().at("rows").get<int>();
        QVERIFY(withParts > 4 * rows);
        EXIT_CODE(runCli({"index", library, "add", films}), 0);
        QCOMPARE(status().at("rows").get<int>(), withParts);

        QProcess watching;
        watching.start(programFile(), {"index", library, "refresh", "--watch", "--every", "1", "--format", "jsonl"});
        QByteArray lines;
        const auto comes = [&](const char* what) {
            while (!lines.contains(what) && watching.waitForReadyRead(60000))
                lines += watching.readAllStandardOutput();
            return lines.contains(what);
        };
        QVERIFY2(comes("\"unchanged\":1"), lines.constData());
        writeVideo(at("two.avi"), {2, 3});
        QVERIFY(QFile::rename(at("two.avi"), films + "/two.avi"));
        QVERIFY2(comes("\"added\":1"), lines.constData());
        QVERIFY2(comes("\"videos\":2"), lines.constData());
        ::kill(static_cast<pid_t>(watching.processId()), SIGINT);
        QVERIFY(watching.waitForFinished(60000));
        QCOMPARE(watching.exitCode(), 130);
        QVERIFY(status().at("rows").get<int>() > withParts);
    }
};

DIAGONAL_TEST(TestVideos);
#include "test_videos.moc"
