// SPDX-License-Identifier: Apache-2.0
#include "training/optimizers/fast_math.h"

#include <ATen/Context.h>

namespace diagonal {

FastMath::FastMath(const torch::Device& device) : m_enabled(device.is_cuda()) {
    if (!m_enabled) return;
    auto& context = at::globalContext();
    m_products = context.allowTF32CuBLAS();
    m_convolutions = context.allowTF32CuDNN();
    m_benchmark = context.benchmarkCuDNN();
    context.setAllowTF32CuBLAS(true);
    context.setAllowTF32CuDNN(true);
    context.setBenchmarkCuDNN(true);
}

FastMath::~FastMath() {
    if (!m_enabled) return;
    auto& context = at::globalContext();
    context.setAllowTF32CuBLAS(m_products);
    context.setAllowTF32CuDNN(m_convolutions);
    context.setBenchmarkCuDNN(m_benchmark);
}

}  // namespace diagonal
