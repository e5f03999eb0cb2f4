// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "training/optimizers/rounding_noise.h"

namespace diagonal {

// The loops of roundedAdamW on a CPU, compiled apart: without errno of square roots they are vectors' work. bf16 is the
// upper half of fp32.

void widen(const uint16_t* in, int64_t count, float* out);

/// Stochastic rounding. first: number of the first element.
void narrow(const float* in, int64_t count, RoundingNoise noise, uint32_t first, uint16_t* out);

struct AdamWFactors {
    float kept = 1;  ///< of the weight, after its decay
    float beta1 = 0, beta2 = 0;
    float size = 0;       ///< learning rate over the first moment's correction
    float rootScale = 1;  ///< 1 / root of the second moment's correction
    float epsilon = 0;
};
void advance(const float* gradient, int64_t count, const AdamWFactors& factors, float* weight, float* average,
             float* squareAverage);

}  // namespace diagonal
