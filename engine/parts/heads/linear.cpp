// SPDX-License-Identifier: Apache-2.0
#include "engine/base/libtorch.h"
#include "engine/parts/head.h"
#include "engine/parts/layers.h"
#include "engine/parts/shapes.h"

namespace diagonal {

using torch::Tensor;

namespace {

/// A matrix: "visual.head.proj.weight", "text.proj.weight".
class LinearHead : public Head {
  public:
    LinearHead(const Scope& scope, const HeadShape& shape) : m_dropout(shape.spec.dropout) {
        const Init init = Init::fanIn(shape.in);
        const std::optional<Init> bias = shape.spec.bias ? std::optional(init) : std::nullopt;
        if (shape.isImage)
            m_projection = addChild<Linear>(*this, scope, "proj", shape.in, shape.out, init, bias);
        else
            m_projection = std::make_shared<Linear>(scope, shape.in, shape.out, init, bias);
        // open_clip's text head is the layer itself.
        if (!shape.isImage) adopt(*m_projection);
    }

    Tensor forward(const Tensor& features) const override {
        return (*m_projection)(torch::dropout(features, m_dropout, is_training()));
    }

  private:
    void adopt(const Linear& layer) {
        for (const auto& item : layer.named_parameters())
            register_parameter(item.key(), item.value());
    }

    double m_dropout;
    std::shared_ptr<Linear> m_projection;
};

class LinearHeadKind : public HeadKind {
  public:
    const char* name() const override { return "linear"; }
    std::shared_ptr<Head> build(const Scope& scope, const HeadShape& shape) const override {
        return std::make_shared<LinearHead>(scope, shape);
    }
    std::optional<HeadSpec> fromShapes(const Shapes& shapes, bool isImage, int& out) const override {
        const std::string layer = isImage ? "visual.head.proj." : "text.proj.";
        if (!shapes.has(layer + "weight")) return std::nullopt;
        out = shapes.size(layer + "weight", 0, 2);
        return HeadSpec{name(), shapes.has(layer + "bias")};
    }
};

}  // namespace

const HeadKind& linearHeadKind() {
    static const LinearHeadKind kind;
    return kind;
}

}  // namespace diagonal
