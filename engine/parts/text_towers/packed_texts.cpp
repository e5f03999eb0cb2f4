// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/text_towers/packed_texts.h"

#include <vector>

#include "engine/base/libtorch.h"

namespace diagonal {

using torch::Tensor;

PackedTexts packTexts(const Tensor& lengths, int64_t width) {
    PackedTexts texts;
    texts.order = lengths.argsort(/*stable=*/true, 0, false);
    const Tensor sorted = lengths.index_select(0, texts.order).contiguous();
    const int64_t* counts = sorted.const_data_ptr<int64_t>();
    std::vector<Tensor> places;  // of the tokens in each kind of sequence: text and position
    for (int64_t begin = 0, end = 0; begin < sorted.numel(); begin = end) {
        while (end < sorted.numel() && counts[end] == counts[begin])
            ++end;
        texts.packing.push_back({end - begin, counts[begin]});
        const Tensor positions = torch::arange(counts[begin], lengths.options());
        places.push_back((texts.order.slice(0, begin, end).unsqueeze(1) * width + positions.unsqueeze(0)).flatten());
    }
    texts.places = torch::cat(places);
    return texts;
}

}  // namespace diagonal
