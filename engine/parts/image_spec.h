// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>

namespace diagonal {

class ImageTower;
class Scope;
struct ClipConfig;

/// The positional embedding of an image tower: its name there, and how many of its rows stand before those of the grid.
struct GridPositions {
    std::string name;
    int extra = 0;
};

/// The numbers of an image tower of any kind, as a value. A kind is a struct, comparable with ==, with the members
///   std::shared_ptr<ImageTower> build(const Scope&, const ClipConfig&) const;
///   void write(const ClipConfig&, nlohmann::json& vision) const;   into open_clip's vision_cfg, which has image_size
///   std::string describe() const;                     "ViT, 12 layers, width 768, patch 32"
///   int cell() const;                                 pixels of the side of a patch, or of a place of the last feature
///   map
/// and, where the answer is another than the one in brackets,
///   int width() const;                                of the features that a head projects [0: the tower projects
///   itself] GridPositions positions() const;                  learned, interpolated for other image sizes [none] int
///   smallestSize() const;                         image sizes must be a multiple of it [1] bool hasPatches() const;
///   that a step can leave out [true where there are positions] int64_t flops(const ClipConfig&) const; multiplications
///   and additions of one image [counted] Kind shapesOnly() const;                          without what no tensor's
///   shape tells [the same]
class ImageSpec {
  public:
    template <typename Kind>
    ImageSpec(Kind kind) : m_held(std::make_shared<const Holder<Kind>>(std::move(kind))) {}

    /// Null where it is of another kind.
    template <typename Kind>
    const Kind* as() const {
        const auto* holder = dynamic_cast<const Holder<Kind>*>(m_held.get());
        return holder == nullptr ? nullptr : &holder->kind;
    }
    template <typename Kind>
    bool is() const {
        return as<Kind>() != nullptr;
    }
    bool operator==(const ImageSpec& other) const { return m_held->equals(*other.m_held); }

    std::shared_ptr<ImageTower> build(const Scope& scope, const ClipConfig& config) const {
        return m_held->build(scope, config);
    }
    void write(const ClipConfig& config, nlohmann::json& vision) const { m_held->write(config, vision); }
    std::string describe() const { return m_held->describe(); }
    int cell() const { return m_held->cell(); }
    int width() const { return m_held->width(); }
    GridPositions positions() const { return m_held->positions(); }
    int smallestSize() const { return m_held->smallestSize(); }
    bool hasPatches() const { return m_held->hasPatches(); }
    int64_t flops(const ClipConfig& config) const { return m_held->flops(config); }
    ImageSpec shapesOnly() const { return m_held->shapesOnly(); }

  private:
    struct Held {
        virtual ~Held() = default;
        virtual bool equals(const Held& other) const = 0;
        virtual std::shared_ptr<ImageTower> build(const Scope& scope, const ClipConfig& config) const = 0;
        virtual void write(const ClipConfig& config, nlohmann::json& vision) const = 0;
        virtual std::string describe() const = 0;
        virtual int cell() const = 0;
        virtual int width() const = 0;
        virtual GridPositions positions() const = 0;
        virtual int smallestSize() const = 0;
        virtual bool hasPatches() const = 0;
        virtual int64_t flops(const ClipConfig& config) const = 0;
        virtual ImageSpec shapesOnly() const = 0;
    };
    template <typename Kind>
    struct Holder;

    std::shared_ptr<const Held> m_held;
};

/// Multiplications and additions of one image, counted while tensors without memory go through the tower.
int64_t countedFlops(const ImageSpec& spec, const ClipConfig& config);

template <typename Kind>
struct ImageSpec::Holder : Held {
    explicit Holder(Kind of) : kind(std::move(of)) {}
    bool equals(const Held& other) const override {
        const auto* same = dynamic_cast<const Holder*>(&other);
        return same != nullptr && same->kind == kind;
    }
    std::shared_ptr<ImageTower> build(const Scope& scope, const ClipConfig& config) const override {
        return kind.build(scope, config);
    }
    void write(const ClipConfig& config, nlohmann::json& vision) const override { kind.write(config, vision); }
    std::string describe() const override { return kind.describe(); }
    int cell() const override { return kind.cell(); }
    int width() const override {
        if constexpr (requires { kind.width(); })
            return kind.width();
        else
            return 0;
    }
    GridPositions positions() const override {
        if constexpr (requires { kind.positions(); })
            return kind.positions();
        else
            return {};
    }
    int smallestSize() const override {
        if constexpr (requires { kind.smallestSize(); })
            return kind.smallestSize();
        else
            return 1;
    }
    bool hasPatches() const override {
        if constexpr (requires { kind.hasPatches(); })
            return kind.hasPatches();
        else
            return !positions().name.empty();
    }
    int64_t flops(const ClipConfig& config) const override {
        if constexpr (requires { kind.flops(config); })
            return kind.flops(config);
        else
            return countedFlops(kind, config);
    }
    ImageSpec shapesOnly() const override {
        if constexpr (requires { kind.shapesOnly(); })
            return kind.shapesOnly();
        else
            return kind;
    }

    Kind kind;
};

}  // namespace diagonal
