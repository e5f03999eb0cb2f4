// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "training/run/metrics.h"
#include "training/run/observer.h"

namespace diagonal {

/// Notes for people: to the observer at once, and with the time to RUN/log.txt as soon as there is a run folder. One
/// thread at a time.
class RunLog {
  public:
    explicit RunLog(TrainingObserver& observer) : m_observer(observer) {}

    /// Opens the file and writes what was said before. Throws Error.
    void open(const std::filesystem::path& file);
    void say(const std::string& text);

  private:
    TrainingObserver& m_observer;
    std::unique_ptr<LineFile> m_file;
    std::vector<std::string> m_early;
};

}  // namespace diagonal
