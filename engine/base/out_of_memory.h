// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>

namespace diagonal {

/// Whether an exception of LibTorch, oneDNN, cuBLAS or cuDNN says that the device or the computer has no memory left.
bool isOutOfMemory(const std::exception& error);

}  // namespace diagonal
