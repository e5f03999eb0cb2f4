// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "training/run/observer.h"

/// Keeps what a run reports; may stop it after a step.
struct RunRecorder : diagonal::TrainingObserver {
    void onStep(const diagonal::StepMetrics& metrics) override {
        steps.push_back(metrics);
        if (metrics.step == stopAt) stop.request_stop();
    }
    void onMessage(const std::string& text) override { messages += text + "\n"; }

    bool says(const std::string& text) const { return messages.find(text) != std::string::npos; }

    std::vector<diagonal::StepMetrics> steps;
    std::string messages;
    int64_t stopAt = -1;
    std::stop_source stop;
};
