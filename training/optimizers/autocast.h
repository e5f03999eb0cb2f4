// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <optional>

namespace diagonal {

/// Autocast to bf16 or fp16 on the device's kind, for the life of the object, on this thread; nothing without a type.
class AutocastScope {
  public:
    AutocastScope(const torch::Device& device, std::optional<torch::ScalarType> type);
    ~AutocastScope();
    AutocastScope(const AutocastScope&) = delete;
    AutocastScope& operator=(const AutocastScope&) = delete;

  private:
    torch::DeviceType m_device;
    bool m_enabled, m_before = false;
};

}  // namespace diagonal
