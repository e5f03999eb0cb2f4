// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace diagonal {

/// What a person knows of a model and its files do not say.
struct ModelHints {
    std::string architecture;         ///< the preset that a lone file is of, where its shapes do not tell all
    std::filesystem::path tokenizer;  ///< in place of the model's own: a folder or one of a tokenizer's files
};

}  // namespace diagonal
