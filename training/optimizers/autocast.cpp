// SPDX-License-Identifier: Apache-2.0
#include "training/optimizers/autocast.h"

#include <ATen/autocast_mode.h>

namespace diagonal {

AutocastScope::AutocastScope(const torch::Device& device, std::optional<torch::ScalarType> type)
    : m_device(device.type()), m_enabled(type.has_value()) {
    if (!m_enabled) return;
    m_before = at::autocast::is_autocast_enabled(m_device);
    at::autocast::set_autocast_dtype(m_device, *type);
    at::autocast::set_autocast_enabled(m_device, true);
    at::autocast::increment_nesting();
}

AutocastScope::~AutocastScope() {
    if (!m_enabled) return;
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    at::autocast::set_autocast_enabled(m_device, m_before);
}

}  // namespace diagonal
