// SPDX-License-Identifier: Apache-2.0
#include <torch/torch.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "engine/model/image_tower.h"

namespace diagonal {

using torch::Tensor;

namespace {

/// In place: neither batch norm nor convolution needs its output for the gradient.
Tensor rectify(const Tensor& x) {
    return x.relu_();
}

torch::nn::Conv2d convolution(int64_t in, int64_t out, int64_t kernel, int64_t stride = 1) {
    return torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, kernel).stride(stride).padding(kernel / 2).bias(false));
}

/// A convolution brought to its resolution by an average pool, then normalised.
struct Downsample : torch::nn::Module {
    Downsample(int64_t in, int64_t out) {
        conv = register_module("0", convolution(in, out, 1));
        norm = register_module("1", torch::nn::BatchNorm2d(out));
    }
    torch::nn::Conv2d conv{nullptr};
    torch::nn::BatchNorm2d norm{nullptr};
};

struct Bottleneck : torch::nn::Module {
    static constexpr int64_t kExpansion = 4;

    Bottleneck(int64_t in, int64_t planes, int64_t strideLength) : stride(strideLength) {
        const int64_t out = planes * kExpansion;
        conv1 = register_module("conv1", convolution(in, planes, 1));
        bn1 = register_module("bn1", torch::nn::BatchNorm2d(planes));
        conv2 = register_module("conv2", convolution(planes, planes, 3));
        bn2 = register_module("bn2", torch::nn::BatchNorm2d(planes));
        conv3 = register_module("conv3", convolution(planes, out, 1));
        bn3 = register_module("bn3", torch::nn::BatchNorm2d(out));
        torch::nn::init::zeros_(bn3->weight);
        if (stride > 1 || in != out) downsample = register_module("downsample", std::make_shared<Downsample>(in, out));
    }

    Tensor pool(const Tensor& x) const { return stride > 1 ? torch::avg_pool2d(x, stride) : x; }

    Tensor forward(const Tensor& x) {
        Tensor h = rectify(bn1(conv1(x)));
        h = pool(rectify(bn2(conv2(h))));
        h = bn3(conv3(h));
        h += downsample ? downsample->norm(downsample->conv(pool(x))) : x;
        return rectify(h);
    }

    int64_t stride;
    torch::nn::Conv2d conv1{nullptr}, conv2{nullptr}, conv3{nullptr};
    torch::nn::BatchNorm2d bn1{nullptr}, bn2{nullptr}, bn3{nullptr};
    std::shared_ptr<Downsample> downsample;
};

/// Attention pooling with the mean feature as its only query.
struct AttentionPool : torch::nn::Module {
    AttentionPool(int64_t grid, int64_t width, int64_t headCount, int64_t out) : heads(headCount) {
        const double std = std::pow(static_cast<double>(width), -0.5);
        positions = register_parameter("positional_embedding", torch::randn({grid * grid + 1, width}) * std);
        k = register_module("k_proj", torch::nn::Linear(width, width));
        q = register_module("q_proj", torch::nn::Linear(width, width));
        v = register_module("v_proj", torch::nn::Linear(width, width));
        c = register_module("c_proj", torch::nn::Linear(width, out));
        for (auto& layer : {q, k, v, c})
            torch::nn::init::normal_(layer->weight, 0.0, std);
    }

    Tensor forward(const Tensor& features) {
        Tensor x = features.flatten(2).transpose(1, 2);  // [n, grid * grid, width]
        x = torch::cat({x.mean(1, true), x}, 1) + positions;
        const auto split = [this](const Tensor& t) { return t.unflatten(-1, {heads, -1}).transpose(1, 2); };
        const Tensor pooled = at::scaled_dot_product_attention(split(q(x.narrow(1, 0, 1))), split(k(x)), split(v(x)));
        return c(pooled.transpose(1, 2).flatten(1));
    }

    int64_t heads;
    Tensor positions;
    torch::nn::Linear k{nullptr}, q{nullptr}, v{nullptr}, c{nullptr};
};

/// OpenAI's ModifiedResNet: three-convolution stem, average pools before strided convolutions, attention pool.
class ModifiedResNet : public ImageTower {
  public:
    ModifiedResNet(const ClipConfig& config, const ResNetConfig& net) {
        const int64_t width = net.width;
        m_conv1 = register_module("conv1", convolution(3, width / 2, 3, 2));
        m_bn1 = register_module("bn1", torch::nn::BatchNorm2d(width / 2));
        m_conv2 = register_module("conv2", convolution(width / 2, width / 2, 3));
        m_bn2 = register_module("bn2", torch::nn::BatchNorm2d(width / 2));
        m_conv3 = register_module("conv3", convolution(width / 2, width, 3));
        m_bn3 = register_module("bn3", torch::nn::BatchNorm2d(width));
        int64_t in = width;
        for (size_t stage = 0; stage < net.layers.size(); ++stage) {
            const int64_t planes = width << stage;
            torch::nn::ModuleList list;
            for (int i = 0; i < net.layers[stage]; ++i) {
                m_blocks.push_back(std::make_shared<Bottleneck>(in, planes, i == 0 && stage > 0 ? 2 : 1));
                list->push_back(m_blocks.back());
                in = planes * Bottleneck::kExpansion;
            }
            register_module("layer" + std::to_string(stage + 1), list);
        }
        m_pool = register_module("attnpool", std::make_shared<AttentionPool>(config.imageSize / 32, in,
                                                                             in / net.headWidth, config.embedDim));
    }

    Tensor forward(const Tensor& images) override {
        Tensor x = rectify(m_bn1(m_conv1(images)));
        x = rectify(m_bn2(m_conv2(x)));
        x = torch::avg_pool2d(rectify(m_bn3(m_conv3(x))), 2);
        for (const auto& block : m_blocks)
            x = block->forward(x);
        return m_pool->forward(x);
    }

  private:
    torch::nn::Conv2d m_conv1{nullptr}, m_conv2{nullptr}, m_conv3{nullptr};
    torch::nn::BatchNorm2d m_bn1{nullptr}, m_bn2{nullptr}, m_bn3{nullptr};
    std::vector<std::shared_ptr<Bottleneck>> m_blocks;
    std::shared_ptr<AttentionPool> m_pool;
};

}  // namespace

std::shared_ptr<ImageTower> makeImageTower(const ClipConfig& config, const ResNetConfig& resNet) {
    return std::make_shared<ModifiedResNet>(config, resNet);
}

}  // namespace diagonal
