// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "engine/base/job.h"

namespace diagonal {

/// A 95 % interval.
struct Interval {
    double low = 0, high = 0;

    bool holds(double value) const { return low <= value && value <= high; }
};

/// How often each of `count` items is drawn in resample number `draw`, out of `count` draws with replacement. The same
/// for the same seed everywhere, so that differences between models are paired. The numbers are splitmix64's: draw i is
/// (upper 32 bits of mix(mix(seed) ^ draw, i) * count) >> 32.
void resample(uint64_t seed, uint64_t draw, std::span<uint16_t> count);

/// Figures of a sample: from how often each item counts, all of them together.
using Figures = std::function<void(std::span<const uint16_t> weights, std::span<double> figures)>;

/// Each of `figures` numbers on each of `draws` resamples of `items`: [figures][draws]. Throws Cancelled.
std::vector<std::vector<double>> bootstrap(size_t items, size_t figures, const Figures& evaluate, int draws,
                                           uint64_t seed, const JobContext& job = {});

/// The q-quantile, 0..1, of values, linear between them as NumPy's; those that are no numbers are left out. NaN where
/// none is left.
double quantile(std::vector<double> values, double q);

/// From the 2.5th to the 97.5th percentile.
Interval percentileInterval(const std::vector<double>& draws);

/// Those percentiles, moved so that the mean of the draws is the value: of figures that resamples put off to one side.
Interval centredInterval(double value, const std::vector<double>& draws);

/// Wilson's score interval of a share of `count` items. The whole of 0..1 where there are none.
Interval wilsonInterval(double share, double count);

/// Two answers to the same items: those that the one alone got right.
struct Discordant {
    int64_t onlyFirst = 0, onlySecond = 0;
};

/// McNemar's exact test: the two-sided probability, 0..1, of a difference as large when both are as good.
double mcNemar(const Discordant& counts);

}  // namespace diagonal
