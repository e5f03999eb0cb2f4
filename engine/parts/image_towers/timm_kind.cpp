// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/image_towers/timm_kind.h"

#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "engine/parts/shapes.h"

namespace diagonal {

namespace {

/// Tensors without memory; remembers whether all that were asked for are there.
class ShapeCheck : public MetaWeights {
  public:
    explicit ShapeCheck(const Shapes& shapes) : m_shapes(shapes) {}

    torch::Tensor take(const std::string& name, at::IntArrayRef shape, Init init) override {
        if (!isStatistic(name)) {
            m_fits = m_fits && isThere(name, shape);
            ++m_asked;
        }
        return MetaWeights::take(name, shape, init);
    }
    int64_t count() const { return m_fits ? m_asked : 0; }

  private:
    bool isThere(const std::string& name, at::IntArrayRef shape) const {
        if (!m_shapes.has(name)) return false;
        for (size_t i = 0; i < shape.size(); ++i)
            if (m_shapes.size(name, static_cast<int64_t>(i), static_cast<int64_t>(shape.size())) != shape[i])
                return false;
        return true;
    }

    const Shapes& m_shapes;
    bool m_fits = true;
    int64_t m_asked = 0;
};

}  // namespace

int64_t tensorsThatFit(const ImageSpec& spec, const Shapes& shapes, const ClipConfig& config) {
    ShapeCheck check(shapes);
    const std::string visual = "visual.";
    spec.build(Scope(check, spec.width() > 0 ? visual + "trunk." : visual), config);
    return check.count();
}

std::string withoutTag(const std::string& name) {
    return name.substr(0, name.find('.'));
}

void writeTimm(const std::string& name, nlohmann::json& vision) {
    if (name.empty())
        throw Error("vision_cfg", "timm has no image tower with these numbers", "Choose one of timm's by its name");
    vision.update({{"timm_model_name", name}, {"timm_model_pretrained", false}, {"timm_pool", "avg"}});
}

}  // namespace diagonal
