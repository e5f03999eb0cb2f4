// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "engine/base/job.h"
#include "engine/checkpoint/state_dict.h"
#include "engine/parts/weights.h"

namespace diagonal {

enum class Loading {
    Mapped,    ///< float32 tensors stay where they are in the mapped file and must not be written to
    Writable,  ///< each tensor is a copy of its own, for training
    Checked,   ///< shapes are checked, tensors have no memory
};

/// Gives a model the tensors of a state dict in our names, as float32. finish() refuses what is left over. Reports
/// bytes as they are stored.
class LoadedWeights : public Weights {
  public:
    LoadedWeights(StateDict state, Loading loading, std::string file, JobContext job = {});

    /// Throws Error, and Cancelled.
    torch::Tensor take(const std::string& name, at::IntArrayRef shape, Init init) override;
    /// Throws Error where the file holds tensors that the model did not take.
    void finish() const;

  private:
    torch::Tensor load(const torch::Tensor& stored) const;

    StateDict m_state;
    Loading m_loading;
    std::string m_file;
    JobContext m_job;
    int64_t m_done = 0, m_total = 0;  ///< bytes
};

}  // namespace diagonal
