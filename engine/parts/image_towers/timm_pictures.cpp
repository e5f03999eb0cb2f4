// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/image_towers/timm_pictures.h"

#include "engine/image/preprocess.h"

namespace diagonal {

namespace {

constexpr std::array<float, 3> kHalf = {0.5F, 0.5F, 0.5F};

/// Names that begin so; the first that fits counts.
struct Family {
    std::string_view begin;
    TimmPictures pictures;
};

const TimmPictures kClip = {PreprocessConfig().mean, PreprocessConfig().std};
const TimmPictures kInception = {kHalf, kHalf};
// open_clip's MobileCLIP, for which timm has bicubic.
const TimmPictures kMobileClip = {{0, 0, 0}, {1, 1, 1}, true};
const TimmPictures kMobileClip2 = {kClip.mean, kClip.deviation, true};

const Family kFamilies[] = {
    {"resnext101_32x8d", {kImageNetMean, kImageNetDeviation, true}},
    {"wide_resnet101_2", {kImageNetMean, kImageNetDeviation, true}},
    {"resnet", {}},
    {"resnext", {}},
    {"wide_resnet", {}},
    {"efficientnet_lite", {}},
    {"tf_efficientnet_lite3", {kHalf, kHalf, true}},
    {"tf_efficientnet_lite4", {kHalf, kHalf, true}},
    {"tf_efficientnet_lite", kInception},
    {"convnext_xxlarge", kClip},
    {"convnext", {}},
    {"fastvit_mci3", kMobileClip2},
    {"fastvit_mci4", kMobileClip2},
    {"fastvit_mci", kMobileClip},
    {"vit_base_mci_224", kMobileClip},
    {"eva", kClip},
    {"vit_small_patch8_224", {}},
};

}  // namespace

std::optional<TimmPictures> timmPictures(std::string_view name) {
    for (const Family& family : kFamilies)
        if (name.starts_with(family.begin)) return family.pictures;
    if (!name.starts_with("vit_")) return std::nullopt;
    return name.find("_clip_") == std::string_view::npos ? kInception : kClip;
}

}  // namespace diagonal
