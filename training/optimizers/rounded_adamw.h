// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>

namespace diagonal {

/// Rates of one step of AdamW.
struct AdamWRates {
    double learningRate = 0, beta1 = 0, beta2 = 0, epsilon = 0, weightDecay = 0;
};

/// A parameter and what AdamW keeps of it, each fp32 or bf16, in one layout without gaps.
struct AdamWTensors {
    torch::Tensor weight;
    torch::Tensor gradient;  ///< fp32
    torch::Tensor average, squareAverage;
};

/// One step of AdamW of a parameter that has tensors in bf16 (the CLIP paper's half-precision Adam statistics and
/// stochastically rounded weights, section 2.5). It is computed in fp32 with the moments as they are before they are
/// stored. What is stored in bf16 is rounded up or down at random, with the probabilities that keep its mean: rounded
/// to the nearest, changes below half a unit in the last place, as most of a step's are, would be lost.
///
/// The noise is a function of seed, name, step and the element's place alone. step: float scalar, counted from 1.
/// refused: float scalar or undefined; where it is 1 nothing changes. On a GPU the host waits for neither.
void roundedAdamW(const std::string& name, const AdamWTensors& tensors, const AdamWRates& rates, uint64_t seed,
                  const torch::Tensor& step, const torch::Tensor& refused);

}  // namespace diagonal
