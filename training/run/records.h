// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <set>
#include <string>

#include "training/run/log.h"
#include "training/run/metrics.h"
#include "training/run/tensorboard.h"

namespace diagonal {

/// What a run writes as it goes: metrics.jsonl, tensorboard/, probe/ and left-out.txt, the samples that could not be
/// read. A disk that takes no more is told to the log, and training goes on. One thread at a time.
class RunRecords {
  public:
    /// Goes on behind `step`: what files hold of later steps is dropped. Without a folder nothing is written.
    RunRecords(std::filesystem::path run, int64_t step, RunLog& log);

    void add(const StepMetrics& metrics);
    void add(const ValidationMetrics& metrics);
    /// "path: reason" of a sample; each is kept once.
    void leaveOut(const std::string& sample);
    size_t leftOut() const { return m_leftOut.size(); }
    /// The run begins again behind an earlier step.
    void goBackTo(int64_t step);

  private:
    template <typename Work>
    void guarded(Work&& work);
    void write(const std::string& line);

    std::filesystem::path m_run;
    RunLog& m_log;
    std::unique_ptr<LineFile> m_metrics;
    std::unique_ptr<TensorBoardWriter> m_events;
    std::set<std::string> m_leftOut;
    bool m_written = true;
};

/// RUN/left-out.txt
std::filesystem::path leftOutFile(const std::filesystem::path& run);

}  // namespace diagonal
