// SPDX-License-Identifier: Apache-2.0
#include "engine/text/tokenizer.h"

#include <algorithm>

namespace diagonal {

size_t Tokenizer::packedLength(size_t ids) const {
    const auto limit = static_cast<size_t>(contextLength());
    return padding().toContext ? limit : std::min(ids, limit);
}

TokenBatch Tokenizer::pack(std::span<const std::vector<int64_t>> texts) const {
    const Padding filling = padding();
    const auto limit = static_cast<size_t>(contextLength());
    TokenBatch batch;
    batch.count = static_cast<int64_t>(texts.size());
    size_t longest = 0;
    for (const auto& ids : texts)
        longest = std::max(longest, packedLength(ids.size()));
    batch.length = static_cast<int64_t>(longest);
    batch.ids.assign(texts.size() * longest, filling.id);
    batch.lengths.reserve(texts.size());
    batch.truncated.reserve(texts.size());
    for (size_t i = 0; i < texts.size(); ++i) {
        const auto& ids = texts[i];
        const size_t length = std::min(ids.size(), limit);
        int64_t* row = batch.ids.data() + i * longest;
        std::copy_n(ids.begin(), length, row);
        row[length - 1] = ids.back();
        // A person may type the end-of-text token; the references pool at the first one.
        const int64_t* end = filling.toContext   ? row + longest - 1
                             : filling.toLargest ? std::max_element(row, row + length)
                             : filling.toLast    ? row + length - 1
                                                 : std::find(row, row + length, ids.back());
        batch.lengths.push_back(end - row + 1);
        batch.truncated.push_back(ids.size() > limit);
    }
    return batch;
}

TokenBatch Tokenizer::tokenize(std::span<const std::string> texts) const {
    std::vector<std::vector<int64_t>> encoded;
    encoded.reserve(texts.size());
    for (const auto& text : texts)
        encoded.push_back(encode(text));
    return pack(encoded);
}

}  // namespace diagonal
