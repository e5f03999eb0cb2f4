// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/error.h"
#include "engine/formats/checkpoint_index.h"

namespace diagonal {

/// What a name of the allow list means when a pickle calls it.
enum class GlobalRole : uint8_t {
    Mapping,        ///< makes a dict of nothing, a dict or a list of pairs
    FirstArgument,  ///< is its first argument: a list, a tuple, the name of a device
    Parameter,      ///< is its first argument, a tensor
    Tensor,         ///< makes a tensor: storage, offset, shape, strides, …
    TensorOfType,   ///< the same with the dtype as seventh argument
    FromType,       ///< calls its first argument with its third one
    StorageType,
    Dtype,
    Attributes,  ///< a class whose objects are maps of attributes
    Encode,      ///< makes bytes of a text
    NumpyScalar,
    NumpyDtype,
    Harmless,  ///< may stand there, and what it makes has no use here
};

struct PickleGlobal {
    GlobalRole role = GlobalRole::Harmless;
    std::optional<Dtype> dtype;
    uint32_t elementSize = 0;  ///< of StorageType
};

/// Looks "module.name" up in the allow list.
std::optional<PickleGlobal> findGlobal(std::string_view name);

/// Why a name is refused and what to do.
Error refusedGlobal(std::string_view name, const std::string& file);

}  // namespace diagonal
