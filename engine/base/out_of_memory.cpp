// SPDX-License-Identifier: Apache-2.0
#include "engine/base/out_of_memory.h"

#include <algorithm>
#include <new>
#include <oneapi/dnnl/dnnl.hpp>
#include <string_view>

#include "engine/base/libtorch.h"

namespace diagonal {

bool isOutOfMemory(const std::exception& error) {
    if (dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr) return true;
    if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) return true;
    // oneDNN's generator of code says "runtime error" where it gets no memory.
    if (const auto* primitive = dynamic_cast<const dnnl::error*>(&error); primitive != nullptr)
        return primitive->status == dnnl_out_of_memory || primitive->status == dnnl_runtime_error;
    if (dynamic_cast<const c10::Error*>(&error) == nullptr) return false;
    const std::string_view text = error.what();
    return std::ranges::any_of(
        std::initializer_list<std::string_view>{"DefaultCPUAllocator", "CUBLAS_STATUS_ALLOC_FAILED",
                                                "CUDNN_STATUS_ALLOC_FAILED",
                                                "CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED"},
        [text](std::string_view sign) { return text.find(sign) != std::string_view::npos; });
}

}  // namespace diagonal
