// SPDX-License-Identifier: Apache-2.0
#include <QTemporaryDir>
#include <QtTest>
#include <clocale>

#include "engine/base/file.h"
#include "engine/image/jpeg_encoder.h"
#include "engine/index/moment_files.h"
#include "engine/video/key_frames.h"
#include "tests/engine/avi_bytes.h"
#include "tests/error_of.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

Moment someMoment(int32_t start, int32_t stop, int32_t best, std::string cue = {}) {
    Moment result;
    result.start = start;
    result.stop = stop;
    result.best = best;
    result.cosine = 0.25F;
    result.relevance = 6.5F;
    result.cue = std::move(cue);
    return result;
}

}  // namespace

class TestMomentFiles : public QObject {
    Q_OBJECT

    QTemporaryDir m_temporary;
    fs::path m_folder;

  private Q_SLOTS:
    void init() {
        m_folder = fs::path(m_temporary.path().toStdString()) / QTest::currentTestFunction();
        fs::create_directories(m_folder);
    }

    /// The first columns are those that PySceneDetect writes of the same scenes.
    void csvHasTheColumnsOfListScenes() {
        const std::vector<VideoMoments> videos = {
            {"/v/a, b.mp4", {someMoment(0, 2000, 1000), someMoment(3'723'040, 3'725'000, 3'724'000, "=\"x\"")}, 25},
            {"/v/none.mp4", {}, 0},
            {"/v/c.mkv", {someMoment(1001, 2002, 1500)}, 30000 / 1001.0}};
        QCOMPARE(
            momentsCsv(videos),
            std::string("Scene Number,Start Frame,Start Timecode,Start Time (seconds),End Frame,End Timecode,End Time "
                        "(seconds),Length (frames),Length (timecode),Length (seconds),Video,Best Timecode,Best Time "
                        "(seconds),Cosine,Relevance,Subtitles\n"
                        "1,1,00:00:00.000,0.000,50,00:00:02.000,2.000,50,00:00:02.000,2.000,\"/v/a, b.mp4\","
                        "00:00:01.000,1.000,0.25,6.5,\n"
                        "2,93077,01:02:03.040,3723.040,93125,01:02:05.000,3725.000,49,00:00:01.960,1.960,"
                        "\"/v/a, b.mp4\",01:02:04.000,3724.000,0.25,6.5,\"'=\"\"x\"\"\"\n"
                        "3,31,00:00:01.001,1.001,60,00:00:02.002,2.002,30,00:00:01.001,1.001,/v/c.mkv,00:00:01.500,"
                        "1.500,0.25,6.5,\n"));
    }
    void csvTellsNamesOfAnyBytes() {
        const std::string csv = momentsCsv(std::vector<VideoMoments>{{"/v/\xFF.mp4", {someMoment(0, 40, 0)}, 25}});
        QVERIFY(csv.find(",Subtitles,video_bytes\n") != std::string::npos);
        QVERIFY(csv.ends_with(",2f762fff2e6d7034\n"));
    }
    void edlHasAllMomentsInARow() {
        const std::vector<VideoMoments> videos = {
            {"/v/a.mp4", {someMoment(1000, 3000, 2000), someMoment(61'040, 62'000, 0)}, 25},
            {"/v/b\n.mp4", {someMoment(0, 10, 0)}, 50}};
        QCOMPARE(momentsEdl(videos, "dog\non the beach"),
                 std::string("TITLE: dog\\x0aon the beach\nFCM: NON-DROP FRAME\n"
                             "\n001  AX       V     C        00:00:01:00 00:00:03:00 00:00:00:00 00:00:02:00\n"
                             "* FROM CLIP NAME: a.mp4\n"
                             "\n002  AX       V     C        00:01:01:01 00:01:02:00 00:00:02:00 00:00:02:24\n"
                             "* FROM CLIP NAME: a.mp4\n"
                             "\n003  AX       V     C        00:00:00:00 00:00:00:01 00:00:02:24 00:00:03:00\n"
                             "* FROM CLIP NAME: b\\x0a.mp4\n"));
    }
    void edlCountsFramesOfNtscByThirty() {
        const std::string edl =
            momentsEdl(std::vector<VideoMoments>{{"a.mp4", {someMoment(60'060, 61'061, 60'060)}, 30000 / 1001.0}}, "t");
        QVERIFY2(edl.find("00:01:00:00 00:01:01:00 00:00:00:00 00:00:01:00") != std::string::npos, edl.c_str());
    }
    void edlHasALimit() {
        std::vector<VideoMoments> videos = {{"a.mp4", std::vector<Moment>(999, someMoment(0, 40, 0)), 25}};
        QVERIFY(momentsEdl(videos, "t").find("\n999  AX") != std::string::npos);
        videos.push_back({"b.mp4", {someMoment(0, 40, 0)}, 25});
        QVERIFY(errorOf([&] { momentsEdl(videos, "t"); }).find("1000 moments are more") != std::string::npos);
        QVERIFY(errorOf([&] { momentsEdl({}, "t"); }).find("no moments") != std::string::npos);
    }
    void ratesComeFromTheVideo() {
        if (!whyNoVideos().empty()) QSKIP(whyNoVideos().c_str());
        const fs::path video = paths::source("tests/parity/data/videos/reordered.mp4");
        QVERIFY(momentsCsv(std::vector<VideoMoments>{{video, {someMoment(1000, 2000, 1000)}}}).find("\n1,26,") !=
                std::string::npos);
        QVERIFY(!errorOf([&] {
                     momentsCsv(std::vector<VideoMoments>{{"/no/such.mp4", {someMoment(0, 1, 0)}}});
                 }).empty());
    }

    void framesAreWritten() {
        if (!whyNoVideos().empty()) QSKIP(whyNoVideos().c_str());
        const fs::path video = paths::source("tests/parity/data/videos/reordered.mp4");
        const std::vector<VideoMoments> videos = {{video, {someMoment(0, 1000, 400), someMoment(1000, 2000, 1480)}, 25},
                                                  {m_folder / "gone.mp4", {someMoment(0, 1000, 400)}, 25}};
        for (const char* ending : {"png", "jpg"}) {
            const MomentFrames written = writeMomentFrames(videos, m_folder / "frames", ending);
            QCOMPARE(written.files.size(), 2);
            QCOMPARE(written.files[1].filename().string(), std::string("reordered-00.00.01.480.") + ending);
            QCOMPARE(written.failures.size(), 1);
            QCOMPARE(written.failures[0].path.filename().string(), std::string("gone.mp4"));
            const Image frame = readFrame(video, 1480), read = readImage(written.files[1]);
            QCOMPARE(read.width, 128);
            double difference = 0;
            for (size_t i = 0; i < frame.rgb.size(); ++i)
                difference += std::abs(int{frame.rgb[i]} - int{read.rgb[i]});
            QVERIFY(difference / static_cast<double>(frame.rgb.size()) <= (ending == std::string("png") ? 0 : 4));
        }
        // What is there stays.
        const MomentFrames again = writeMomentFrames(videos, m_folder / "frames", "png");
        QCOMPARE(again.files[0].filename().string(), std::string("reordered-00.00.00.400-2.png"));
        QVERIFY(errorOf([&] { writeMomentFrames(videos, m_folder, "gif"); }).find("jpg or png") != std::string::npos);
        writeFile(m_folder / "file", "x");
        QVERIFY(errorOf([&] { writeMomentFrames(videos, m_folder / "file" / "f", "png"); }).find("cannot be made") !=
                std::string::npos);
    }
    /// The video is away for two of its four moments.
    void aMomentThatCannotBeReadLeavesTheOthers() {
        if (!whyNoVideos().empty()) QSKIP(whyNoVideos().c_str());
        const fs::path video = m_folder / "film.avi", away = m_folder / "away.avi";
        AviBytes avi(64, 64, 10);
        for (int i = 0; i < 10; ++i)
            avi.add(stripes(64, 64, i, 0xC02020, 0xE0A060));
        writeFile(video, avi.bytes());
        const std::vector<VideoMoments> videos = {
            {video,
             {someMoment(0, 200, 100), someMoment(200, 400, 300), someMoment(400, 600, 500), someMoment(600, 900, 700)},
             10}};
        const JobContext job{{}, [&](const Progress& progress) {
                                 if (progress.done == 1) fs::rename(video, away);
                                 if (progress.done == 3) fs::rename(away, video);
                             }};
        const MomentFrames written = writeMomentFrames(videos, m_folder / "frames", "png", job);
        QCOMPARE(written.files.size(), 2);
        QCOMPARE(written.files[1].filename().string(), std::string("film-00.00.00.700.png"));
        QCOMPARE(written.failures.size(), 1);  // said once
    }
    void jpegsAreWhatWasEncoded() {
        const Image image = stripes(33, 17, 0, 0x404040, 0xC0C0C0);
        const Image read = decodeImage(encodeJpeg(image, 100), "x");
        QCOMPARE(read.width, 33);
        QCOMPARE(read.height, 17);
        double difference = 0;
        for (size_t i = 0; i < image.rgb.size(); ++i)
            difference += std::abs(int{image.rgb[i]} - int{read.rgb[i]});
        QVERIFY(difference / static_cast<double>(image.rgb.size()) < 12);
        QVERIFY(encodeJpeg(image, 10).size() < encodeJpeg(image, 90).size());
        QVERIFY(errorOf([] { encodeJpeg({}); }).find("cannot be encoded") != std::string::npos);
        QVERIFY(errorOf([] {
                    encodeJpeg({70'000, 1, std::vector<uint8_t>(210'000)});
                }).find("Choose PNG") != std::string::npos);
    }
};

DIAGONAL_TEST(TestMomentFiles);
#include "test_moment_files.moc"
