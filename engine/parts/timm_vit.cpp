// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/timm_vit.h"

#include "engine/parts/config.h"

namespace diagonal {

namespace {

constexpr double kTimmEpsilon = 1e-6, kClipEpsilon = 1e-5;

struct Size {
    int layers, width, heads;
    double mlpRatio = 4;
};

constexpr Size kTiny = {12, 192, 3}, kXsmall = {10, 256, 4}, kSmall = {12, 384, 6}, kMedium = {12, 512, 8};
constexpr Size kBetwixt = {12, 640, 10}, kBase = {12, 768, 12}, kBasePlus = {12, 896, 14}, kLarge = {24, 1024, 16};
constexpr Size kSo400m = {27, 1152, 16, 3.7362}, kHuge = {32, 1280, 16}, kGiant = {40, 1408, 16, 48.0 / 11};
constexpr Size kGiantOpt = {40, 1536, 16}, kGigantic = {48, 1664, 16, 64.0 / 13}, kEnormous = {64, 1792, 16, 60.0 / 7};
constexpr Size kPeGigantic = {50, 1536, 16, 8960.0 / 1536};

/// Class token, patches with a bias.
Vit plain(const Size& size, int patch) {
    Vit vit;
    vit.blocks.layers = size.layers;
    vit.blocks.width = size.width;
    vit.blocks.heads = size.heads;
    vit.blocks.hidden = hiddenWidth(size.width, size.mlpRatio);
    vit.blocks.epsilon = kTimmEpsilon;
    vit.patchSize = patch;
    vit.patchBias = true;
    vit.normsFirst = false;
    return vit;
}

/// CLIP's own.
Vit clip(const Size& size, int patch, Activation activation = Activation::Gelu) {
    Vit vit = plain(size, patch);
    vit.blocks.epsilon = kClipEpsilon;
    vit.blocks.activation = activation;
    vit.patchBias = false;
    vit.normsFirst = true;
    return vit;
}

Vit siglip(const Size& size, int patch, Activation activation = Activation::Gelu) {
    Vit vit = plain(size, patch);
    vit.blocks.activation = activation;
    vit.classToken = vit.classPosition = false;
    vit.pool = Vit::Pool::Map;
    vit.poolHeads = size.heads;
    vit.poolHidden = vit.blocks.hidden;
    return vit;
}

/// MobileCLIP's.
Vit mobile() {
    Vit vit = plain(kBase, 16);
    vit.stem = true;
    vit.patchBias = vit.classPosition = false;
    return vit;
}

/// EVA (Fang et al., 2022): keys have no bias.
Vit eva(const Size& size, int patch) {
    Vit vit = plain(size, patch);
    vit.blocks.keyBias = false;
    return vit;
}

/// timm makes it for averages unless it is told otherwise.
Vit averaging(Vit vit) {
    vit.pool = Vit::Pool::Average;
    vit.normsPooled = true;
    return vit;
}

/// EVA-02 (Fang et al., 2023): SwiGLU, norms within, rotary positions.
Vit eva02(Size size, int patch) {
    size.mlpRatio = 8.0 / 3;
    Vit vit = eva(size, patch);
    vit.blocks.gated = vit.blocks.attentionNorm = true;
    vit.rotary = RotaryGrid{.reference = 16};
    return vit;
}

Vit eva02Enormous() {
    Vit vit = eva(kEnormous, 14);
    vit.blocks.norms = Norms::BeforeSum;
    return vit;
}

/// Perception Encoder (Bolya et al., 2025).
Vit perception(const Size& size, int patch, int grid) {
    Vit vit = clip(size, patch);
    vit.rotary = RotaryGrid{.reference = grid, .offset = 1, .columnFirst = true};
    vit.pool = Vit::Pool::Map;
    vit.poolHeads = 8;
    vit.poolHidden = 4 * size.width;
    return vit;
}

Vit perceptionGigantic() {
    Vit vit = perception(kPeGigantic, 14, 32);
    vit.classToken = vit.classPosition = false;
    vit.rotary->offset = 0;
    return vit;
}

std::vector<TimmVit> makeAll() {
    constexpr auto kQuick = Activation::QuickGelu, kTanh = Activation::GeluTanh;
    std::vector<TimmVit> all = {
        {"vit_tiny_patch16_224", 224, plain(kTiny, 16)},
        {"vit_tiny_patch16_384", 384, plain(kTiny, 16)},
        {"vit_small_patch32_224", 224, plain(kSmall, 32)},
        {"vit_small_patch32_384", 384, plain(kSmall, 32)},
        {"vit_small_patch16_224", 224, plain(kSmall, 16)},
        {"vit_small_patch16_384", 384, plain(kSmall, 16)},
        {"vit_small_patch8_224", 224, plain(kSmall, 8)},
        {"vit_base_patch32_224", 224, plain(kBase, 32)},
        {"vit_base_patch32_384", 384, plain(kBase, 32)},
        {"vit_base_patch16_224", 224, plain(kBase, 16)},
        {"vit_base_patch16_384", 384, plain(kBase, 16)},
        {"vit_base_patch8_224", 224, plain(kBase, 8)},
        {"vit_large_patch32_224", 224, plain(kLarge, 32)},
        {"vit_large_patch32_384", 384, plain(kLarge, 32)},
        {"vit_large_patch16_224", 224, plain(kLarge, 16)},
        {"vit_large_patch16_384", 384, plain(kLarge, 16)},
        {"vit_large_patch14_224", 224, plain(kLarge, 14)},
        {"vit_huge_patch14_224", 224, plain(kHuge, 14)},
        {"vit_xsmall_patch16_clip_224", 224, clip(kXsmall, 16)},
        {"vit_medium_patch32_clip_224", 224, clip(kMedium, 32)},
        {"vit_medium_patch16_clip_224", 224, clip(kMedium, 16)},
        {"vit_betwixt_patch32_clip_224", 224, clip(kBetwixt, 32)},
        {"vit_base_patch32_clip_224", 224, clip(kBase, 32)},
        {"vit_base_patch32_clip_256", 256, clip(kBase, 32)},
        {"vit_base_patch32_clip_384", 384, clip(kBase, 32)},
        {"vit_base_patch32_clip_448", 448, clip(kBase, 32)},
        {"vit_base_patch32_clip_quickgelu_224", 224, clip(kBase, 32, kQuick)},
        {"vit_base_patch16_clip_224", 224, clip(kBase, 16)},
        {"vit_base_patch16_clip_384", 384, clip(kBase, 16)},
        {"vit_base_patch16_clip_quickgelu_224", 224, clip(kBase, 16, kQuick)},
        {"vit_base_patch16_plus_clip_240", 240, clip(kBasePlus, 16)},
        {"vit_large_patch14_clip_224", 224, clip(kLarge, 14)},
        {"vit_large_patch14_clip_336", 336, clip(kLarge, 14)},
        {"vit_large_patch14_clip_quickgelu_224", 224, clip(kLarge, 14, kQuick)},
        {"vit_large_patch14_clip_quickgelu_336", 336, clip(kLarge, 14, kQuick)},
        {"vit_huge_patch14_clip_224", 224, clip(kHuge, 14)},
        {"vit_huge_patch14_clip_336", 336, clip(kHuge, 14)},
        {"vit_huge_patch14_clip_378", 378, clip(kHuge, 14)},
        {"vit_huge_patch14_clip_quickgelu_224", 224, clip(kHuge, 14, kQuick)},
        {"vit_huge_patch14_clip_quickgelu_378", 378, clip(kHuge, 14, kQuick)},
        {"vit_giant_patch14_clip_224", 224, clip(kGiant, 14)},
        {"vit_gigantic_patch14_clip_224", 224, clip(kGigantic, 14)},
        {"vit_gigantic_patch14_clip_378", 378, clip(kGigantic, 14)},
        {"vit_gigantic_patch14_clip_quickgelu_224", 224, clip(kGigantic, 14, kQuick)},
        {"vit_base_mci_224", 224, mobile()},
        {"eva_giant_patch14_224", 224, averaging(eva(kGiant, 14))},
        {"eva_giant_patch14_clip_224", 224, eva(kGiant, 14)},
        {"eva02_base_patch16_clip_224", 224, eva02(kBase, 16)},
        {"eva02_large_patch14_clip_224", 224, eva02(kLarge, 14)},
        {"eva02_large_patch14_clip_336", 336, eva02(kLarge, 14)},
        {"eva02_enormous_patch14_clip_224", 224, eva02Enormous()},
        {"vit_pe_core_tiny_patch16_384", 384, perception(kTiny, 16, 24)},
        {"vit_pe_core_small_patch16_384", 384, perception(kSmall, 16, 24)},
        {"vit_pe_core_base_patch16_224", 224, perception(kBase, 16, 14)},
        {"vit_pe_core_large_patch14_336", 336, perception(kLarge, 14, 24)},
        {"vit_pe_core_gigantic_patch14_448", 448, perceptionGigantic()},
    };
    struct Siglip {
        const char* size;
        int patch, imageSize;
        Size numbers;
        Activation activation = Activation::Gelu;
    };
    for (const auto& [size, patch, imageSize, numbers, activation] : std::initializer_list<Siglip>{
             {"base", 32, 256, kBase, kTanh},
             {"base", 16, 224, kBase},
             {"base", 16, 256, kBase},
             {"base", 16, 384, kBase},
             {"base", 16, 512, kBase},
             {"large", 16, 256, kLarge},
             {"large", 16, 384, kLarge},
             {"large", 16, 512, kLarge, kTanh},
             {"so400m", 14, 224, kSo400m},
             {"so400m", 14, 378, kSo400m},
             {"so400m", 14, 384, kSo400m},
             {"so400m", 16, 256, kSo400m, kTanh},
             {"so400m", 16, 384, kSo400m, kTanh},
             {"so400m", 16, 512, kSo400m, kTanh},
             {"giantopt", 16, 256, kGiantOpt, kTanh},
             {"giantopt", 16, 384, kGiantOpt, kTanh},
         }) {
        const std::string name = std::string("vit_") + size + "_patch" + std::to_string(patch) + "_siglip_";
        const Vit mapped = siglip(numbers, patch, activation);
        all.push_back({name + std::to_string(imageSize), imageSize, mapped});
        Vit averaged = mapped;
        averaged.pool = Vit::Pool::Average;
        averaged.poolHeads = averaged.poolHidden = 0;
        all.push_back({name + "gap_" + std::to_string(imageSize), imageSize, averaged, false});
    }
    return all;
}

}  // namespace

const std::vector<TimmVit>& timmVits() {
    static const std::vector<TimmVit> all = makeAll();
    return all;
}

const TimmVit* timmVit(const std::string& name) {
    for (const TimmVit& tower : timmVits())
        if (tower.name == name) return &tower;
    return nullptr;
}

}  // namespace diagonal
