// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/timm_siglip.h"

namespace diagonal {

namespace {

struct Tower {
    const char* name;
    SiglipVitConfig vit;
    int imageSize;
    Activation activation;
};

constexpr SiglipVitConfig base(int patch) {
    return {12, 768, 12, 4.0, patch};
}
constexpr SiglipVitConfig large(int patch) {
    return {24, 1024, 16, 4.0, patch};
}
constexpr SiglipVitConfig shapeOptimised(int patch) {
    return {27, 1152, 16, 3.7362, patch};
}
constexpr SiglipVitConfig giant(int patch) {
    return {40, 1536, 16, 4.0, patch};
}

constexpr auto kExact = Activation::Gelu, kTanh = Activation::GeluTanh;

constexpr Tower kTowers[] = {
    {"vit_base_patch32_siglip_256", base(32), 256, kTanh},
    {"vit_base_patch16_siglip_224", base(16), 224, kExact},
    {"vit_base_patch16_siglip_256", base(16), 256, kExact},
    {"vit_base_patch16_siglip_384", base(16), 384, kExact},
    {"vit_base_patch16_siglip_512", base(16), 512, kExact},
    {"vit_large_patch16_siglip_256", large(16), 256, kExact},
    {"vit_large_patch16_siglip_384", large(16), 384, kExact},
    {"vit_large_patch16_siglip_512", large(16), 512, kTanh},
    {"vit_so400m_patch14_siglip_224", shapeOptimised(14), 224, kExact},
    {"vit_so400m_patch14_siglip_378", shapeOptimised(14), 378, kExact},
    {"vit_so400m_patch14_siglip_384", shapeOptimised(14), 384, kExact},
    {"vit_so400m_patch16_siglip_256", shapeOptimised(16), 256, kTanh},
    {"vit_so400m_patch16_siglip_384", shapeOptimised(16), 384, kTanh},
    {"vit_so400m_patch16_siglip_512", shapeOptimised(16), 512, kTanh},
    {"vit_giantopt_patch16_siglip_256", giant(16), 256, kTanh},
    {"vit_giantopt_patch16_siglip_384", giant(16), 384, kTanh},
};

}  // namespace

std::optional<TimmSiglip> siglipOfTimm(const std::string& name) {
    for (const auto& tower : kTowers) {
        if (name == tower.name) return TimmSiglip{tower.vit, tower.activation};
    }
    return std::nullopt;
}

std::string timmNameOf(const SiglipVitConfig& vit, int imageSize) {
    for (const auto& tower : kTowers) {
        SiglipVitConfig same = vit;
        same.mlpRatio = tower.vit.mlpRatio;  // Hugging Face gives the hidden width, which rounds the ratio
        if (same == tower.vit && imageSize == tower.imageSize &&
            hiddenWidth(vit.width, vit.mlpRatio) == hiddenWidth(vit.width, tower.vit.mlpRatio))
            return tower.name;
    }
    return {};
}

}  // namespace diagonal
