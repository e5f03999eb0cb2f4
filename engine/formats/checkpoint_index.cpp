// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/checkpoint_index.h"

#include "engine/formats/file_kind.h"
#include "engine/formats/safetensors.h"
#include "engine/formats/torch_file.h"

namespace diagonal {

uint64_t byteSize(Dtype dtype) {
    switch (dtype) {
        case Dtype::F64:
        case Dtype::I64:
            return 8;
        case Dtype::F32:
        case Dtype::I32:
            return 4;
        case Dtype::F16:
        case Dtype::BF16:
        case Dtype::I16:
            return 2;
        case Dtype::I8:
        case Dtype::U8:
        case Dtype::Bool:
            break;
    }
    return 1;
}

CheckpointIndex indexCheckpoint(std::span<const uint8_t> file, const std::string& name) {
    if (looksLikeSafetensors(file)) return indexSafetensors(file, name);
    if (looksLikeZip(file)) return indexTorchArchive(file, name);
    if (looksLikeOldTorchFile(file)) return indexOldTorchFile(file, name);
    throw foreignFile(file, name);
}

}  // namespace diagonal
