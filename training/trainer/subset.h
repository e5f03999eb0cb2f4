// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "training/data/dataset.h"

namespace diagonal {

/// Chosen images of a data set, in the order given.
class Subset : public Dataset {
  public:
    Subset(std::shared_ptr<const Dataset> whole, std::vector<uint32_t> indices)
        : Dataset(whole->info()), m_whole(std::move(whole)), m_indices(std::move(indices)) {}

    size_t size() const override { return m_indices.size(); }
    std::string name(size_t i) const override { return m_whole->name(m_indices.at(i)); }
    size_t captionCount(size_t i) const override { return m_whole->captionCount(m_indices.at(i)); }
    std::string_view caption(size_t i, size_t number) const override {
        return m_whole->caption(m_indices.at(i), number);
    }
    size_t captionSource(size_t i, size_t number) const override {
        return m_whole->captionSource(m_indices.at(i), number);
    }
    int label(size_t i) const override { return m_whole->label(m_indices.at(i)); }
    Split split(size_t i) const override { return m_whole->split(m_indices.at(i)); }
    std::filesystem::path file(size_t i) const override { return m_whole->file(m_indices.at(i)); }
    std::vector<uint8_t> bytes(size_t i) const override { return m_whole->bytes(m_indices.at(i)); }
    uint32_t stretch(size_t i) const override { return m_whole->stretch(m_indices.at(i)); }
    Place place(size_t i) const override { return m_whole->place(m_indices.at(i)); }
    std::span<const int32_t> tokens(size_t i, size_t caption) const override {
        return m_whole->tokens(m_indices.at(i), caption);
    }
    std::span<const uint16_t> teacherImage(size_t i) const override { return m_whole->teacherImage(m_indices.at(i)); }
    std::span<const uint16_t> teacherText(size_t i, size_t caption) const override {
        return m_whole->teacherText(m_indices.at(i), caption);
    }

  protected:
    Image decode(size_t i, int enough) const override { return m_whole->image(m_indices.at(i), enough); }

  private:
    std::shared_ptr<const Dataset> m_whole;
    std::vector<uint32_t> m_indices;
};

/// Training and validation images of a run; validation is null where there are too few to hold any back.
struct TrainingData {
    std::shared_ptr<const Dataset> train, validation;
};

/// Opens what options.trainData and options.validationData name. Without validation data: the data's own validation
/// split, else every twentieth image by a fixed hash (of 40 images or more), with all its captions; a picture that
/// stands in the data under another name too is learned from. Images without a caption are left out. Throws Error when
/// nothing is left to train on.
TrainingData openTrainingData(const std::string& trainData, const std::string& validationData,
                              const DatasetOptions& options);

/// At most `count` of the images, picked by a fixed hash, in their order.
std::shared_ptr<const Dataset> sample(const std::shared_ptr<const Dataset>& dataset, size_t count);

}  // namespace diagonal
