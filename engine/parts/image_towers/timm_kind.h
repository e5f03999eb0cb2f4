// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/json_reader.h"
#include "engine/parts/image_kind.h"
#include "engine/parts/image_tower.h"
#include "engine/parts/shapes.h"

namespace diagonal {

/// A tower by timm's name.
template <typename Config>
struct TimmName {
    std::string name;
    Config config;
};

/// timm's name of an architecture, without the tag of its weights: "resnet50.a1_in1k" -> "resnet50".
std::string withoutTag(const std::string& name);

/// How many tensors a tower has, where all of them are in a state dict in their shapes, under "visual.trunk."; else 0.
int64_t tensorsThatFit(const ImageSpec& spec, const Shapes& shapes, const ClipConfig& config);

/// open_clip's TimmModel (vision_cfg.timm_model_name) with a tower that is pooled by its mean.
template <typename Config>
class TimmKind : public ImageKind {
  public:
    /// towers: all that are known, each computing something else. tensor: one that such towers have, and
    /// no others.
    TimmKind(std::vector<TimmName<Config>> towers, const std::string& tensor)
        : m_towers(std::move(towers)), m_tensor("visual.trunk." + tensor) {}

    std::optional<ImageSpec> parse(const JsonReader& vision, ClipConfig& /*config*/) const override {
        for (const auto& [name, config] : m_towers) {
            if (withoutTag(vision.text("timm_model_name", "")) != name) continue;
            if (vision.text("timm_pool", "").empty()) return withHead(vision, config);
            vision.refuse("timm_pool", "avg");
            return withHead(vision, config);
        }
        return std::nullopt;
    }

    std::optional<ImageSpec> fromShapes(const Shapes& shapes, ClipConfig& config) const override {
        const TimmName<Config>* best = nullptr;  // a deeper tower has all tensors of another
        const TimmName<Config>* equal = nullptr;
        int64_t most = 0;
        for (const auto& tower : m_towers) {
            const int64_t fit = tensorsThatFit(tower.config, shapes, config);
            if (fit > most) {
                best = &tower;
                equal = nullptr;
                most = fit;
            } else if (fit > 0 && fit == most) {
                equal = &tower;
            }
        }
        if (best == nullptr) return std::nullopt;
        if (equal != nullptr) shapes.doubt("timm's " + best->name + " from " + equal->name);
        return best->config;
    }

    bool owns(const Tensors& tensors) const override { return tensors.contains(m_tensor); }

    const std::vector<TimmName<Config>>& towers() const { return m_towers; }

    /// Empty: timm has no such tower.
    std::string nameOf(const Config& config) const {
        for (const auto& [name, tower] : m_towers)
            if (tower == config) return name;
        return {};
    }

  protected:
    /// Null or empty, timm_proj asks for the classifier that stands in timm's tower.
    virtual ImageSpec withHead(const JsonReader& vision, const Config& config) const {
        if (vision.contains("timm_proj") && vision.text("timm_proj", "").empty())
            throw vision.bad("timm_proj",
                             "is null: the tower's own classifier as a projection is known of FastViT "
                             "alone");
        return config;
    }

  private:
    std::vector<TimmName<Config>> m_towers;
    std::string m_tensor;
};

/// vision_cfg of a tower that parse() reads. Throws Error where timm has no such tower.
void writeTimm(const std::string& name, nlohmann::json& vision);

}  // namespace diagonal
