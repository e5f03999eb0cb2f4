// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/dual_encoder.h"

#include <cmath>

#include "engine/base/error.h"
#include "engine/base/libtorch.h"
#include "engine/parts/head.h"
#include "engine/parts/layers.h"
#include "engine/parts/text_kind.h"

namespace diagonal {

using torch::Tensor;

namespace {

RandomWeights& randomWeights() {
    static RandomWeights weights;
    return weights;
}

/// open_clip's TimmModel: a trunk, whose features a head projects, if there is one.
class TrunkTower : public ImageTower {
  public:
    TrunkTower(const Scope& scope, const ClipConfig& config) {
        m_trunk = register_module("trunk", config.vision.build(scope / "trunk", config));
        if (const HeadKind* head = headKind(config.imageHead.kind))
            m_head = register_module(
                "head", head->build(scope / "head", {config.vision.width(), config.embedDim, true, config.imageHead}));
    }

    Tensor forward(const Tensor& images) override { return projected(m_trunk->forward(images)); }
    Tensor forwardTraced(const Tensor& images, ImageTrace& trace) override {
        return projected(m_trunk->forwardTraced(images, trace));
    }
    Module& trunk() override { return *m_trunk; }
    bool setPatchDropout(double share) override { return m_trunk->setPatchDropout(share); }
    void setGradCheckpointing(bool on) override { m_trunk->setGradCheckpointing(on); }

    Tensor features(const Tensor& images) override { return m_trunk->forward(images); }
    Tensor projected(const Tensor& features) const override { return m_head ? m_head->forward(features) : features; }

  private:
    std::shared_ptr<ImageTower> m_trunk;
    std::shared_ptr<Head> m_head;
};

std::shared_ptr<ImageTower> makeImageTower(const Scope& scope, const ClipConfig& config) {
    if (config.vision.width() > 0) return std::make_shared<TrunkTower>(scope, config);
    return config.vision.build(scope, config);
}

Tensor unitLength(const Tensor& features, bool normalized) {
    return normalized ? normalizedRows(features) : features;
}

}  // namespace

DualEncoder::DualEncoder(const ClipConfig& config) : DualEncoder(config, randomWeights()) {
}

DualEncoder::DualEncoder(const ClipConfig& config, Weights& weights) : m_config(config) {
    const Scope scope(weights);
    m_visual = register_module("visual", makeImageTower(scope / "visual", config));
    m_text = register_module("text", textKind(config.text).build(scope / "text", config));
    // SigLIP starts at a scale of 10 and a bias of -10.
    const double scale = config.logitBias ? std::log(10.0) : std::log(1 / 0.07);
    m_logitScale = register_parameter("logit_scale", scope.take("logit_scale", {}, Init::value(scale)));
    if (config.logitBias)
        m_logitBias = register_parameter("logit_bias", scope.take("logit_bias", {}, Init::value(-10)));
}

Tensor DualEncoder::encodeImage(const Tensor& images, bool normalized) {
    constexpr int64_t kFeatures = 2;
    return unitLength(images.dim() == kFeatures ? m_visual->projected(images) : m_visual->forward(images), normalized);
}

Tensor DualEncoder::encodeText(const Tensor& ids, const Tensor& lengths, bool normalized) {
    return unitLength(m_text->forward(ids, lengths), normalized);
}

void DualEncoder::addLogitBias(double value) {
    if (m_logitBias.defined()) return;
    m_config.logitBias = true;
    m_logitBias = register_parameter("logit_bias", torch::full_like(m_logitScale.detach(), value));
}

void DualEncoder::lockImageTower() {
    m_imageLocked = true;
    for (auto& parameter : m_visual->trunk().parameters())
        parameter.requires_grad_(false);
    train(is_training());
}

void DualEncoder::train(bool on) {
    Module::train(on);
    if (m_imageLocked) m_visual->trunk().eval();
    if (!isAdapted()) return;
    for (const auto& module : m_visual->modules())
        if (dynamic_cast<BatchNorm2d*>(module.get()) != nullptr) module->eval();
}

void DualEncoder::setPatchDropout(double share) {
    if (!m_visual->setPatchDropout(share) && share > 0)
        throw Error("--patch-dropout", "the image tower has no patches to leave out", "Choose a vision transformer.");
    m_patchDropout = share;
}

void DualEncoder::setGradCheckpointing(bool on) {
    m_visual->setGradCheckpointing(on);
    m_text->setGradCheckpointing(on);
}

std::map<std::string, Tensor> DualEncoder::stateDict() const {
    std::map<std::string, Tensor> state;
    for (const auto& item : named_parameters())
        state.emplace(item.key(), item.value());
    for (const auto& item : named_buffers())
        state.emplace(item.key(), item.value());
    for (const auto& [name, layer] : m_adapted)
        state.at(name) = layer->lowRank()->merged(state.at(name));
    return state;
}

}  // namespace diagonal
