// SPDX-License-Identifier: Apache-2.0
#include "engine/base/libtorch.h"
#include "engine/parts/head.h"
#include "engine/parts/layers.h"
#include "engine/parts/shapes.h"

namespace diagonal {

using torch::Tensor;

namespace {

/// Linear, GELU, linear. Of images timm's Mlp, "visual.head.mlp.fc1" and "fc2", twice the embedding wide; of texts
/// open_clip's, "text.proj.0" and "2", as wide as features and embedding on average, without biases.
class MlpHead : public Head {
  public:
    MlpHead(const Scope& scope, const HeadShape& shape) : m_dropout(shape.spec.dropout) {
        const int hidden = shape.isImage ? 2 * shape.out : (shape.in + shape.out) / 2;
        Module* parent = this;
        Scope place = scope;
        if (shape.isImage) {
            parent = register_module("mlp", std::make_shared<Module>("mlp")).get();
            place = scope / "mlp";
        }
        const Init up = Init::fanIn(shape.in), down = Init::fanIn(hidden);
        const bool upBias = shape.isImage, downBias = shape.isImage && shape.spec.bias;
        m_up = addChild<Linear>(*parent, place, shape.isImage ? "fc1" : "0", shape.in, hidden, up,
                                upBias ? std::optional(up) : std::nullopt);
        m_down = addChild<Linear>(*parent, place, shape.isImage ? "fc2" : "2", hidden, shape.out, down,
                                  downBias ? std::optional(down) : std::nullopt);
    }

    Tensor forward(const Tensor& features) const override {
        return (*m_down)(torch::dropout(torch::gelu((*m_up)(features)), m_dropout, is_training()));
    }

  private:
    double m_dropout;
    std::shared_ptr<Linear> m_up, m_down;
};

class MlpHeadKind : public HeadKind {
  public:
    const char* name() const override { return "mlp"; }
    std::shared_ptr<Head> build(const Scope& scope, const HeadShape& shape) const override {
        return std::make_shared<MlpHead>(scope, shape);
    }
    std::optional<HeadSpec> fromShapes(const Shapes& shapes, bool isImage, int& out) const override {
        const std::string last = isImage ? "visual.head.mlp.fc2." : "text.proj.2.";
        if (!shapes.has(last + "weight")) return std::nullopt;
        out = shapes.size(last + "weight", 0, 2);
        return HeadSpec{name(), shapes.has(last + "bias")};
    }
};

}  // namespace

const HeadKind& mlpHeadKind() {
    static const MlpHeadKind kind;
    return kind;
}

}  // namespace diagonal
