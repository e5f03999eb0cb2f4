// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/head.h"

namespace diagonal {

#define HEAD_KIND(kind) const HeadKind& kind();
#include "engine/parts/head_kinds.def"
#undef HEAD_KIND

const std::vector<const HeadKind*>& headKinds() {
    static const std::vector<const HeadKind*> kinds = {
#define HEAD_KIND(kind) &kind(),
#include "engine/parts/head_kinds.def"
#undef HEAD_KIND
    };
    return kinds;
}

const HeadKind* headKind(const std::string& name) {
    for (const HeadKind* kind : headKinds())
        if (name == kind->name()) return kind;
    return nullptr;
}

}  // namespace diagonal
