// SPDX-License-Identifier: Apache-2.0
#include "engine/base/libtorch.h"
#include "engine/parts/head.h"
#include "engine/parts/layers.h"
#include "engine/parts/shapes.h"

namespace diagonal {

using torch::Tensor;

namespace {

constexpr double kEpsilon = 1e-5;

/// p = linear(features); layer norm of p + dropout(linear(GELU(p))): the projection head of M. Moein Shariatnia's
/// tutorial (OpenAI-CLIP, 2021), under its names.
class ResidualHead : public Head {
  public:
    ResidualHead(const Scope& scope, const HeadShape& shape) : m_dropout(shape.spec.dropout) {
        m_projection = addChild<Linear>(*this, scope, "projection", shape.in, shape.out);
        m_linear = addChild<Linear>(*this, scope, "fc", shape.out, shape.out);
        m_norm = addChild<LayerNorm>(*this, scope, "layer_norm", shape.out, kEpsilon);
    }

    Tensor forward(const Tensor& features) const override {
        const Tensor projected = (*m_projection)(features);
        const Tensor more = torch::dropout((*m_linear)(torch::gelu(projected)), m_dropout, is_training());
        return (*m_norm)(more + projected);
    }

  private:
    double m_dropout;
    std::shared_ptr<Linear> m_projection, m_linear;
    std::shared_ptr<LayerNorm> m_norm;
};

class ResidualHeadKind : public HeadKind {
  public:
    const char* name() const override { return "residual"; }
    std::shared_ptr<Head> build(const Scope& scope, const HeadShape& shape) const override {
        return std::make_shared<ResidualHead>(scope, shape);
    }
    std::optional<HeadSpec> fromShapes(const Shapes& shapes, bool isImage, int& out) const override {
        const std::string projection = (isImage ? "visual.head." : "text.proj.") + std::string("projection.weight");
        if (!shapes.has(projection)) return std::nullopt;
        out = shapes.size(projection, 0, 2);
        return HeadSpec{name(), true, kDropout};
    }

  private:
    static constexpr double kDropout = 0.1;
};

}  // namespace

const HeadKind& residualHeadKind() {
    static const ResidualHeadKind kind;
    return kind;
}

}  // namespace diagonal
