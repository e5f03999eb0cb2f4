// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "engine/base/libtorch.h"
#include "engine/model/image_tower.h"
#include "engine/model/layers.h"

namespace diagonal {

using torch::Tensor;

namespace {

/// In place: neither batch norm nor convolution needs its output for the gradient.
Tensor rectify(const Tensor& x) {
    return x.relu_();
}

/// A convolution brought to its resolution by an average pool, then normalised.
struct Downsample : torch::nn::Module {
    Downsample(const Scope& scope, int64_t in, int64_t out) {
        conv = addChild<Conv2d>(*this, scope, "0", in, out, 1);
        norm = addChild<BatchNorm2d>(*this, scope, "1", out);
    }
    std::shared_ptr<Conv2d> conv;
    std::shared_ptr<BatchNorm2d> norm;
};

struct Bottleneck : torch::nn::Module {
    static constexpr int64_t kExpansion = 4;

    Bottleneck(const Scope& scope, int64_t in, int64_t planes, int64_t strideLength) : stride(strideLength) {
        const int64_t out = planes * kExpansion;
        conv1 = addChild<Conv2d>(*this, scope, "conv1", in, planes, 1);
        bn1 = addChild<BatchNorm2d>(*this, scope, "bn1", planes);
        conv2 = addChild<Conv2d>(*this, scope, "conv2", planes, planes, 3);
        bn2 = addChild<BatchNorm2d>(*this, scope, "bn2", planes);
        conv3 = addChild<Conv2d>(*this, scope, "conv3", planes, out, 1);
        bn3 = addChild<BatchNorm2d>(*this, scope, "bn3", out, 0.0);
        if (stride > 1 || in != out) downsample = addChild<Downsample>(*this, scope, "downsample", in, out);
    }

    Tensor pool(const Tensor& x) const { return stride > 1 ? torch::avg_pool2d(x, stride) : x; }

    Tensor forward(const Tensor& x) const {
        Tensor h = rectify((*bn1)((*conv1)(x)));
        h = pool(rectify((*bn2)((*conv2)(h))));
        h = (*bn3)((*conv3)(h));
        h += downsample ? (*downsample->norm)((*downsample->conv)(pool(x))) : x;
        return rectify(h);
    }

    int64_t stride;
    std::shared_ptr<Conv2d> conv1, conv2, conv3;
    std::shared_ptr<BatchNorm2d> bn1, bn2, bn3;
    std::shared_ptr<Downsample> downsample;
};

/// Attention pooling with the mean feature as its only query.
struct AttentionPool : torch::nn::Module {
    AttentionPool(const Scope& scope, int64_t grid, int64_t width, int64_t headCount, int64_t out) : heads(headCount) {
        const Init init = Init::normal(std::pow(static_cast<double>(width), -0.5));
        const Init biasInit = Init::uniform(std::pow(static_cast<double>(width), -0.5));
        positions = register_parameter("positional_embedding",
                                       scope.take("positional_embedding", {grid * grid + 1, width}, init));
        k = addChild<Linear>(*this, scope, "k_proj", width, width, init, biasInit);
        q = addChild<Linear>(*this, scope, "q_proj", width, width, init, biasInit);
        v = addChild<Linear>(*this, scope, "v_proj", width, width, init, biasInit);
        c = addChild<Linear>(*this, scope, "c_proj", width, out, init, biasInit);
    }

    Tensor forward(const Tensor& features) {
        Tensor x = features.flatten(2).transpose(1, 2);  // [n, grid * grid, width]
        x = torch::cat({x.mean(1, true), x}, 1) + positions;
        const auto split = [this](const Tensor& t) { return t.unflatten(-1, {heads, -1}).transpose(1, 2); };
        const Tensor pooled =
            at::scaled_dot_product_attention(split((*q)(x.narrow(1, 0, 1))), split((*k)(x)), split((*v)(x)));
        return (*c)(pooled.transpose(1, 2).flatten(1));
    }

    int64_t heads;
    Tensor positions;
    std::shared_ptr<Linear> k, q, v, c;
};

/// OpenAI's ModifiedResNet: three-convolution stem, average pools before strided convolutions, attention pool.
class ModifiedResNet : public ImageTower {
  public:
    ModifiedResNet(const Scope& scope, const ClipConfig& config, const ResNetConfig& net) {
        const int64_t width = net.width;
        m_conv1 = addChild<Conv2d>(*this, scope, "conv1", 3, width / 2, 3, 2);
        m_bn1 = addChild<BatchNorm2d>(*this, scope, "bn1", width / 2);
        m_conv2 = addChild<Conv2d>(*this, scope, "conv2", width / 2, width / 2, 3);
        m_bn2 = addChild<BatchNorm2d>(*this, scope, "bn2", width / 2);
        m_conv3 = addChild<Conv2d>(*this, scope, "conv3", width / 2, width, 3);
        m_bn3 = addChild<BatchNorm2d>(*this, scope, "bn3", width);
        int64_t in = width;
        for (size_t stage = 0; stage < net.layers.size(); ++stage) {
            const int64_t planes = width << stage;
            const std::string name = "layer" + std::to_string(stage + 1);
            const auto list = register_module(name, std::make_shared<torch::nn::Module>(name));
            for (int i = 0; i < net.layers[stage]; ++i) {
                m_blocks.push_back(addChild<Bottleneck>(*list, scope / name, std::to_string(i), in, planes,
                                                        i == 0 && stage > 0 ? 2 : 1));
                in = planes * Bottleneck::kExpansion;
            }
        }
        m_pool = addChild<AttentionPool>(*this, scope, "attnpool", gridSize(config), in, in / net.headWidth,
                                         config.embedDim);
    }

    Tensor forward(const Tensor& images) override {
        Tensor x = stem(images);
        for (const auto& block : m_blocks)
            x = block->forward(x);
        return m_pool->forward(x);
    }

    Tensor forwardTraced(const Tensor& images, ImageTrace& trace) override {
        Tensor x = stem(images);
        for (const auto& block : m_blocks) {
            x = block->forward(x);
            if (trace.featureMap.defined() && x.size(2) < kFewestCells) continue;
            x = x.detach().requires_grad_();
            trace.featureMap = x;
        }
        return m_pool->forward(x);
    }

  private:
    /// [n, 3, size, size] -> [n, width, size / 4, size / 4]
    Tensor stem(const Tensor& images) {
        Tensor x = rectify((*m_bn1)((*m_conv1)(images)));
        x = rectify((*m_bn2)((*m_conv2)(x)));
        return torch::avg_pool2d(rectify((*m_bn3)((*m_conv3)(x))), 2);
    }

    std::shared_ptr<Conv2d> m_conv1, m_conv2, m_conv3;
    std::shared_ptr<BatchNorm2d> m_bn1, m_bn2, m_bn3;
    std::vector<std::shared_ptr<Bottleneck>> m_blocks;
    std::shared_ptr<AttentionPool> m_pool;
};

}  // namespace

std::shared_ptr<ImageTower> makeImageTower(const Scope& scope, const ClipConfig& config, const ResNetConfig& resNet) {
    return std::make_shared<ModifiedResNet>(scope, config, resNet);
}

}  // namespace diagonal
