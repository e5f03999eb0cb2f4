// SPDX-License-Identifier: Apache-2.0
#include "engine/parts/weights.h"

#include "engine/base/libtorch.h"

namespace diagonal {

bool isStatistic(const std::string& name) {
    return name.ends_with(".running_mean") || name.ends_with(".running_var") || name.ends_with(".num_batches_tracked");
}

torch::Tensor RandomWeights::take(const std::string&, at::IntArrayRef shape, Init init) {
    torch::Tensor tensor = torch::empty(shape);
    switch (init.kind) {
        case Init::Kind::Value:
            return tensor.fill_(init.number);
        case Init::Kind::Normal:
            return tensor.normal_(0.0, init.number);
        case Init::Kind::Uniform:
            break;
    }
    return tensor.uniform_(-init.number, init.number);
}

torch::Tensor MetaWeights::take(const std::string&, at::IntArrayRef shape, Init) {
    return torch::empty(shape, torch::kMeta);
}

}  // namespace diagonal
