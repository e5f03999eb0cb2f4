// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/text_kind.h"

#include "engine/base/error.h"

namespace diagonal {

#define TEXT_KIND(kind) const TextKind& kind();
#include "engine/parts/text_kinds.def"
#undef TEXT_KIND

const std::vector<const TextKind*>& textKinds() {
    static const std::vector<const TextKind*> kinds = {
#define TEXT_KIND(kind) &kind(),
#include "engine/parts/text_kinds.def"
#undef TEXT_KIND
    };
    return kinds;
}

const TextKind& textKind(const TextConfig& config) {
    for (const TextKind* kind : textKinds())
        if (config.kind == kind->name()) return *kind;
    throw Error("text tower", "\"" + config.kind + "\" is no kind of text tower");
}

}  // namespace diagonal
