// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/types.h>

#include <functional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "training/run/observer.h"
#include "training/trainer/setup.h"

namespace diagonal {

/// Measures a model on the validation images of a run, at most 1,000 of them, which are decoded once and kept. One
/// thread at a time. In a world of several processes each decodes and encodes its share, and all get the results.
class Validation {
  public:
    /// Decodes with setup.workers threads. An image that cannot be read is left out and told to message. Throws
    /// Cancelled.
    Validation(const TrainingSetup& setup, const std::function<void(const std::string&)>& message,
               const std::stop_token& stop);

    bool isEmpty() const { return m_textOfImage.empty(); }

    /// Leaves the model in training mode. Throws Cancelled, and then does not.
    ValidationMetrics run(DualEncoder& model, int64_t step) const;

    /// The cosine with their best label that 99 % of the images reach, less a twentieth; 0 where there are no labels.
    double familiarCosine(DualEncoder& model) const;

  private:
    template <typename Encode>
    torch::Tensor inParts(int64_t begin, int64_t end, int64_t width, Encode&& encode) const;
    template <typename Encode>
    torch::Tensor shared(const std::vector<int64_t>& starts, int64_t width, Encode&& encode) const;
    torch::Tensor encodeImages(DualEncoder& model, bool normalized = true) const;
    torch::Tensor encodeTexts(DualEncoder& model, const std::vector<std::string>& texts, bool normalized = true) const;
    double meanLoss(const DualEncoder& model, const torch::Tensor& images, const torch::Tensor& texts) const;
    torch::Tensor captionNumbers() const;
    void measureLabels(const torch::Tensor& images, const torch::Tensor& prompts, ValidationMetrics& metrics) const;
    void markTrained(const Dataset& train, const std::vector<std::string>& labels);
    void chooseProbe();

    const TrainingSetup& m_setup;
    std::stop_token m_stop;
    mutable torch::Tensor m_features;    ///< with --image-views: float [images, width], of all processes' images
    torch::Tensor m_pixels;              ///< uint8 [n, h, w, 3], of this process's images
    std::vector<int64_t> m_imageStarts;  ///< of the processes' images, and their number
    std::vector<std::string> m_texts;    ///< all captions, those of an image together
    std::vector<int64_t> m_imageOfText;  ///< [m_texts]
    std::vector<int64_t> m_textOfImage;  ///< one caption of each image, for the loss and the probe
    std::vector<int> m_labels;           ///< of each image, -1: none
    std::vector<std::string> m_prompts;  ///< one a label
    std::set<int> m_trained;             ///< numbers of the labels that training shows too
    std::vector<int64_t> m_probe;        ///< images of the probe batch
    mutable int64_t m_batch = 128;       ///< rows encoded at a time; fewer where memory ran out
};

}  // namespace diagonal
