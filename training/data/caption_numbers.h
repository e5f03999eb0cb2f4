// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "training/data/dataset.h"

namespace diagonal {

/// A number for each caption of a data set, equal for equal texts: what compares captions without their texts. 4 bytes
/// an image where each has one caption, else 8 and 4 for each caption. Images of a label that share their captions
/// share their numbers.
class CaptionNumbers {
  public:
    /// Throws Cancelled.
    explicit CaptionNumbers(const Dataset& dataset, const std::stop_token& stop = {});

    /// The numbers of an image's captions.
    std::span<const uint32_t> operator[](size_t image) const {
        if (m_first.empty()) return {&m_numbers[image], 1};
        const uint32_t* numbers = &m_numbers[m_first[image]];
        return {numbers + 1, *numbers};
    }
    /// All numbers are below; no more than there are captions.
    size_t end() const { return m_end; }

  private:
    void numberImages(const Dataset& dataset, const std::stop_token& stop);
    void numberCaptions(const Dataset& dataset, const std::stop_token& stop);

    std::vector<uint32_t> m_first;    ///< [images] place in m_numbers; empty where each image has one caption
    std::vector<uint32_t> m_numbers;  ///< of an image: how many follow (not where m_first is empty), and they
    uint32_t m_end = 0;
};

}  // namespace diagonal
