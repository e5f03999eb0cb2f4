// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "engine/checkpoint/model_info.h"

namespace diagonal {

/// 64 hexadecimal digits that change when a model's weights or configuration change: SHA-256 over the files with the
/// weights, and of a model folder over every file that lies in it, without the fitted temperature in its notes. Of a
/// file up to 16 MB the whole content counts. Of a larger one its size, its time of change (ns), and 4 KiB at its
/// begin, its end and at 254 places between, since reading gigabytes takes longer than labelling thousands of pictures:
/// weights that differ have another identity unless someone sets back the time of a file that is equal in size and in
/// all these blocks. A copy of a large model has an identity of its own. Throws Error for files that cannot be read.
std::string modelIdentity(const ModelInfo& info);

}  // namespace diagonal
