// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "engine/parts/config.h"
#include "training/checks/operation.h"

// The operations of the table, by the file that makes them.

namespace diagonal {

// images.cpp: sizes.length is a picture's side in patches, or in pixels where there are none.
MakeCase imageNormalisation();
MakeCase patchEmbedding();

// transformers.cpp
MakeCase layerNorm();
MakeCase mlp(Activation activation);
MakeCase attention(bool causal);
MakeCase attentionOfPackedTexts();  ///< sequences of several lengths
MakeCase attentionTraced();         ///< with its probabilities, for relevance maps
MakeCase attentionToOneQuery();
MakeCase transformerBlock(bool causal, Activation activation);
MakeCase textPooling();  ///< two blocks, the output at each text's end
MakeCase textPoolingOfPackedTexts();

// resnets.cpp: sizes.length is half the side of the feature map.
MakeCase batchNorm(bool training);
MakeCase resNetBlock(bool training, int64_t stride);
MakeCase resNetPool();

// features.cpp
MakeCase tokenEmbedding();
MakeCase featureNormalisation();
MakeCase similaritySoftmax();
MakeCase linearPackedInBlocks();
MakeCase linearInInt8();
bool isCpuWithOneDnn(const c10::Device& device);
bool isCpuWithInt8(const c10::Device& device);

// losses.cpp: sizes.length is the tile.
MakeCase loss(const std::string& name, double labelSmoothing);
MakeCase fastClipLoss();
MakeCase mutualLoss(bool targetGradient);
MakeCase distilledLoss();

// optimizers.cpp
MakeCase adamW();
MakeCase refusedAdamW();
MakeCase refusedAdamW();
MakeCase gradientClip();
MakeCase lossUnscaling();
MakeCase weightAverage();

}  // namespace diagonal
