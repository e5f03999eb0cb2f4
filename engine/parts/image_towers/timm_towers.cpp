// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/image_towers/timm_towers.h"

#include <algorithm>

#include "engine/base/libtorch.h"
#include "engine/parts/convolution.h"

namespace diagonal {

namespace {

constexpr std::array<float, 3> kHalf = {0.5F, 0.5F, 0.5F};
constexpr std::array<float, 3> kClipMean = {0.48145466F, 0.4578275F, 0.40821073F};
constexpr std::array<float, 3> kClipDeviation = {0.26862954F, 0.26130258F, 0.27577711F};

TimmPictures cropped(int size, double crop, bool bilinear = false) {
    return {.size = size, .crop = crop, .bilinear = bilinear};
}

TimmPictures ofTensorFlow(int size, double crop, bool bilinear = false) {
    return {size, kHalf, kHalf, crop, bilinear};
}

TimmPictures asClip(double crop) {
    return {256, kClipMean, kClipDeviation, crop, false};
}

/// MobileCLIP's pictures keep their values of 0 to 1.
TimmPictures asTheyAre() {
    return {256, {0, 0, 0}, {1, 1, 1}, 0.95, false};
}

FastVitSpec mobileClip(std::vector<int> depths, int channels) {
    return {.depths = std::move(depths), .channels = {channels, 2 * channels, 4 * channels, 8 * channels}};
}

FastVitSpec mobileClip2(std::vector<int> depths, int channels) {
    return {.depths = std::move(depths),
            .channels = {channels, 2 * channels, 4 * channels, 8 * channels, 16 * channels},
            .attentionStages = 2,
            .mlpRatio = 4,
            .squeezeLastTwo = false,
            .layerNorm = true,
            .stemScale = false};
}

std::vector<TimmTower> allTowers() {
    const TimmPictures net = cropped(224, 0.95), plain = cropped(224, 0.875), torchvision = cropped(224, 0.875, true);
    return {
        {"resnet18", ResNetSpec{.depths = {2, 2, 2, 2}, .bottleneck = false}, net},
        {"resnet34", ResNetSpec{.bottleneck = false}, net},
        {"resnet50", ResNetSpec{}, net},
        {"resnet101", ResNetSpec{.depths = {3, 4, 23, 3}}, net},
        {"resnet152", ResNetSpec{.depths = {3, 8, 36, 3}}, net},
        {"resnext50_32x4d", ResNetSpec{.groups = 32, .groupWidth = 4}, net},
        {"resnext101_32x8d", ResNetSpec{.depths = {3, 4, 23, 3}, .groups = 32, .groupWidth = 8}, torchvision},
        {"wide_resnet50_2", ResNetSpec{.groupWidth = 128}, plain},
        {"wide_resnet101_2", ResNetSpec{.depths = {3, 4, 23, 3}, .groupWidth = 128}, torchvision},
        {"efficientnet_lite0", efficientNetLite(1.0, 1.0, false), plain},
        {"efficientnet_lite1", efficientNetLite(1.0, 1.1, false), cropped(240, 0.882)},
        {"efficientnet_lite2", efficientNetLite(1.1, 1.2, false), cropped(260, 0.89)},
        {"efficientnet_lite3", efficientNetLite(1.2, 1.4, false), cropped(300, 0.904)},
        {"efficientnet_lite4", efficientNetLite(1.4, 1.8, false), cropped(380, 0.922)},
        {"tf_efficientnet_lite0", efficientNetLite(1.0, 1.0, true), ofTensorFlow(224, 0.875)},
        {"tf_efficientnet_lite1", efficientNetLite(1.0, 1.1, true), ofTensorFlow(240, 0.882)},
        {"tf_efficientnet_lite2", efficientNetLite(1.1, 1.2, true), ofTensorFlow(260, 0.89)},
        {"tf_efficientnet_lite3", efficientNetLite(1.2, 1.4, true), ofTensorFlow(300, 0.904, true)},
        {"tf_efficientnet_lite4", efficientNetLite(1.4, 1.8, true), ofTensorFlow(380, 0.92, true)},
        {"convnext_tiny", ConvNextSpec{}, net},
        {"convnext_small", ConvNextSpec{.depths = {3, 3, 27, 3}}, net},
        {"convnext_base", ConvNextSpec{.depths = {3, 3, 27, 3}, .channels = {128, 256, 512, 1024}}, plain},
        {"convnext_large", ConvNextSpec{.depths = {3, 3, 27, 3}, .channels = {192, 384, 768, 1536}}, plain},
        {"convnext_xlarge", ConvNextSpec{.depths = {3, 3, 27, 3}, .channels = {256, 512, 1024, 2048}}, plain},
        {"convnext_xxlarge",
         ConvNextSpec{.depths = {3, 4, 30, 3}, .channels = {384, 768, 1536, 3072}, .epsilon = 1e-5}, asClip(1.0)},
        {"fastvit_mci0", mobileClip({2, 6, 10, 2}, 64), asTheyAre()},
        {"fastvit_mci1", mobileClip({4, 12, 20, 4}, 64), asTheyAre()},
        {"fastvit_mci2", mobileClip({4, 12, 24, 4}, 80), asTheyAre()},
        {"fastvit_mci3", mobileClip2({2, 12, 24, 4, 2}, 96), asClip(0.95)},
        {"fastvit_mci4", mobileClip2({2, 12, 24, 4, 4}, 128), asClip(0.95)},
    };
}

/// What the tower computes with an image that has no numbers.
ImageTrace traced(const ConvTowerSpec& spec, int imageSize) {
    MetaWeights weights;
    const auto tower = makeConvTower(Scope(weights), spec);
    tower->eval();
    ImageTrace trace;
    tower->forwardTraced(torch::empty({1, 3, imageSize, imageSize}, torch::kMeta), trace);
    return trace;
}

struct Maker {
    const Scope& scope;

    std::shared_ptr<ImageTower> operator()(const ResNetSpec& spec) const { return makeResNet(scope, spec); }
    std::shared_ptr<ImageTower> operator()(const EfficientNetSpec& spec) const { return makeEfficientNet(scope, spec); }
    std::shared_ptr<ImageTower> operator()(const ConvNextSpec& spec) const { return makeConvNext(scope, spec); }
    std::shared_ptr<ImageTower> operator()(const FastVitSpec& spec) const { return makeFastVit(scope, spec); }
};

}  // namespace

const std::vector<TimmTower>& timmTowers() {
    static const std::vector<TimmTower> kTowers = allTowers();
    return kTowers;
}

const TimmTower* findTimmTower(std::string_view name) {
    const auto& all = timmTowers();
    const auto found = std::find_if(all.begin(), all.end(), [plain = name.substr(0, name.find('.'))](
                                                                const TimmTower& each) { return each.name == plain; });
    return found == all.end() ? nullptr : &*found;
}

std::shared_ptr<ImageTower> makeConvTower(const Scope& scope, const ConvTowerSpec& spec) {
    return std::visit(Maker{scope}, spec);
}

int64_t widthOf(const ConvTowerSpec& spec) {
    return std::visit([](const auto& one) { return widthOf(one); }, spec);
}

int64_t flopsOf(const ConvTowerSpec& spec, int imageSize) {
    const ConvolutionFlops counted;
    traced(spec, imageSize);
    return counted.sum();
}

int cellSizeOf(const ConvTowerSpec& spec, int imageSize) {
    const auto rows = static_cast<int>(traced(spec, imageSize).featureMap.size(2));
    return (imageSize + rows - 1) / rows;
}

}  // namespace diagonal
