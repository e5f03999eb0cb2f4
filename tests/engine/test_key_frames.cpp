// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>

#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <fstream>
#include <random>

#include "engine/base/file.h"
#include "engine/image/preprocess.h"
#include "engine/video/key_frames.h"
#include "tests/engine/avi_bytes.h"
#include "tests/error_of.h"
#include "tests/paths.h"
#include "tests/registry.h"

using namespace diagonal;
namespace fs = std::filesystem;

namespace {

fs::path goldenVideo(const std::string& name) {
    return paths::source("tests/parity/data/videos/" + name);
}

/// The number that squares at the top of a frame spell (tests/parity/make_video_golden.py).
int frameNumber(const Image& frame) {
    int number = 0;
    for (int bit = 0; bit < 8; ++bit) {
        const int x = frame.width * (2 * bit + 1) / 16, y = frame.height / 12;
        number = 2 * number + (frame.rgb[static_cast<size_t>((y * frame.width + x) * 3 + 1)] > 128 ? 1 : 0);
    }
    return number;
}

std::vector<KeyFrame> allKeyFrames(const fs::path& file, const VideoSampling& sampling = {},
                                   VideoInfo* info = nullptr) {
    std::vector<KeyFrame> frames;
    const VideoInfo read = readKeyFrames(file, sampling, [&](KeyFrame frame) { frames.push_back(std::move(frame)); });
    if (info != nullptr) *info = read;
    return frames;
}

constexpr int kVideoRate = 25;

}  // namespace

class TestKeyFrames : public QObject {
    Q_OBJECT

    QTemporaryDir m_temporary;
    fs::path m_folder, m_minute;

    fs::path write(const std::string& name, const std::string& bytes) {
        writeFile(m_folder / name, bytes);
        return m_folder / name;
    }
    /// Five scenes in 60 s: hard cuts at 12, 24 and 48 s, a fade through black at 36 s.
    static std::string minute() {
        const std::vector<std::pair<uint32_t, uint32_t>> colours = {{0xC08020, 0xE0C060},
                                                                    {0x2040C0, 0x60C0E0},
                                                                    {0x20A040, 0xA0E060},
                                                                    {0x803090, 0xF0B0F0},
                                                                    {0x505050, 0xF0F0F0}};
        AviBytes avi(160, 120, kVideoRate);
        for (int i = 0; i < 60 * kVideoRate; ++i) {
            const double time = static_cast<double>(i) / kVideoRate;
            const auto [first, second] = colours[static_cast<size_t>(time / 12)];
            avi.add(stripes(160, 120, i, first, second, std::min(1.0, std::abs(time - 36) / 1.5)));
        }
        return avi.bytes();
    }

  private Q_SLOTS:
    void initTestCase() {
        m_folder = m_temporary.path().toStdString();
        if (!whyNoVideos().empty()) QSKIP(whyNoVideos().c_str());
        m_minute = write("minute.avi", minute());
    }

