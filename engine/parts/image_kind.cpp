// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/image_kind.h"

namespace diagonal {

#define IMAGE_KIND(kind) const ImageKind& kind();
#include "engine/parts/image_kinds.def"
#undef IMAGE_KIND

const std::vector<const ImageKind*>& imageKinds() {
    static const std::vector<const ImageKind*> kinds = {
#define IMAGE_KIND(kind) &kind(),
#include "engine/parts/image_kinds.def"
#undef IMAGE_KIND
    };
    return kinds;
}

}  // namespace diagonal
