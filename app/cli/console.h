// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/job.h"

namespace diagonal::cli {

/// Control characters and bytes that are no UTF-8 as \xNN, so that no text (a file name, say) can steer the terminal.
/// Line ends stay.
std::string printable(std::string_view text);

/// Columns that a UTF-8 text takes on a terminal.
size_t displayWidth(std::string_view text);

/// "0:26", "1:02:26".
std::string formatDuration(double seconds);

/// Cuts a text in its middle to at most `width` columns.
std::string shorten(const std::string& text, size_t width);

/// Everything that goes to stderr: messages, and one live line below them that is gone at the end. Call it from the
/// main thread only.
class Console {
  public:
    void setQuiet(bool quiet) { m_quiet = quiet; }
    bool isQuiet() const { return m_quiet; }
    /// Whether a live line is shown: stderr is a terminal and nobody asked for silence.
    bool hasLiveLine() const;

    void note(std::string_view text);     ///< not when quiet
    void problem(std::string_view text);  ///< "diagonal: TEXT", also when quiet
    void error(std::string_view text);    ///< "diagonal: error: TEXT", also when quiet

    /// Replaces the live line, at most ten times a second unless it is the last.
    void live(std::string_view text, bool last = false);
    void clearLive();

  private:
    void print(std::string_view text);

    bool m_quiet = false;
    bool m_liveShown = false;
    std::chrono::steady_clock::time_point m_lastLive{};
};

/// The one of this process.
Console& console();

/// A job's progress as the live line: "120/1000 images   34/s   0:26 left".
class ProgressLine {
  public:
    explicit ProgressLine(std::string things);
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void show(const Progress& progress);
    /// What a job gets: reports here, stops when Ctrl-C was pressed.
    JobContext job();

  private:
    std::string m_things;
    std::chrono::steady_clock::time_point m_start;
};

/// A download's progress as the live line: "ViT-B/32   120 MB of 354 MB   23 MB/s   0:10 left".
class DownloadLine {
  public:
    explicit DownloadLine(std::string name) : m_name(std::move(name)) {}
    ~DownloadLine();
    DownloadLine(const DownloadLine&) = delete;
    DownloadLine& operator=(const DownloadLine&) = delete;

    /// As ProgressLine::job; progress is in bytes.
    JobContext job();

  private:
    void show(const Progress& progress);

    std::string m_name;
    /// The first report: what an earlier download left does not count as fast.
    std::chrono::steady_clock::time_point m_start{};
    int64_t m_first = -1;
};

}  // namespace diagonal::cli
