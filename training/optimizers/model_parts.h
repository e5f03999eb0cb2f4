// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace diagonal {

// What a parameter's name says of its place in the model. Low-rank terms are named after their matrices.

/// Of the image's side, tower and head.
bool isOfImage(std::string_view name);
/// Of the logit scale and bias, which belong to neither side.
bool isOfLogits(std::string_view name);
/// Of what brings a tower's output into the common space: a projection, an attention pool, a head.
bool isHead(std::string_view name);
/// Whether a parameter learns: not those of locked towers, but for heads of their own.
bool learns(std::string_view name, bool lockImage, bool lockText, bool fixTemperature);

}  // namespace diagonal
