// SPDX-License-Identifier: Apache-2.0
#include "training/optimizers/rounded_loops.h"

#include <bit>
#include <cmath>

#include "engine/base/vectorised.h"

namespace diagonal {

DIAGONAL_VECTORISED void widen(const uint16_t* in, int64_t count, float* out) {
    for (int64_t i = 0; i < count; ++i)
        out[i] = std::bit_cast<float>(static_cast<uint32_t>(in[i]) << 16);
}

DIAGONAL_VECTORISED void narrow(const float* in, int64_t count, RoundingNoise noise, uint32_t first, uint16_t* out) {
    for (int64_t i = 0; i < count; ++i) {
        const uint32_t drawn = noise(first + static_cast<uint32_t>(i)) >> 16;
        out[i] = static_cast<uint16_t>((std::bit_cast<uint32_t>(in[i]) + drawn) >> 16);
    }
}

DIAGONAL_VECTORISED void advance(const float* gradient, int64_t count, const AdamWFactors& factors, float* weight,
                                 float* average, float* squareAverage) {
    const AdamWFactors f = factors;  // nothing that is written is among them
    for (int64_t i = 0; i < count; ++i) {
        const float slope = gradient[i];
        average[i] += (1 - f.beta1) * (slope - average[i]);
        squareAverage[i] = f.beta2 * squareAverage[i] + (1 - f.beta2) * slope * slope;
        const float root = std::sqrt(squareAverage[i]) * f.rootScale + f.epsilon;
        weight[i] = weight[i] * f.kept - f.size * average[i] / root;
    }
}

}  // namespace diagonal
