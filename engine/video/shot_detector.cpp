// SPDX-License-Identifier: Apache-2.0
#include "engine/video/shot_detector.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "engine/base/error.h"

namespace diagonal {

namespace {

constexpr double kMostRatio = 255;
constexpr double kNoChange = 1e-5;
constexpr double kAllChanged = 255;
/// Times of frames are rounded to such.
constexpr double kTimeError = 0.5;

}  // namespace

ShotDetector::ShotDetector(const VideoSampling& sampling) : m_sampling(sampling) {
    const auto isIn = [](double value, double most) { return value >= 0 && value <= most; };
    if (!isIn(sampling.ratio, 1e9) || sampling.window < 1 || sampling.window > 1000 ||
        !isIn(sampling.minContent, 255) || !isIn(sampling.fade, 255) || !isIn(sampling.minShot, 86400) ||
        !isIn(sampling.every, 86400))
        throw Error("Shots", "are looked for with numbers that are out of range",
                    "Windows have 1 to 1,000 frames, levels go to 255, times to 86,400 seconds");
}

double ShotDetector::score(const VideoPixels& hsv) {
    const auto row = static_cast<size_t>(hsv.width) * 3;
    const size_t count = row * static_cast<size_t>(hsv.height);
    const bool isFirst = m_last.empty(), isSame = hsv.width == m_width && hsv.height == m_height;
    m_width = hsv.width;
    m_height = hsv.height;
    m_last.resize(count);
    uint64_t sum = 0;
    for (size_t y = 0; y < static_cast<size_t>(hsv.height); ++y) {
        const uint8_t* now = hsv.data + y * hsv.stride;
        uint8_t* last = m_last.data() + y * row;
        uint32_t ofRow = 0;
        for (size_t x = 0; x < row; ++x)
            ofRow += static_cast<uint32_t>(std::abs(int{now[x]} - int{last[x]}));
        sum += ofRow;
        std::memcpy(last, now, row);
    }
    if (isFirst || count == 0) return 0;
    return isSame ? static_cast<double>(sum) / static_cast<double>(count) : kAllChanged;
}

std::optional<VideoCut> ShotDetector::adaptiveCut() const {
    const auto window = static_cast<size_t>(m_sampling.window);
    if (m_scores.size() < 2 * window + 1) return {};
    const Score& target = m_scores[window];
    double around = 0;
    for (size_t i = 0; i < m_scores.size(); ++i)
        if (i != window) around += m_scores[i].value;
    around /= 2.0 * static_cast<double>(window);
    double ratio = 0;
    if (std::abs(around) >= kNoChange)
        ratio = std::min(target.value / around, kMostRatio);
    else if (target.value >= m_sampling.minContent)
        ratio = kMostRatio;
    if (ratio < m_sampling.ratio || target.value < m_sampling.minContent) return {};
    return target.at;
}

bool ShotDetector::isLongEnough(double until) const {
    return until - m_since >= m_sampling.minShot * 1000 - kTimeError;
}

void ShotDetector::takeFade(std::vector<VideoCut>& cuts) {
    if (isLongEnough(m_fade->over) && m_fade->cut.frame > m_shot.frame) {
        cuts.push_back(m_shot = m_fade->cut);
        m_since = m_fade->over;
    }
    m_fade.reset();
}

void ShotDetector::follow(const VideoCut& now, double brightness) {
    const bool isOut = isBlack(brightness);
    if (isOut && !m_isOut) m_out = now;
    if (!isOut && m_isOut) {
        const int64_t frames = now.frame - m_out.frame;
        const auto half = std::llrint(static_cast<double>(frames) / 2);
        const double time =
            m_out.time + (now.time - m_out.time) * static_cast<double>(half) / static_cast<double>(frames);
        // Black that a shot begins with is a part of it.
        if (!m_fade && m_shot.frame < m_out.frame) m_fade = Fade{{m_out.frame + half, time}, now.frame, now.time};
    }
    m_isOut = isOut;
}

std::vector<VideoCut> ShotDetector::add(double time, const VideoPixels& hsv, double brightness) {
    const VideoCut now{m_frames++, time};
    if (now.frame == 0) {
        m_shot = now;
        m_since = time;
    }
    m_scores.push_back({now, score(hsv)});
    if (m_scores.size() > 2 * static_cast<size_t>(m_sampling.window) + 1) m_scores.pop_front();
    std::vector<VideoCut> cuts;
    const std::optional<VideoCut> hard = adaptiveCut();
    const int64_t looked = now.frame - m_sampling.window;
    if (hard && m_fade && std::abs(hard->frame - m_fade->in) <= 1) m_fade.reset();
    if (m_fade && looked > m_fade->in) takeFade(cuts);
    if (hard && isLongEnough(hard->time)) {
        cuts.push_back(m_shot = *hard);
        m_since = hard->time;
    }
    follow(now, brightness);
    return cuts;
}

std::vector<VideoCut> ShotDetector::finish() {
    std::vector<VideoCut> cuts;
    if (m_fade) takeFade(cuts);
    return cuts;
}

}  // namespace diagonal
