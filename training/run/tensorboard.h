// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engine/image/image.h"
#include "training/run/metrics.h"

namespace diagonal {

/// Event files for TensorBoard: TFRecord frames of tensorflow.Event messages (tensorflow/core/util/event.proto,
/// framework/summary.proto). Each process writes a file of its own, newer ones behind the older ones by name. One
/// thread at a time.
class TensorBoardWriter {
  public:
    using Message = std::function<void(const std::string&)>;

    /// resumedStep: the step that a run goes on from; TensorBoard then forgets what older files hold of later steps.
    /// say is told when the disk takes no more. Throws Error when the folder or the file cannot be made.
    TensorBoardWriter(const std::filesystem::path& folder, std::optional<int64_t> resumedStep, Message say);

    void scalars(int64_t step, const MetricValues& values);
    void image(int64_t step, std::string_view tag, const Image& image);

  private:
    void write(int64_t step, std::string_view fields);

    LineFile m_file;
    Message m_say;
    bool m_written = true;
};

}  // namespace diagonal
