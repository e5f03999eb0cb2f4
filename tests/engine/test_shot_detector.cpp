// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <cmath>

#include "engine/video/shot_detector.h"
#include "tests/error_of.h"
#include "tests/registry.h"

using namespace diagonal;

namespace {

/// CutFrames of one colour: a list of levels is a video.
std::vector<int64_t> cutsOf(const std::vector<int>& levels, const VideoSampling& sampling = {}, double step = 40) {
    ShotDetector detector(sampling);
    std::vector<int64_t> frames;
    const auto add = [&](const std::vector<VideoCut>& cuts) {
        for (const VideoCut& cut : cuts)
            frames.push_back(cut.frame);
    };
    for (size_t i = 0; i < levels.size(); ++i) {
        // Hue, saturation and value all change by the level.
        const std::vector<uint8_t> pixels(8 * 4 * 3, static_cast<uint8_t>(levels[i]));
        add(detector.add(static_cast<double>(i) * step, {pixels.data(), 8, 4, 24}, levels[i]));
    }
    add(detector.finish());
    return frames;
}

std::vector<int> levelScenes(const std::vector<std::pair<int, int>>& parts) {
    std::vector<int> levels;
    for (const auto& [count, level] : parts)
        levels.insert(levels.end(), static_cast<size_t>(count), level);
    return levels;
}

using CutFrames = std::vector<int64_t>;

}  // namespace

class TestShotDetector : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void cutsAreWhereTheColourJumps() {
        QCOMPARE(cutsOf(levelScenes({{50, 100}, {50, 160}, {40, 90}})), (CutFrames{50, 100}));
    }
    void whatHasNoCutHasNone() {
        QCOMPARE(cutsOf(levelScenes({{100, 77}})), CutFrames{});
        QCOMPARE(cutsOf({}), CutFrames{});
        QCOMPARE(cutsOf({5}), CutFrames{});
    }
    /// Steady change is no cut, however fast: its neighbours change as much.
    void fastMotionIsNoCut() {
        std::vector<int> levels;
        for (int i = 0; i < 100; ++i)
            levels.push_back(i % 2 == 0 ? 60 : 160);
        QCOMPARE(cutsOf(levels), CutFrames{});
    }
    void smallChangesAreNoCuts() {
        QCOMPARE(cutsOf(levelScenes({{50, 100}, {50, 114}})), CutFrames{});
        QCOMPARE(cutsOf(levelScenes({{50, 100}, {50, 115}})), CutFrames{50});
    }
    void ratioIsThatOfTheNeighbours() {
        // A change of 60 between changes of 20: three times.
        std::vector<int> levels = levelScenes({{30, 20}});
        for (const int level : {40, 20, 40, 100, 80, 100, 80})
            levels.push_back(level);
        levels.insert(levels.end(), 30, 80);
        VideoSampling sampling;
        sampling.ratio = 3;
        QCOMPARE(cutsOf(levels, sampling), CutFrames{33});
        sampling.ratio = 3.01;
        QCOMPARE(cutsOf(levels, sampling), CutFrames{});
    }
    void shotsAreLongEnough() {
        // 15 frames of 40 ms are 0.6 s.
        QCOMPARE(cutsOf(levelScenes({{50, 100}, {14, 160}, {50, 100}})), CutFrames{50});
        QCOMPARE(cutsOf(levelScenes({{50, 100}, {15, 160}, {50, 100}})), (CutFrames{50, 65}));
        QCOMPARE(cutsOf(levelScenes({{14, 100}, {50, 160}})), CutFrames{});
        // By time, not by frames.
        QCOMPARE(cutsOf(levelScenes({{50, 100}, {8, 160}, {50, 100}}), {}, 100), (CutFrames{50, 58}));
    }
    void fadesAreCutInTheirMiddle() {
        std::vector<int> levels = levelScenes({{40, 100}});
        for (int level = 95; level > 0; level -= 5)
            levels.push_back(level);
        levels.insert(levels.end(), 10, 0);
        for (int level = 5; level < 100; level += 5)
            levels.push_back(level);
        levels.insert(levels.end(), 40, 100);
        // Below 12 from frame 57 on (10), over 12 from 71 on (15): in the middle.
        QCOMPARE(cutsOf(levels), CutFrames{64});
        VideoSampling sampling;
        sampling.fade = 0;
        QCOMPARE(cutsOf(levels, sampling), CutFrames{});
    }
    /// A fade to black that ends with a jump is one cut, at the jump.
    void blackBeforeAHardCutIsNoShot() {
        std::vector<int> levels = levelScenes({{40, 100}});
        for (int level = 95; level > 0; level -= 5)
            levels.push_back(level);
        levels.insert(levels.end(), 60, 0);
        levels.insert(levels.end(), 50, 150);
        QCOMPARE(cutsOf(levels), CutFrames{119});
    }
    void blackBetweenHardCutsIsAShot() {
        QCOMPARE(cutsOf(levelScenes({{40, 100}, {60, 0}, {40, 150}})), (CutFrames{40, 100}));
    }
    void videosMayBeginAndEndInBlack() {
        std::vector<int> levels = levelScenes({{50, 0}});
        for (int level = 2; level < 100; level += 2)
            levels.push_back(level);
        levels.insert(levels.end(), 40, 100);
        for (int level = 98; level >= 0; level -= 2)
            levels.push_back(level);
        levels.insert(levels.end(), 30, 0);
        QCOMPARE(cutsOf(levels), CutFrames{});
    }
    void otherFrameSizesAreACut() {
        ShotDetector detector({});
        std::vector<VideoCut> cuts;
        const std::vector<uint8_t> pixels(8 * 8 * 3, 90);
        for (int i = 0; i < 60; ++i) {
            const auto found = detector.add(i * 40.0, {pixels.data(), 8, i < 30 ? 4 : 8, 24}, 90);
            cuts.insert(cuts.end(), found.begin(), found.end());
        }
        QCOMPARE(cuts.size(), 1);
        QCOMPARE(cuts[0].frame, 30);
    }
    void numbersOutOfRangeAreSaid() {
        for (const auto& change : std::vector<std::function<void(VideoSampling&)>>{
                 [](VideoSampling& s) { s.ratio = -1; }, [](VideoSampling& s) { s.ratio = std::nan(""); },
                 [](VideoSampling& s) { s.window = 0; }, [](VideoSampling& s) { s.minContent = 256; },
                 [](VideoSampling& s) { s.every = -3; }, [](VideoSampling& s) { s.minShot = 1e9; }}) {
            VideoSampling sampling;
            change(sampling);
            QVERIFY(errorOf([&] { ShotDetector{sampling}; }).find("out of range") != std::string::npos);
        }
    }
};

DIAGONAL_TEST(TestShotDetector);
#include "test_shot_detector.moc"
