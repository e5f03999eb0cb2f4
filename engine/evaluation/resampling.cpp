// SPDX-License-Identifier: Apache-2.0
#include "engine/evaluation/resampling.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace diagonal {

namespace {

constexpr uint64_t kGamma = 0x9E3779B97F4A7C15U;
constexpr double kNormal95 = 1.959963984540054;

uint64_t mixed(uint64_t x) {
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
}

}  // namespace

void resample(uint64_t seed, uint64_t draw, std::span<uint16_t> count) {
    std::ranges::fill(count, uint16_t{0});
    uint64_t state = mixed(mixed(seed + kGamma) ^ draw);
    for (size_t i = 0; i < count.size(); ++i) {
        state += kGamma;
        uint16_t& drawn = count[((mixed(state) >> 32U) * count.size()) >> 32U];
        if (drawn < std::numeric_limits<uint16_t>::max()) ++drawn;
    }
}

std::vector<std::vector<double>> bootstrap(size_t items, size_t figures, const Figures& evaluate, int draws,
                                           uint64_t seed, const JobContext& job) {
    std::vector<std::vector<double>> result(figures);
    std::vector<uint16_t> weights(items);
    std::vector<double> values(figures);
    for (int draw = 0; draw < draws; ++draw) {
        job.throwIfStopped();
        resample(seed, static_cast<uint64_t>(draw), weights);
        evaluate(weights, values);
        for (size_t k = 0; k < figures; ++k)
            result[k].push_back(values[k]);
    }
    return result;
}

double quantile(std::vector<double> values, double q) {
    std::erase_if(values, [](double value) { return std::isnan(value); });
    if (values.empty()) return std::nan("");
    std::ranges::sort(values);
    const double place = q * static_cast<double>(values.size() - 1);
    const auto below = static_cast<size_t>(place);
    const size_t above = std::min(below + 1, values.size() - 1);
    return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
}

Interval percentileInterval(const std::vector<double>& draws) {
    return {quantile(draws, 0.025), quantile(draws, 0.975)};
}

Interval centredInterval(double value, const std::vector<double>& draws) {
    double sum = 0, count = 0;
    for (const double draw : draws)
        if (!std::isnan(draw)) {
            sum += draw;
            ++count;
        }
    const double aside = sum / count - value;
    const Interval percentiles = percentileInterval(draws);
    return {percentiles.low - aside, percentiles.high - aside};
}

Interval wilsonInterval(double share, double count) {
    if (count <= 0) return {0, 1};
    const double z2 = kNormal95 * kNormal95;
    const double centre = (share + z2 / (2 * count)) / (1 + z2 / count);
    const double half =
        kNormal95 * std::sqrt(share * (1 - share) / count + z2 / (4 * count * count)) / (1 + z2 / count);
    return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

double mcNemar(const Discordant& counts) {
    const int64_t all = counts.onlyFirst + counts.onlySecond, fewer = std::min(counts.onlyFirst, counts.onlySecond);
    if (all == 0) return 1;
    // Twice the lower tail of a fair coin, summed from its largest term.
    const auto n = static_cast<double>(all), k = static_cast<double>(fewer);
    const double largest = std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) - n * std::log(2.0);
    double sum = 1, term = 1;
    for (double i = k; i >= 1 && term > 1e-18 * sum; --i) {
        term *= i / (n - i + 1);
        sum += term;
    }
    return std::min(1.0, 2 * std::exp(largest) * sum);
}

}  // namespace diagonal