    void scenesOfAMinuteAreFound() {
        VideoInfo info;
        const auto frames = allKeyFrames(m_minute, {}, &info);
        QCOMPARE(info.width, 160);
        QCOMPARE(info.height, 120);
        QCOMPARE(info.duration, 60'000);
        QCOMPARE(info.framesPerSecond, 25.0);
        QCOMPARE(info.note, std::string());
        QCOMPARE(frames.size(), 5);
        for (size_t i = 0; i < frames.size(); ++i) {
            const auto start = static_cast<int64_t>(i) * 12'000;
            QVERIFY2(std::abs(frames[i].start - start) <= 500, std::to_string(frames[i].start).c_str());
            QCOMPARE(frames[i].stop, i + 1 < frames.size() ? frames[i + 1].start : 60'000);
            QVERIFY(std::abs(frames[i].time - (start + 6000)) <= 500);
            QCOMPARE(frames[i].images.size(), 1);
            QCOMPARE(frames[i].images[0].width, 160);
        }
        QCOMPARE(frames[1].start, 12'000);
        const auto shots = findShots(m_minute, {});
        QCOMPARE(shots.size(), 5);
        QCOMPARE(shots[1].firstFrame, 300);
        QCOMPARE(shots[4].frames, 300);
    }
    void longShotsHaveSeveralFrames() {
        VideoSampling sampling;
        sampling.every = 4;
        const auto frames = allKeyFrames(m_minute, sampling);
        QCOMPARE(frames.size(), 15);
        for (size_t i = 0; i < frames.size(); ++i) {
            QCOMPARE(frames[i].start, i == 0 ? 0 : frames[i - 1].stop);
            QVERIFY(frames[i].time >= frames[i].start && frames[i].time < frames[i].stop);
            QVERIFY(frames[i].stop - frames[i].start <= 6100);
        }
        QCOMPARE(frames.back().stop, 60'000);
        sampling.every = 0;
        QCOMPARE(allKeyFrames(m_minute, sampling).size(), 5);
    }
    void theFrameIsTheOneOfItsTime() {
        for (const KeyFrame& frame : allKeyFrames(m_minute)) {
            QVERIFY(frame.images[0].rgb == readFrame(m_minute, frame.time).rgb);
            QVERIFY(frame.images[0].rgb != readFrame(m_minute, frame.time + 4000 / kVideoRate).rgb);
        }
    }
    /// A frame that is black stands for a shot that has nothing else.
    void blackIsNotChosen() {
        AviBytes avi(64, 48, kVideoRate);
        for (int i = 0; i < 4 * kVideoRate; ++i)
            avi.add(stripes(64, 48, i, 0xC02020, 0xE0A060, i >= 25 && i < 75 ? 0 : 1));
        VideoSampling sampling;
        sampling.minShot = 5;
        const auto frames = allKeyFrames(write("black.avi", avi.bytes()), sampling);
        QCOMPARE(frames.size(), 1);
        QVERIFY(frames[0].time < 1000 || frames[0].time >= 3000);
        QVERIFY(*std::ranges::max_element(frames[0].images[0].rgb) > 100);
    }
    void patchesCoverTheFrame() {
        VideoSampling sampling;
        sampling.patches = true;
        const auto frames = allKeyFrames(m_minute, sampling);
        QCOMPARE(frames.size(), 5);
        const KeyFrame& frame = frames[0];
        QCOMPARE(patchCount(160, 120), 5 * 3);
        QCOMPARE(frame.images.size(), 16);
        for (int patch = 1; patch <= 15; ++patch) {
            const PixelRect rect = patchRect(160, 120, patch);
            const Image& part = frame.images[static_cast<size_t>(patch)];
            QCOMPARE(part.width, 60);
            QCOMPARE(part.height, 60);
            const int x = static_cast<int>(rect.x), y = static_cast<int>(rect.y);
            QVERIFY(
                std::equal(part.rgb.begin(), part.rgb.begin() + 180, frame.images[0].rgb.begin() + (y * 160 + x) * 3));
        }
        QCOMPARE(patchRect(160, 120, 1).x, 0.0);
        QCOMPARE(patchRect(160, 120, 15).x + 60, 160.0);
        QCOMPARE(patchRect(160, 120, 15).y + 60, 120.0);
    }
    void patchesOfAnyFrameAreFewAndWithin() {
        for (const auto& [width, height] : std::vector<std::pair<int, int>>{
                 {1920, 1080}, {1080, 1920}, {1, 1}, {2, 3}, {640, 640}, {8000, 1000}, {10'000, 100}, {7680, 4320}}) {
            const int count = patchCount(width, height);
            QVERIFY(count <= 64);
            for (int patch = 1; patch <= count; ++patch) {
                const PixelRect rect = patchRect(width, height, patch);
                QVERIFY(rect.x >= 0 && rect.y >= 0 && rect.x + rect.width <= width && rect.y + rect.height <= height);
            }
        }
        QCOMPARE(patchCount(1920, 1080), 21);
    }

    void everyFrameIsFound_data() {
        QTest::addColumn<QString>("name");
        QTest::newRow("frames stored in another order") << "reordered.mp4";
        QTest::newRow("variable rate") << "variable.mkv";
        QTest::newRow("WebM") << "vp8.webm";
    }
    void everyFrameIsFound() {
        QFETCH(QString, name);
        const fs::path file = goldenVideo(name.toStdString());
        const bool isVariable = name == "variable.mkv";
        const int count = isVariable ? 60 : 75;
        const auto time = [&](int i) { return isVariable && i >= 30 ? 4200 + 100 * (i - 30) : 40 * i; };
        for (int i = count - 1; i >= 0; i -= i > count - 6 ? 1 : 7) {
            QCOMPARE(frameNumber(readFrame(file, time(i))), i);
            QCOMPARE(frameNumber(readFrame(file, time(i) + 20)), i);
            if (i > 0) QCOMPARE(frameNumber(readFrame(file, time(i) - 2)), i - 1);
        }
        QCOMPARE(frameNumber(readFrame(file, 1'000'000)), count - 1);
        QCOMPARE(frameNumber(readFrame(file, -5)), 0);
    }
    void stillsOfVariableVideosLast() {
        QCOMPARE(frameNumber(readFrame(goldenVideo("variable.mkv"), 2500)), 29);
        VideoInfo info;
        const auto frames = allKeyFrames(goldenVideo("variable.mkv"), {}, &info);
        QCOMPARE(info.duration, 7200);
        QCOMPARE(info.note, std::string());
        // Colours change at frames 20 and 40, by their times.
        QCOMPARE(frames.size(), 3);
        QCOMPARE(frames[1].start, 800);
        QCOMPARE(frames[2].start, 5200);
    }
    void timesAreRightToTheEnd() {
        VideoInfo info;
        const auto frames = allKeyFrames(goldenVideo("reordered.mp4"), {}, &info);
        QCOMPARE(info.duration, 3000);
        QCOMPARE(frames.size(), 3);
        QCOMPARE(frames[2].start, 2000);
        for (const KeyFrame& frame : frames)
            QCOMPARE(frameNumber(frame.images[0]), frame.time / 40);
    }
    void turnedVideosAreUpright() {
        const VideoInfo info = readVideoInfo(goldenVideo("turned.mp4"));
        QCOMPARE(info.width, 96);
        QCOMPARE(info.height, 128);
        const Image frame = readFrame(goldenVideo("turned.mp4"), 40 * 19);
        QCOMPARE(frame.width, 96);
        QCOMPARE(frame.height, 128);
        // The squares of the top are at the right now, from top to bottom.
        int number = 0;
        for (int bit = 0; bit < 8; ++bit)
            number = 2 * number + (frame.rgb[static_cast<size_t>(((16 * bit + 8) * 96 + 88) * 3)] > 128 ? 1 : 0);
        QCOMPARE(number, 19);
    }
    void pixelsAreSquare() {
        QCOMPARE(readVideoInfo(goldenVideo("wide_pixels.mp4")).width, 256);
        const Image frame = readFrame(goldenVideo("wide_pixels.mp4"), 40 * 11);
        QCOMPARE(frame.width, 256);
        QCOMPARE(frame.height, 96);
        QCOMPARE(frameNumber(frame), 11);
    }

    void whatIsNoVideoIsSaid() {
        const auto said = [&](const std::string& name, const std::string& bytes) {
            const fs::path file = write(name, bytes);
            const std::string first = errorOf([&] { readVideoInfo(file); });
            const std::string second = errorOf([&] { allKeyFrames(file); });
            return first == second && first == errorOf([&] { readFrame(file, 0); }) ? first : "not the same";
        };
        QVERIFY(said("empty.mp4", "").find("the file is empty") != std::string::npos);
        QVERIFY(said("text.mp4", "not a video").find("not a video, or one that is damaged") != std::string::npos);
        QVERIFY(said("list.mp4", "#EXTM3U\nhttp://127.0.0.1/a.ts\n").find("a list of videos") != std::string::npos);
        QVERIFY(errorOf([&] { allKeyFrames(m_folder / "missing.mp4"); }).find("missing.mp4") != std::string::npos);
        QVERIFY(!errorOf([&] { allKeyFrames(m_folder); }).empty());
        const std::string mp4 = readText(goldenVideo("reordered.mp4"));
        QVERIFY(said("cut.mp4", mp4.substr(0, mp4.size() / 2)).find("damaged") != std::string::npos);
        VideoSampling wrong;
        wrong.window = 0;
        QVERIFY(errorOf([&] { allKeyFrames(m_minute, wrong); }).find("out of range") != std::string::npos);
    }
    void truncatedVideosAreReadAndSaid() {
        const std::string bytes = readText(m_minute);
        VideoInfo info;
        const auto frames = allKeyFrames(write("half.avi", bytes.substr(0, bytes.size() / 2)), {}, &info);
        QVERIFY(frames.size() >= 2 && frames.size() <= 4);
        QVERIFY(info.duration > 20'000 && info.duration < 40'000);
        QVERIFY2(info.note.find("truncated or damaged") != std::string::npos &&
                     info.note.find("of 60 seconds") != std::string::npos,
                 info.note.c_str());
    }
    /// A drive that did not answer for a moment: what was read is no whole video, though the file is.
    void readingThatBreaksOffIsNoEnd() {
        const std::string bytes = readText(m_minute);
        const fs::path file = write("broken off.avi", bytes.substr(0, bytes.size() / 2)),
                       whole = write("whole.avi", bytes);
        JobContext job;
        // Who reads has the short one open still.
        job.report = [&](const Progress&) {
            if (fs::exists(whole)) fs::rename(whole, file);
        };
        QVERIFY_THROWS_EXCEPTION(ReadingBrokeOff, readKeyFrames(
                                                      file, {}, [](const KeyFrame&) {}, job));
        VideoInfo info;
        allKeyFrames(file, {}, &info);
        QVERIFY(info.note.empty());
    }
    /// Anything but a crash: an Error, or frames.
    void damagedVideosEndWell() {
        std::mt19937 random(3);
        for (const char* name : {"reordered.mp4", "variable.mkv", "vp8.webm", "turned.mp4"}) {
            const std::string good = readText(goldenVideo(name));
            for (int i = 0; i < 30; ++i) {
                std::string bytes = good;
                if (i % 3 == 0) bytes.resize(random() % bytes.size());
                for (uint32_t changes = i % 3 == 0 ? 0 : 1 + random() % 12; changes > 0; --changes)
                    bytes[random() % bytes.size()] = static_cast<char>(random());
                const fs::path file = write(std::string("damaged-") + name, bytes);
                std::vector<KeyFrame> frames;
                const std::string error = errorOf([&] { frames = allKeyFrames(file); });
                QVERIFY(error.empty() != frames.empty());
                for (const KeyFrame& frame : frames)
                    QVERIFY(frame.start <= frame.time && frame.time <= frame.stop);
            }
        }
    }
    void itStopsWhenAsked() {
        std::stop_source stop;
        int64_t last = -1;
        const JobContext job{stop.get_token(), [&](const Progress& progress) {
                                 QVERIFY(progress.done > last && progress.total == 60'000);
                                 last = progress.done;
                                 if (progress.done >= 5000) stop.request_stop();
                             }};
        QVERIFY_EXCEPTION_THROWN(readKeyFrames(
                                     m_minute, {}, [](const KeyFrame&) {}, job),
                                 Cancelled);
        QCOMPARE(last, 5000);
    }
    /// Pictures of a long shot are thinned out: its frames would take 1.4 GB.
    void memoryIsBounded() {
        AviBytes avi(1280, 720, kVideoRate);
        avi.add(stripes(1280, 720, 0, 0x406080, 0x80A0C0), 20 * kVideoRate);
        const fs::path file = write("still.avi", avi.bytes());
        const auto peak = [] {
            std::ifstream status("/proc/self/status");
            for (std::string line; std::getline(status, line);)
                if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6)) << 10;
            return 0LL;
        };
        VideoSampling sampling;
        sampling.every = 0;
        std::ofstream("/proc/self/clear_refs") << 5;
        const auto before = peak();
        QCOMPARE(allKeyFrames(file, sampling).size(), 1);
        QVERIFY2(peak() - before < 150LL << 20, std::to_string(peak() - before).c_str());
    }
    void namesOfVideosAreKnown() {
        QVERIFY(hasVideoExtension("a.MP4") && hasVideoExtension("b/c.webm") && hasVideoExtension("x.y.MkV"));
        QVERIFY(!hasVideoExtension("mp4") && !hasVideoExtension(".mp4") && !hasVideoExtension("a.srt"));
        QCOMPARE(videoFormat("a.mKv"), std::string("MKV"));
    }
    void namesMayBeAnyBytes() {
        const fs::path file = write("a%03d\xFF b:c.avi", readText(m_minute).substr(0, 400'000));
        QVERIFY(!allKeyFrames(file).empty());
        fs::remove(file);  // Qt cannot
    }
};

DIAGONAL_TEST(TestKeyFrames);
#include "test_key_frames.moc"
