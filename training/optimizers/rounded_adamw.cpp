// SPDX-License-Identifier: Apache-2.0
#include "training/optimizers/rounded_adamw.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/base/libtorch.h"
#include "training/optimizers/rounded_loops.h"

namespace diagonal {

using torch::Tensor;

namespace {

/// Elements of a tensor as floats: its own, or a copy that is rounded back.
class Elements {
  public:
    static constexpr int64_t kMost = 2048;

    Elements(const Tensor& tensor, RoundingNoise noise) : m_noise(noise) {
        if (tensor.scalar_type() == torch::kFloat)
            m_wide = tensor.data_ptr<float>();
        else
            m_half = reinterpret_cast<uint16_t*>(tensor.data_ptr<c10::BFloat16>());
    }

    float* read(int64_t begin, int64_t count, std::array<float, kMost>& buffer) const {
        if (m_wide != nullptr) return m_wide + begin;
        widen(m_half + begin, count, buffer.data());
        return buffer.data();
    }
    void write(int64_t begin, int64_t count, const std::array<float, kMost>& buffer) const {
        if (m_half != nullptr) narrow(buffer.data(), count, m_noise, static_cast<uint32_t>(begin), m_half + begin);
    }

  private:
    RoundingNoise m_noise;
    float* m_wide = nullptr;
    uint16_t* m_half = nullptr;
};

struct Noises {
    RoundingNoise average, squareAverage, weight;
};

void onCpu(const AdamWTensors& tensors, const AdamWRates& rates, const Noises& noises, double step) {
    const auto now = static_cast<uint32_t>(step);
    const Elements weight(tensors.weight, noises.weight.at(now)), average(tensors.average, noises.average.at(now)),
        squareAverage(tensors.squareAverage, noises.squareAverage.at(now));
    const auto asFloat = [](double value) { return static_cast<float>(value); };
    const AdamWFactors all = {asFloat(1 - rates.learningRate * rates.weightDecay),
                              asFloat(rates.beta1),
                              asFloat(rates.beta2),
                              asFloat(rates.learningRate / (1 - std::pow(rates.beta1, step))),
                              asFloat(1 / std::sqrt(1 - std::pow(rates.beta2, step))),
                              asFloat(rates.epsilon)};
    const float* gradient = tensors.gradient.const_data_ptr<float>();
    constexpr int64_t kGrain = 16 * Elements::kMost;
    at::parallel_for(0, tensors.weight.numel(), kGrain, [&](int64_t from, int64_t to) {
        std::array<float, Elements::kMost> w, m, v;
        for (int64_t begin = from; begin < to; begin += Elements::kMost) {
            const int64_t count = std::min(Elements::kMost, to - begin);
            advance(gradient + begin, count, all, weight.read(begin, count, w), average.read(begin, count, m),
                    squareAverage.read(begin, count, v));
            weight.write(begin, count, w);
            average.write(begin, count, m);
            squareAverage.write(begin, count, v);
        }
    });
}

/// RoundingNoise in operations on int32 tensors, which wrap round as uint32 does.
struct NoiseTensors {
    Tensor first, second;  ///< int32 scalars

    static Tensor shifted(const Tensor& x, int bits) {
        return x.bitwise_right_shift(bits).bitwise_and_((1 << (32 - bits)) - 1);
    }

    Tensor operator()(const Tensor& index) const {
        Tensor x = index.bitwise_xor(first);
        x = x.bitwise_xor_(shifted(x, 16)).mul_(static_cast<int32_t>(RoundingNoise::kFactor)).add_(second);
        x = x.bitwise_xor_(shifted(x, 15)).mul_(static_cast<int32_t>(RoundingNoise::kOther));
        return x.bitwise_xor_(shifted(x, 15));
    }

    /// RoundingNoise::at. step: int32 scalar
    static NoiseTensors at(const RoundingNoise& noise, const Tensor& step) {
        const auto of = [&](uint32_t first, uint32_t second) {
            const auto number = [&](uint32_t value) {
                return torch::full({}, static_cast<int32_t>(value), step.options());
            };
            return NoiseTensors{number(first), number(second)}(step);
        };
        return {of(noise.first, noise.second), of(noise.second, noise.first)};
    }
};

/// The elements in the order in which they lie in memory.
Tensor flat(const Tensor& tensor) {
    return tensor.as_strided({tensor.numel()}, {1});
}

/// value: fp32 [n]; rounds it where it is to be stored in bf16. Overwrites it.
Tensor stored(Tensor value, torch::ScalarType type, const NoiseTensors& noise, const Tensor& index) {
    if (type == torch::kFloat) return value;
    value.view(torch::kInt).add_(NoiseTensors::shifted(noise(index), 16)).bitwise_and_(-0x10000);
    return value.to(type);
}

void onDevice(const AdamWTensors& tensors, const AdamWRates& rates, const Noises& noises, const Tensor& step,
              const Tensor& refused) {
    constexpr int64_t kChunk = 1 << 22;  // what is made of it on the way is small beside a model
    const Tensor now = step.to(torch::kInt);
    const auto weightNoise = NoiseTensors::at(noises.weight, now), averageNoise = NoiseTensors::at(noises.average, now),
               squareNoise = NoiseTensors::at(noises.squareAverage, now);
    const auto correction = [&](double beta) { return 1 - at::pow(at::Scalar(beta), step.to(torch::kDouble)); };
    const Tensor size = (rates.learningRate / correction(rates.beta1)).to(torch::kFloat);
    const Tensor rootScale = correction(rates.beta2).rsqrt().to(torch::kFloat);
    const auto write = [&](const Tensor& target, const Tensor& value) {
        target.copy_(refused.defined() ? torch::where(refused > 0, target, value) : value);
    };
    const Tensor weights = flat(tensors.weight), gradients = flat(tensors.gradient), averages = flat(tensors.average),
                 squares = flat(tensors.squareAverage);
    for (int64_t begin = 0; begin < weights.numel(); begin += kChunk) {
        const int64_t count = std::min(kChunk, weights.numel() - begin);
        const auto part = [&](const Tensor& all) { return all.narrow(0, begin, count); };
        const Tensor index = torch::arange(begin, begin + count, now.options());
        const Tensor slope = part(gradients);
        const Tensor average = part(averages).to(torch::kFloat).lerp(slope, 1 - rates.beta1);
        const Tensor square = (part(squares).to(torch::kFloat) * rates.beta2).addcmul_(slope, slope, 1 - rates.beta2);
        const Tensor root = (square.sqrt() * rootScale).add_(rates.epsilon);
        const Tensor weight = part(weights).to(torch::kFloat) * (1 - rates.learningRate * rates.weightDecay) -
                              (average * size).div_(root);
        write(part(weights), stored(weight, weights.scalar_type(), weightNoise, index));
        write(part(averages), stored(average, averages.scalar_type(), averageNoise, index));
        write(part(squares), stored(square, squares.scalar_type(), squareNoise, index));
    }
}

}  // namespace

void roundedAdamW(const std::string& name, const AdamWTensors& tensors, const AdamWRates& rates, uint64_t seed,
                  const Tensor& step, const Tensor& refused) {
    const torch::NoGradGuard noGrad;
    const Noises noises = {noiseOf(seed, name, Rounded::Average), noiseOf(seed, name, Rounded::SquareAverage),
                           noiseOf(seed, name, Rounded::Weight)};
    if (!tensors.weight.is_cpu()) return onDevice(tensors, rates, noises, step, refused);
    if (refused.defined() && refused.item<double>() > 0) return;
    onCpu(tensors, rates, noises, step.item<double>());
}

}  // namespace diagonal
