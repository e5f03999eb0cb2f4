// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/transformer_json.h"

namespace diagonal {

void refuseOtherBlocks(const JsonReader& tower) {
    for (const char* key :
         {"block_type", "qk_norm", "scaled_cosine_attn", "scale_heads", "scale_attn", "scale_attn_inner", "scale_fc"})
        tower.refuse(key);
}

std::string describeTransformer(const std::string& name, int layers, int width, int patchSize) {
    return name + ", " + std::to_string(layers) + " layers, width " + std::to_string(width) + ", patch " +
           std::to_string(patchSize);
}

}  // namespace diagonal
