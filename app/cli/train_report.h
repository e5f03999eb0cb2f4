// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>

#include "app/cli/output.h"
#include "training/trainer/trainer.h"

namespace diagonal::cli {

/// Tells a person how a run goes: a live line on a terminal, else a line every few steps. Called on the thread that
/// trains, which is the main thread here.
class TrainReport : public TrainingObserver {
  public:
    explicit TrainReport(int64_t logEvery) : m_logEvery(logEvery) {}

    void onStarted(const TrainOptions& options, int64_t firstStep, int64_t totalSteps) override;
    void onStep(const StepMetrics& metrics) override;
    void onValidation(const ValidationMetrics& metrics) override;
    void onCheckpoint(int64_t step, const std::filesystem::path& folder) override;
    void onMessage(const std::string& text) override;

    /// How it ended, on stdout, and what to do next, on stderr.
    void summarize(const TrainingResult& result, Format format) const;

  private:
    int64_t m_logEvery;
    int64_t m_firstStep = 0;
    TrainOptions m_options;
    std::chrono::steady_clock::time_point m_start;
    std::optional<StepMetrics> m_last;
    double m_dataTime = 0, m_batchTime = 0;  ///< of the last fifty steps or so
    std::optional<ValidationMetrics> m_validation;
};

}  // namespace diagonal::cli
