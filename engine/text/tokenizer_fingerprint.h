// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "engine/text/tokenizer.h"

namespace diagonal {

/// Equal for tokenizers that give every text the same ids: SHA-256 over the vocabulary files that save() writes and
/// over the ids of texts that every way of cleaning treats differently. The context length, at which ids are cut, does
/// not count. Writes to a temporary folder. Throws Error.
std::string tokenizerFingerprint(const Tokenizer& tokenizer);

/// The same tokenizer for another context length, by way of its files; null where they do not bring back the same ids.
std::shared_ptr<const Tokenizer> withContext(const Tokenizer& tokenizer, int contextLength);

}  // namespace diagonal
