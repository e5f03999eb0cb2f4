// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/image_towers/timm_pictures.h"

#include <map>

namespace diagonal {

namespace {

constexpr std::array<float, 3> kHalf = {0.5F, 0.5F, 0.5F};
constexpr std::array<float, 3> kClipMean = {0.48145466F, 0.4578275F, 0.40821073F};
constexpr std::array<float, 3> kClipDeviation = {0.26862954F, 0.26130258F, 0.27577711F};

TimmPictures cropped(int size, double crop, bool bilinear = false) {
    TimmPictures pictures;
    pictures.size = size;
    pictures.crop = crop;
    pictures.bilinear = bilinear;
    return pictures;
}

TimmPictures ofTensorFlow(int size, double crop, bool bilinear = false) {
    return {size, kHalf, kHalf, crop, bilinear};
}

TimmPictures asClip(double crop) {
    return {256, kClipMean, kClipDeviation, crop, false};
}

/// Values from 0 to 1.
constexpr TimmPictures kMobileClip = {256, {0, 0, 0}, {1, 1, 1}, 0.95, false};

}  // namespace

std::optional<TimmPictures> timmPictures(std::string_view name) {
    static const std::map<std::string_view, TimmPictures> kAll = {
        {"resnet18", cropped(224, 0.95)},
        {"resnet34", cropped(224, 0.95)},
        {"resnet50", cropped(224, 0.95)},
        {"resnet101", cropped(224, 0.95)},
        {"resnet152", cropped(224, 0.95)},
        {"resnext50_32x4d", cropped(224, 0.95)},
        {"resnext101_32x8d", cropped(224, 0.875, true)},
        {"wide_resnet50_2", cropped(224, 0.875)},
        {"wide_resnet101_2", cropped(224, 0.875, true)},
        {"efficientnet_lite0", cropped(224, 0.875)},
        {"efficientnet_lite1", cropped(240, 0.882)},
        {"efficientnet_lite2", cropped(260, 0.89)},
        {"efficientnet_lite3", cropped(300, 0.904)},
        {"efficientnet_lite4", cropped(380, 0.922)},
        {"tf_efficientnet_lite0", ofTensorFlow(224, 0.875)},
        {"tf_efficientnet_lite1", ofTensorFlow(240, 0.882)},
        {"tf_efficientnet_lite2", ofTensorFlow(260, 0.89)},
        {"tf_efficientnet_lite3", ofTensorFlow(300, 0.904, true)},
        {"tf_efficientnet_lite4", ofTensorFlow(380, 0.92, true)},
        {"convnext_tiny", cropped(224, 0.95)},
        {"convnext_small", cropped(224, 0.95)},
        {"convnext_base", cropped(224, 0.875)},
        {"convnext_large", cropped(224, 0.875)},
        {"convnext_xlarge", cropped(224, 0.875)},
        {"convnext_xxlarge", asClip(1)},
        {"fastvit_mci0", kMobileClip},
        {"fastvit_mci1", kMobileClip},
        {"fastvit_mci2", kMobileClip},
        {"fastvit_mci3", asClip(0.95)},
        {"fastvit_mci4", asClip(0.95)},
    };
    const auto found = kAll.find(name.substr(0, name.find('.')));
    return found == kAll.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace diagonal
