// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "engine/video/key_frames.h"
#include "engine/video/video_module.h"

namespace diagonal {

/// Where a new shot begins.
struct VideoCut {
    int64_t frame = 0;
    double time = 0;  ///< ms
};

/// PySceneDetect's AdaptiveDetector, and its ThresholdDetector for fades that the first one leaves: frames come one by
/// one, cuts some frames later.
class ShotDetector {
  public:
    /// Throws Error for numbers that make no sense.
    explicit ShotDetector(const VideoSampling& sampling);

    /// The next frame: hue, saturation and value of each pixel, and its mean brightness. Cuts in order of time.
    std::vector<VideoCut> add(double time, const VideoPixels& hsv, double brightness);
    /// After the last frame.
    std::vector<VideoCut> finish();
    bool isBlack(double brightness) const { return brightness < m_sampling.fade; }

  private:
    struct Score {
        VideoCut at;
        double value = 0;
    };
    struct Fade {
        VideoCut cut;
        int64_t in = 0;   ///< frame at which it is over
        double over = 0;  ///< that frame's time
    };

    double score(const VideoPixels& hsv);
    std::optional<VideoCut> adaptiveCut() const;
    void follow(const VideoCut& now, double brightness);
    /// Whether a shot that is seen until then may end.
    bool isLongEnough(double until) const;
    void takeFade(std::vector<VideoCut>& cuts);

    VideoSampling m_sampling;
    int64_t m_frames = 0;
    std::vector<uint8_t> m_last;  ///< bytes of the last frame
    int m_width = 0, m_height = 0;
    std::deque<Score> m_scores;
    VideoCut m_shot;             ///< beginning of this one
    double m_since = 0;          ///< from when on it is seen: where it began, or the fade was over
    bool m_isOut = false;        ///< black
    VideoCut m_out;              ///< where that began
    std::optional<Fade> m_fade;  ///< a cut unless a hard one shows up beside it
};

}  // namespace diagonal
