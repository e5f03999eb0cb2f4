// SPDX-License-Identifier: Apache-2.0
// diagonal-shots VIDEO [RATIO WINDOW MIN_CONTENT FADE MIN_SHOT]: its shots as PySceneDetect's list-scenes names them.
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "engine/video/key_frames.h"

int main(int count, char** arguments) {
    if (count != 2 && count != 7) {
        std::fprintf(stderr, "diagonal-shots VIDEO [RATIO WINDOW MIN_CONTENT FADE MIN_SHOT]\n");
        return 2;
    }
    diagonal::VideoSampling sampling;
    if (count == 7) {
        sampling.ratio = std::atof(arguments[2]);
        sampling.window = std::atoi(arguments[3]);
        sampling.minContent = std::atof(arguments[4]);
        sampling.fade = std::atof(arguments[5]);
        sampling.minShot = std::atof(arguments[6]);
    }
    try {
        const auto begin = std::chrono::steady_clock::now();
        const auto shots = diagonal::findShots(arguments[1], sampling);
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
        std::puts("Scene Number,Start Frame,Start Time (seconds),End Frame,End Time (seconds)");
        for (size_t i = 0; i < shots.size(); ++i) {
            const auto& shot = shots[i];
            std::printf("%zu,%lld,%.3f,%lld,%.3f\n", i + 1, static_cast<long long>(shot.firstFrame + 1),
                        shot.start / 1000, static_cast<long long>(shot.firstFrame + shot.frames), shot.stop / 1000);
        }
        std::fprintf(stderr, "%.3f s\n", seconds.count());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
