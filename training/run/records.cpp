// SPDX-License-Identifier: Apache-2.0
#include "training/run/records.h"

#include <fstream>
#include <utility>

#include "engine/base/error.h"
#include "training/run/probe.h"
#include "training/run/run_folder.h"

namespace diagonal {

namespace fs = std::filesystem;

fs::path leftOutFile(const fs::path& run) {
    return run / "left-out.txt";
}

/// What the run is told by never ends it: a full disk may have room again.
template <typename Work>
void RunRecords::guarded(Work&& work) {
    try {
        work();
    } catch (const Error& error) {
        m_log.say(error.what());
    }
}

RunRecords::RunRecords(fs::path run, int64_t step, RunLog& log) : m_run(std::move(run)), m_log(log) {
    std::ifstream file(leftOutFile(m_run));
    for (std::string line; std::getline(file, line);)
        m_leftOut.insert(line);
    goBackTo(step);
}

void RunRecords::goBackTo(int64_t step) {
    if (m_run.empty()) return;
    guarded([&] { cutMetrics(metricsFile(m_run), step); });
    guarded([&] { m_metrics = std::make_unique<LineFile>(metricsFile(m_run)); });
    const std::optional<int64_t> resumed = step > 0 ? std::optional(step) : std::nullopt;
    guarded([&] {
        m_events = std::make_unique<TensorBoardWriter>(m_run / "tensorboard", resumed,
                                                       [this](const std::string& text) { m_log.say(text); });
    });
}

void RunRecords::add(const StepMetrics& metrics) {
    write(metricsLine(metrics));
    if (m_events) m_events->scalars(metrics.step, metricValues(metrics));
}

void RunRecords::add(const ValidationMetrics& metrics) {
    if (m_run.empty()) return;
    write(metricsLine(metrics));
    if (m_events) m_events->scalars(metrics.step, metricValues(metrics));
    try {
        fs::create_directories(m_run / "probe");
        writeProbe(probeFile(m_run, metrics.step), metrics);
        if (metrics.probe > 0 && m_events) m_events->image(metrics.step, "val/probe_matrix", probePicture(metrics));
    } catch (const std::exception& error) {
        m_log.say(std::string("the probe matrix was not kept: ") + error.what());
    }
}

void RunRecords::leaveOut(const std::string& sample) {
    if (m_run.empty() || !m_leftOut.insert(sample).second) return;
    m_log.say("left out: " + sample);
    guarded([&] { LineFile(leftOutFile(m_run)).append(sample); });
}

void RunRecords::write(const std::string& line) {
    if (m_run.empty()) return;
    const bool written = m_metrics != nullptr && m_metrics->append(line);
    if (!written && m_written) m_log.say("metrics.jsonl takes no more lines: is the disk full?");
    m_written = written;
}

}  // namespace diagonal
