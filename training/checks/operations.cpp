// SPDX-License-Identifier: Apache-2.0
#include "training/checks/operation.h"

#include "training/checks/cases.h"

namespace diagonal {

std::string nameOf(const Sizes& sizes) {
    return "batch " + std::to_string(sizes.batch) + ", length " + std::to_string(sizes.length) + ", width " +
           std::to_string(sizes.width) + ", heads " + std::to_string(sizes.heads) + ", patch " +
           std::to_string(sizes.patch);
}

const std::vector<Operation>& operations() {
    const Sizes image = {.length = 50, .width = 768, .heads = 12}, text = {.length = 16, .width = 512, .heads = 8};
    const Sizes stage = {.length = 14, .width = 64}, features = {.width = 512}, losses = {.length = 1024, .width = 512};
    const Sizes weights = {.length = 16384, .width = 768};
    // Products summed in other orders, and results of eight binary digits.
    constexpr double kFp32 = 5e-5, kBf16 = 5e-2;
    static const std::vector<Operation> table = {
        {"image normalisation", imageNormalisation(), {.length = 224}, 1e-6, 0, false},
        {"patch embedding", patchEmbedding(), {.length = 7, .width = 768, .patch = 32}, kFp32, kBf16},
        {"layer norm", layerNorm(), image, kFp32, kBf16},
        {"attention", attention(false), image, kFp32, kBf16},
        {"attention, causal", attention(true), text, kFp32, kBf16},
        {"attention of packed texts", attentionOfPackedTexts(), text, kFp32, kBf16},
        {"attention to one query", attentionToOneQuery(), image, kFp32, kBf16},
        {"attention, traced", attentionTraced(), image, kFp32, kBf16},
        {"MLP, GELU", mlp(Activation::Gelu), image, kFp32, kBf16},
        {"MLP, QuickGELU", mlp(Activation::QuickGelu), image, kFp32, kBf16},
        {"MLP, GELU (tanh)", mlp(Activation::GeluTanh), image, kFp32, kBf16},
        {"transformer block", transformerBlock(false, Activation::Gelu), image, kFp32, kBf16},
        {"transformer block, causal", transformerBlock(true, Activation::QuickGelu), text, kFp32, kBf16},
        {"text pooling", textPooling(), text, kFp32, kBf16},
        {"text pooling of packed texts", textPoolingOfPackedTexts(), text, kFp32, kBf16},
        {"batch norm", batchNorm(true), stage, kFp32},
        {"batch norm, inference", batchNorm(false), stage, kFp32, kBf16},
        {"ResNet block", resNetBlock(true, 1), stage, 1e-4},
        {"ResNet block, stride 2", resNetBlock(true, 2), stage, 1e-4},
        {"ResNet block, inference", resNetBlock(false, 2), stage, 1e-4, kBf16, false},
        {"ResNet attention pool", resNetPool(), {.length = 7, .width = 2048, .heads = 32}, kFp32, 2 * kBf16},
        {"token embedding", tokenEmbedding(), text, kFp32, kBf16},
        {"feature normalisation", featureNormalisation(), features, kFp32, kBf16},
        {"similarity and softmax", similaritySoftmax(), features, kFp32, kBf16},
        {"linear, packed in blocks", linearPackedInBlocks(), image, kFp32, 0, false, isCpuWithOneDnn},
        {"linear, 8-bit integers", linearInInt8(), image, 5e-2, 0, false, isCpuWithInt8},
        {"contrastive loss", loss("contrastive", 0), losses, kFp32, kBf16},
        {"contrastive loss, smoothed", loss("contrastive", 0.1), losses, kFp32, kBf16},
        {"soft loss", loss("soft", 0), losses, kFp32, kBf16},
        {"soft loss, smoothed", loss("soft", 0.1), losses, kFp32, kBf16},
        {"sigmoid loss", loss("sigmoid", 0), losses, kFp32, kBf16},
        {.name = "FastCLIP's loss",
         .make = fastClipLoss(),
         .real = losses,
         .fp32 = kFp32,
         .bf16 = kBf16,
         .differentiatesOutput = false},
        {.name = "mutual loss",
         .make = mutualLoss(false),
         .real = losses,
         .fp32 = kFp32,
         .bf16 = kBf16,
         .differentiatesOutput = false},
        {"mutual loss, with the targets' gradient", mutualLoss(true), losses, kFp32, kBf16},
        {"distilled loss", distilledLoss(), losses, kFp32, kBf16},
        {"AdamW, three steps", adamW(), weights, 1e-5, 0, false},
        {"AdamW, a refused step", refusedAdamW(), weights, 0, 0, false},
        {"gradient clip", gradientClip(), weights, 1e-5, 0, false},
        {"loss scale", lossUnscaling(), weights, 1e-5, 0, false},
        {"weight average", weightAverage(), weights, 1e-5, 0, false},
    };
    return table;
}

}  // namespace diagonal
